//go:build linux && cgo

package native

import (
	"context"
	"errors"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

var _ driver.AllSignaller = (*Driver)(nil)

// setFreezer freezes or thaws the container, and tells when that changes something.
func (c *container) setFreezer(state cgroups.FreezerState) error {
	c.freezer.Lock()
	defer c.freezer.Unlock()
	switch {
	case c.group.none() && state == cgroups.Thawed:
		return nil // it is never frozen
	case c.group.none():
		return c.noCgroup()
	}
	frozen, err := c.group.frozen()
	if err != nil || frozen == (state == cgroups.Frozen) {
		return err
	}
	if err := c.group.freeze(state); err != nil {
		return err
	}
	kind := driver.EventUnpaused
	if state == cgroups.Frozen {
		kind = driver.EventPaused
	}
	c.emit(driver.Event{Kind: kind})
	return nil
}

// paused tells whether the container is frozen, but for the moments in which SignalAll does it.
func (c *container) paused() bool {
	c.freezer.Lock()
	defer c.freezer.Unlock()
	frozen, err := c.group.frozen()
	return err == nil && frozen
}

// thaw lets a paused container see its signals.
func (c *container) thaw() error { return c.setFreezer(cgroups.Thawed) }

// SignalAll sends a signal to every process of a container.
func (d *Driver) SignalAll(ctx context.Context, cmd *driver.Command, sig int) error {
	if d.own != nil {
		return d.own.SignalAll(ctx, cmd, sig)
	}
	c, err := d.findCommand("signal_all", cmd)
	if err != nil {
		return err
	}
	if err := checkSignal(sig); err != nil {
		return c.fail("signal_all", err, "")
	}
	init, err := c.live("signal_all")
	if err != nil {
		return err
	}
	err = c.signalAll(init, sig)
	if err == nil && sig == int(unix.SIGKILL) {
		err = c.thaw() // as Kill does
	}
	if err != nil && init.exited() {
		err = driver.ErrNotRunning
	}
	return c.fail("signal_all", err, "")
}

// signalAll signals what the cgroup holds while it is frozen: nobody can fork, and
// no number can go to another process. It leaves a paused container paused.
// Without a cgroup it signals again until nobody is new.
func (c *container) signalAll(init *pidfd, sig int) (err error) {
	if c.group.none() {
		return signalMembers(init.pid, sig)
	}
	c.freezer.Lock()
	defer c.freezer.Unlock()
	frozen, err := c.group.frozen()
	if err != nil {
		return err
	}
	if !frozen {
		if err := c.group.freeze(cgroups.Frozen); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.group.freeze(cgroups.Thawed)) }()
	}
	pids, err := c.group.pids()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		// On v2 a frozen process can die of another's SIGKILL, which is all right.
		if kerr := unix.Kill(pid, unix.Signal(sig)); kerr != nil && !errors.Is(kerr, unix.ESRCH) {
			err = errors.Join(err, kerr)
		}
	}
	return err
}
