//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Kill sends a signal to the init of a container.
func (d *Driver) Kill(ctx context.Context, cmd *driver.Command, sig int) error {
	if d.own != nil {
		return d.own.Kill(ctx, cmd, sig)
	}
	c, err := d.findCommand("kill", cmd)
	if err != nil {
		return err
	}
	return c.Signal(ctx, sig)
}

// Pause freezes a container.
func (d *Driver) Pause(ctx context.Context, cmd *driver.Command) error {
	if d.own != nil {
		return d.own.Pause(ctx, cmd)
	}
	return d.setFrozen("pause", cmd, cgroups.Frozen)
}

// Unpause thaws a container.
func (d *Driver) Unpause(ctx context.Context, cmd *driver.Command) error {
	if d.own != nil {
		return d.own.Unpause(ctx, cmd)
	}
	return d.setFrozen("unpause", cmd, cgroups.Thawed)
}

func (d *Driver) setFrozen(op string, cmd *driver.Command, state cgroups.FreezerState) error {
	c, err := d.findCommand(op, cmd)
	if err != nil {
		return err
	}
	init, err := c.started(op)
	if err != nil {
		return err
	}
	err = c.setFreezer(state)
	if err != nil && init.exited() {
		err = driver.ErrNotRunning
	}
	return c.fail(op, err, "")
}

// GetPidsForContainer lists the processes of a container.
func (d *Driver) GetPidsForContainer(ctx context.Context, id string) ([]int, error) {
	if d.own != nil {
		return d.own.GetPidsForContainer(ctx, id)
	}
	c, err := d.find("pids", id)
	if err != nil {
		return nil, err
	}
	if _, err := c.live("pids"); err != nil {
		return nil, err
	}
	pids, err := c.pids()
	return pids, c.fail("pids", err, "")
}

// Stop ends a container gracefully.
func (d *Driver) Stop(ctx context.Context, cmd *driver.Command, opts driver.StopOptions) (driver.ExitStatus, error) {
	if d.own != nil {
		return d.own.Stop(ctx, cmd, opts)
	}
	none := driver.ExitStatus{ExitCode: -1}
	c, err := d.findCommand("stop", cmd)
	if err != nil {
		return none, err
	}
	if hook.Inside(ctx, cmd.ID) {
		return none, c.fail("stop", driver.ErrBusy, "a hook cannot wait for the end of its own container; kill it")
	}
	// One that has just ended by itself is waited for.
	if _, err := c.live("stop"); err != nil && !errors.Is(err, driver.ErrNotRunning) {
		return none, err
	}
	if err := c.requestStop(opts); err != nil && !errors.Is(err, driver.ErrNotRunning) {
		return none, err
	}
	return c.Wait(ctx)
}

// requestStop sends the stop signal and sees to the SIGKILL after the grace period.
func (c *container) requestStop(opts driver.StopOptions) error {
	sig, grace, err := c.cmd.StopWith(opts)
	if err != nil {
		return err
	}
	if err := checkSignal(sig); err != nil {
		return c.fail("stop", err, "")
	}
	c.markStopped()
	if err := c.Signal(context.Background(), sig); err != nil {
		return err
	}
	go func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-c.init.done:
		case <-timer.C:
			_ = c.Signal(context.Background(), int(unix.SIGKILL)) // it has just ended, or the thaw below has failed, too
		}
	}()
	return c.fail("stop", c.thaw(), "")
}

// Terminate kills a container and removes everything of it.
func (d *Driver) Terminate(ctx context.Context, cmd *driver.Command) error {
	if d.own != nil {
		return d.own.Terminate(ctx, cmd)
	}
	c, err := d.findCommand("terminate", cmd)
	if err == nil {
		return d.terminate(ctx, c)
	}
	if !errors.Is(err, driver.ErrNotFound) {
		return err
	}
	switch swept, serr := d.sweepID(cmd.ID); {
	case serr != nil:
		return &driver.Error{Op: "terminate", ID: cmd.ID, Err: serr}
	case swept:
		return nil
	}
	return err
}

func (d *Driver) terminate(ctx context.Context, c *container) error {
	c.markStopped()
	err := c.Signal(ctx, int(unix.SIGKILL))
	if failed := (*driver.Error)(nil); errors.As(err, &failed) {
		failed.Op = "terminate"
	}
	if hook.Inside(ctx, c.cmd.ID) {
		return err // the hook's own return lets the rest happen
	}
	if err != nil && !errors.Is(err, driver.ErrNotRunning) {
		return err
	}
	_, err = c.Wait(ctx)
	if errors.Is(err, driver.ErrWaitTimeoutReached) {
		return err
	}
	return nil // how the run ended is for those who started it
}

// Clean removes what a stopped container left.
func (d *Driver) Clean(ctx context.Context, id string) error {
	if d.own != nil {
		return d.own.Clean(ctx, id)
	}
	if c := d.container(id); c != nil {
		return c.fail("clean", driver.ErrBusy, "stop or terminate it")
	}
	if _, err := d.sweepID(id); err != nil {
		return &driver.Error{Op: "clean", ID: id, Err: err}
	}
	return nil
}

// sweepID removes the leftovers of an id that this engine does not run, and
// tells whether there were any.
func (d *Driver) sweepID(id string) (bool, error) {
	if !driver.ValidID(id) {
		return false, nil
	}
	c, err := settledClaim(claimPath(d.root, id), 0)
	if c, err = notKept(c, err, d.root, id); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if errors.Is(err, driver.ErrExists) {
		return false, classified{errors.New("another process on this machine runs it"), driver.ErrBusy}
	}
	if err != nil {
		return false, err
	}
	if err := c.sweep(d.root); err != nil {
		return false, err
	}
	return c.ID != "", nil
}
