package fake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
	"github.com/execlua/execlua/driver/internal/logs"
)

// Run implements driver.Driver.
func (d *Driver) Run(ctx context.Context, c *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.ExitStatus, error) {
	d.record(Call{Verb: "run", Command: c, Options: ctx.Value(optionsKey{})})
	b, err := d.create(ctx, "run", c, pipes, hooks)
	if err != nil {
		return driver.ExitStatus{ExitCode: -1}, failed("run", idOf(c), err)
	}
	d.finish(ctx, b, d.begin(ctx, b))
	return b.status, failed("run", b.id, b.err)
}

// Start implements driver.Starter.
func (d *Driver) Start(ctx context.Context, c *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	d.record(Call{Verb: "start", Command: c, Options: ctx.Value(optionsKey{})})
	b, err := d.create(ctx, "start", c, pipes, hooks)
	if err != nil {
		return nil, failed("start", idOf(c), err)
	}
	if err := d.begin(ctx, b); err != nil {
		d.finish(ctx, b, err)
		return nil, failed("start", b.id, b.err)
	}
	d.clock.Go(func() { d.finish(ctx, b, nil) })
	return b, nil
}

// create claims the id and makes the container with its process, whose program
// does not run yet.
func (d *Driver) create(ctx context.Context, verb string, c *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (*container, error) {
	err := driver.Validate(c)
	if err == nil {
		err = driver.ValidateAttached(c)
	}
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	program, err := d.answer(ctx, Call{Verb: verb, ID: c.ID, Command: c.Clone(), Options: ctx.Value(optionsKey{})})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.containers[c.ID] != nil {
		return nil, driver.ErrExists
	}
	return d.newContainer(ctx, &container{command: c.Clone(), hooks: hooks, made: d.clock.Now(), log: &logs.Log{Clock: d.clock}}, pipes, program)
}

// newContainer completes a container and gives it its id. The end of ctx stops it.
// It needs Driver.mu.
func (d *Driver) newContainer(ctx context.Context, b *container, pipes *driver.Pipes, program program) (*container, error) {
	c := b.command
	sig, grace, err := c.StopWith(driver.StopOptions{})
	if err != nil {
		return nil, err
	}
	if err := d.checkJoins(c); err != nil {
		return nil, err
	}
	c.ProcessConfig.Terminal = &driver.StdConsole{}
	b.stopSignal, b.stopGrace = sig, grace
	b.stage, b.others, b.limits = PreStart, map[*Process]bool{}, c.Resources
	b.handle = d.newHandle(ctx, c, &c.ProcessConfig, b.log.Pipes(pipes), program)
	b.unwatch = d.clock.OnDone(ctx, func() { d.stop(b, sig, grace, context.Cause(ctx)) })
	d.containers[c.ID] = b
	b.emit(driver.Event{Kind: driver.EventCreated, Pid: b.Pid()})
	b.warn(c.Resources)
	return b, nil
}

// checkJoins refuses to share the namespaces of a container that does not run.
func (d *Driver) checkJoins(c *driver.Command) error {
	if c.Network != nil {
		if err := d.checkJoin("network.container_id", c.Network.ContainerID); err != nil {
			return err
		}
	}
	if c.Ipc != nil {
		return d.checkJoin("ipc.container_id", c.Ipc.ContainerID)
	}
	return nil
}

func (d *Driver) checkJoin(path, id string) error {
	if b := d.containers[id]; id == "" || b != nil && b.state() != Exited {
		return nil
	}
	return &driver.FieldError{Path: path, Value: id, Reason: "no such container runs", Class: driver.ErrNotFound}
}

// begin takes the container through its PreStart hooks, the release of its
// program and its Start hook. When it fails the process is on its way out.
func (d *Driver) begin(ctx context.Context, b *container) error {
	if err := hook.PreStart(ctx, b.hooks, b.command, b.Pid()); err != nil {
		b.process.kill()
		return d.events.HookFailed(err)
	}
	if err := d.release(b); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	err := hook.Start(ctx, b.hooks, b.command, &b.command.ProcessConfig, b.Pid())
	if err != nil && ctx.Err() == nil { // an ended context stops the container already, with its grace period
		b.process.kill()
	}
	return d.events.HookFailed(err)
}

// release lets the program run.
func (d *Driver) release(b *container) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !b.process.start() {
		return fmt.Errorf("%w: killed before its program ran", driver.ErrNotRunning)
	}
	b.stage = Running
	b.emit(driver.Event{Kind: driver.EventStarted, Pid: b.Pid()})
	d.clock.Go(func() {
		b.process.run()
		d.mu.Lock()
		defer d.mu.Unlock()
		for p := range b.others { // a pid namespace does not outlive its init, see pid_namespaces(7)
			p.kill()
		}
	})
	return nil
}

// finish waits for the end of the process, runs the PostStop hooks and removes
// the container. beginErr is why it could not begin, if so.
func (d *Driver) finish(ctx context.Context, b *container, beginErr error) {
	status, command := d.end(b)
	b.log.Close()
	var hookErr *driver.HookError
	if errors.As(beginErr, &hookErr) {
		hookErr.Status = &status
	}
	postErr := d.events.HookFailed(hook.PostStop(ctx, b.hooks, command, b.Pid(), status))
	d.mu.Lock()
	delete(d.containers, b.id)
	b.emit(driver.Event{Kind: driver.EventRemoved})
	d.mu.Unlock()
	b.settle(beginErr, postErr)
}

// end waits for the end of all processes. The Command is that of the end.
func (d *Driver) end(b *container) (driver.ExitStatus, *driver.Command) {
	d.await(b.process.done)
	d.mu.Lock()
	others, command := slices.Collect(maps.Keys(b.others)), b.now()
	d.mu.Unlock()
	for _, p := range others {
		d.await(p.done)
	}
	b.log.Cut()
	status := b.process.exitStatus()
	if status.ExitCode != -1 {
		b.emit(driver.Event{Kind: driver.EventExited, Pid: b.Pid(), Status: &status})
	}
	return status, command
}

func idOf(c *driver.Command) string {
	if c == nil {
		return ""
	}
	return c.ID
}
