//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"

	"github.com/execlua/execlua/driver"
)

// takeID claims the id, sweeps what a dead owner left of it and records what
// this run will make.
func (c *container) takeID() (cm cgroups.Manager, cgroupsPath, scratch string, err error) {
	root, id := c.driver.root, c.cmd.ID
	claim, err := c.takeClaim()
	if err != nil {
		return nil, "", "", err
	}
	if err := sweep(root, claim.claimed); err != nil {
		return nil, "", "", errors.Join(fmt.Errorf("remove what a killed host left: %w", err), claim.leave())
	}
	if _, err := os.Lstat(filepath.Join(root, id)); err == nil {
		return nil, "", "", errors.Join(fmt.Errorf("%w: %s is another program's", driver.ErrExists, filepath.Join(root, id)), claim.release())
	}
	claim.claimed = claimed{} // swept: it must not be again when this start fails
	c.claim = claim

	seat, err := c.driver.seat(c.cmd)
	if err != nil {
		return nil, "", "", err
	}
	what := claimed{ID: id, Parent: seat.parent, Unit: seat.unit}
	if seat.config != nil {
		if err := c.driver.rootless.settle(); err != nil {
			return nil, "", "", err
		}
		if cm, err = manager.New(seat.config); err != nil {
			return nil, "", "", err
		}
		what.Cgroups = maps.Clone(cm.GetPaths())
	}
	c.group = cgroup{paths: what.Cgroups, parent: seat.parent, unit: seat.unit}
	if pids, err := c.group.pids(); err == nil && len(pids) > 0 {
		c.group = cgroup{} // nobody is to kill them
		return nil, "", "", &driver.FieldError{Path: "cgroup_parent", Value: c.cmd.CgroupParent, Reason: fmt.Sprintf("the cgroup %s has processes already", seat.path), Class: driver.ErrBusy}
	}
	if needsScratch(c.cmd) {
		what.Scratch = filepath.Join(c.driver.scratch, scratchName(id, os.Getpid(), time.Now().UnixNano()))
	}
	return cm, seat.path, what.Scratch, claim.record(what)
}
