//go:build linux && cgo

package native

import (
	"cmp"
	"context"
	"slices"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

var _ interface {
	driver.Finder
	driver.Waiter
} = (*Driver)(nil)

// Find lists the containers of this engine; those of other processes that share
// the state directory are theirs.
func (d *Driver) Find(ctx context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	if d.own != nil {
		return d.own.Find(ctx, f)
	}
	if err := f.Check(); err != nil {
		return nil, &driver.Error{Op: "find", Err: err}
	}
	var found []driver.ContainerInfo
	for _, c := range d.all() {
		if f.ID != "" && f.ID != c.cmd.ID {
			continue // describing costs reads of the cgroup
		}
		if i, ok := c.describe(); ok && f.Matches(&i) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b driver.ContainerInfo) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// describe tells what Find does; false when there is nothing that anybody may see.
func (c *container) describe() (driver.ContainerInfo, bool) {
	p, init := c.at()
	if p == creating || p == gone {
		return driver.ContainerInfo{}, false
	}
	cmd := c.command().Clone()
	i := driver.ContainerInfo{ID: cmd.ID, Pid: init.pid, Labels: cmd.Labels, Created: c.made, Command: cmd}
	switch {
	case p == exited || init.exited():
		i.State, i.Pid = driver.StateExited, 0
	case p == created:
		i.State = driver.StateCreated
	case c.paused():
		i.State = driver.StatePaused
	default:
		i.State = driver.StateRunning
	}
	return i, true
}

// Wait waits for the end of a container.
func (d *Driver) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	if d.own != nil {
		return d.own.Wait(ctx, id)
	}
	c, err := d.find("wait", id)
	if err == nil && hook.Inside(ctx, id) {
		err = c.fail("wait", driver.ErrBusy, "a hook cannot wait for the end of its own container")
	}
	if err != nil {
		return driver.ExitStatus{ExitCode: -1}, err
	}
	return c.Wait(ctx)
}
