package luabind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
	"github.com/execlua/execlua/luabind/vm"
)

const loadSpecDoc = `Reads an OCI runtime specification, as "execlua spec" and "runc spec" write them, into a Command. ` +
	`The file counts as OCI defines it: without linux.seccomp there is no filter, without noNewPrivileges it is off. ` +
	`Where a Command cannot say less, the profile's word stands: its mounts, masked and read-only paths, flags such as nosuid, private cgroup namespace, ` +
	`and the devices that every OCI runtime supplies are there also when the file leaves them out; PATH, HOSTNAME, HOME and TERM get their defaults, and ambient capabilities ` +
	`that are not inheritable have no effect. Annotations become labels. ` +
	`What a Command cannot express (hooks, filters by argument, other mount types and options, …) raises, with the place in the file as jq writes it: .mounts[3].options. ` +
	`Relative paths in the file begin at its directory.`

// maxSpec bounds a specification; one with a filter has some 30 KiB.
const maxSpec = 16 << 20

// loadSpec is execlua.load_spec.
func (v *VM) loadSpec(L *lua.LState, path string) (lua.LValue, error) {
	var cmd *driver.Command
	err := vm.Block(L, func(context.Context) (err error) {
		cmd, err = readSpec(path)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := validate(cmd); err != nil {
		return nil, err
	}
	return v.record(L, cmd, false), nil
}

func readSpec(path string) (*driver.Command, error) {
	wrong := func(reason string, class error) error {
		return &driver.FieldError{Path: "path", Value: path, Reason: reason, Class: class}
	}
	file, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, wrong("no such file", driver.ErrNotFound)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a fifo would wait for its writer
		return nil, wrong("not a file", driver.ErrInvalid)
	case info.Size() > maxSpec:
		return nil, wrong(fmt.Sprintf("%d bytes; %d at most", info.Size(), maxSpec), driver.ErrInvalid)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return spec.Parse(data, filepath.Dir(file))
}
