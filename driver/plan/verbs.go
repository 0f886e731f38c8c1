package plan

import (
	"context"
	"syscall"

	"github.com/execlua/execlua/driver"
)

// Exec implements driver.Driver.
func (d *Driver) Exec(ctx context.Context, c *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	code, err := d.Driver.Exec(ctx, c, process, quiet(pipes), driver.Hooks{})
	d.add(err, Step{Action: Change, Verb: "exec", ID: idOf(c), Process: process, Hooks: stages(hooks)})
	return code, err
}

// StartExec implements driver.ExecStarter. The process ends at once.
func (d *Driver) StartExec(ctx context.Context, c *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	p, err := d.Driver.StartExec(ctx, c, process, quiet(pipes), driver.Hooks{})
	d.add(err, Step{Action: Change, Verb: "exec", ID: idOf(c), Process: process, Hooks: stages(hooks)})
	return p, err
}

// Update implements driver.Updater.
func (d *Driver) Update(ctx context.Context, c *driver.Command, r *driver.Resources) error {
	before := d.limits(ctx, idOf(c))
	err := d.Driver.Update(ctx, c, r)
	if err == nil {
		after := d.limits(ctx, idOf(c))
		d.add(nil, Step{Action: Change, Verb: "update", ID: c.ID, Changes: differences(before, after)})
	}
	return err
}

// limits are those of a container now.
func (d *Driver) limits(ctx context.Context, id string) *driver.Resources {
	if c := d.command(ctx, id); c != nil {
		return c.Resources
	}
	return nil
}

// Pause implements driver.Driver.
func (d *Driver) Pause(ctx context.Context, c *driver.Command) error {
	err := d.Driver.Pause(ctx, c)
	d.add(err, Step{Action: Change, Verb: "pause", ID: idOf(c)})
	return err
}

// Unpause implements driver.Driver.
func (d *Driver) Unpause(ctx context.Context, c *driver.Command) error {
	err := d.Driver.Unpause(ctx, c)
	d.add(err, Step{Action: Change, Verb: "unpause", ID: idOf(c)})
	return err
}

// Kill implements driver.Driver.
func (d *Driver) Kill(ctx context.Context, c *driver.Command, sig int) error {
	err := d.Driver.Kill(ctx, c, sig)
	d.signalled(err, "kill", idOf(c), sig)
	return err
}

// SignalAll implements driver.AllSignaller.
func (d *Driver) SignalAll(ctx context.Context, c *driver.Command, sig int) error {
	err := d.Driver.SignalAll(ctx, c, sig)
	d.signalled(err, "signal_all", idOf(c), sig)
	return err
}

// signalled adds the step of a signal. Signal 0 only asks.
func (d *Driver) signalled(err error, verb, id string, sig int) {
	if sig == 0 {
		return
	}
	d.mu.Lock()
	held := d.held[id]
	d.mu.Unlock()
	s := Step{Action: Change, Verb: verb, ID: id, Signal: driver.SignalName(sig)}
	if !d.detached(id) && (sig == int(syscall.SIGKILL) || held != nil && sig == held.stop) {
		s.Action = Remove
	}
	d.add(err, s)
}

// Stop implements driver.Stopper.
func (d *Driver) Stop(ctx context.Context, c *driver.Command, opts driver.StopOptions) (driver.ExitStatus, error) {
	s := Step{Action: Remove, Verb: "stop", ID: idOf(c)}
	if d.detached(s.ID) {
		s.Action = Change
	}
	status, err := d.Driver.Stop(ctx, c, opts)
	if opts.Signal != 0 {
		s.Signal = driver.SignalName(opts.Signal)
	}
	d.add(err, s)
	return status, err
}

// Terminate implements driver.Driver.
func (d *Driver) Terminate(ctx context.Context, c *driver.Command) error {
	err := d.Driver.Terminate(ctx, c)
	d.add(err, Step{Action: Remove, Verb: "terminate", ID: idOf(c)})
	return err
}
