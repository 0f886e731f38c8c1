package luabind

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

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
	err := vm.Block(L, func(ctx context.Context) (err error) {
		cmd, err = v.readSpec(ctx, path)
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

func (v *VM) readSpec(ctx context.Context, path string) (*driver.Command, error) {
	file := path
	if v.opts.Host {
		var err error
		if file, err = filepath.Abs(path); err != nil {
			return nil, err
		}
	}
	wrong := func(reason string, class error) error {
		return &driver.FieldError{Path: "path", Value: path, Reason: reason, Class: class}
	}
	data, err := v.access.ReadFile(ctx, file, maxSpec)
	switch {
	case err == nil:
		return spec.Parse(data, filepath.Dir(file))
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong("no such file", driver.ErrNotFound)
	case errors.Is(err, driver.ErrDenied):
		return nil, wrong(err.Error(), driver.ErrDenied)
	case errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrInvalid): // a fifo would wait for its writer
		return nil, wrong("not a file", driver.ErrInvalid)
	case errors.Is(err, fs.ErrPermission):
		return nil, err
	}
	return nil, wrong(err.Error(), driver.ErrInvalid)
}
