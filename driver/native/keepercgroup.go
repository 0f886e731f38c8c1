//go:build linux && cgo

package native

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"
)

// leaveCgroup moves a keeper out of the cgroup of its starter, which may be killed as
// a whole, as systemd does with the scope of a session, or have limits that are not
// meant for the keeper. Under systemd it gets a scope of its own. Elsewhere it goes
// to the root of each hierarchy, where nothing has to be removed after it.
func (d *Driver) leaveCgroup() error {
	if d.systemd {
		// No id begins with a dot: the name is no container's.
		prefix := strings.TrimPrefix(defaultCgroupParent(d.root), "/")
		u := unit{Slice: defaultSlice, Prefix: prefix, Name: ".keeper"}
		cm, err := manager.New(u.config())
		if err != nil {
			return err
		}
		return cm.Apply(os.Getpid())
	}
	roots := map[string]string{"": "/sys/fs/cgroup"}
	if !d.machine.CgroupV2 {
		cm, err := manager.New(&cgroups.Cgroup{Path: "/", Resources: &cgroups.Resources{}})
		if err != nil {
			return err
		}
		roots = cm.GetPaths()
	}
	var errs []error
	for _, dir := range roots {
		errs = append(errs, os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0))
	}
	return errors.Join(errs...)
}
