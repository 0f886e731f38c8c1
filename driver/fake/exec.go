package fake

import (
	"context"
	"strings"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Exec implements driver.Driver.
func (d *Driver) Exec(ctx context.Context, c *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	d.record(Call{Verb: "exec", Command: c, Process: process, Options: ctx.Value(optionsKey{})})
	b, h, err := d.enter(ctx, "exec", c, process, pipes)
	if err != nil {
		return -1, failed("exec", idOf(c), err)
	}
	d.leave(b, h, d.beginExec(ctx, b, h, process, hooks))
	return h.status.ExitCode, failed("exec", h.id, h.err)
}

// StartExec implements driver.ExecStarter.
func (d *Driver) StartExec(ctx context.Context, c *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	d.record(Call{Verb: "exec_start", Command: c, Process: process, Options: ctx.Value(optionsKey{})})
	b, h, err := d.enter(ctx, "exec_start", c, process, pipes)
	if err != nil {
		return nil, failed("exec_start", idOf(c), err)
	}
	if err := d.beginExec(ctx, b, h, process, hooks); err != nil {
		d.leave(b, h, err)
		return nil, failed("exec_start", h.id, h.err)
	}
	d.clock.Go(func() { d.leave(b, h, nil) })
	return h, nil
}

// enter makes a process in a running container and starts it.
func (d *Driver) enter(ctx context.Context, verb string, c *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes) (*container, *handle, error) {
	if err := driver.ValidateProcess(process); err != nil {
		return nil, nil, err
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	program, err := d.answer(ctx, Call{Verb: verb, ID: idOf(c), Command: c.Clone(), Process: process.Clone(), Options: ctx.Value(optionsKey{})})
	if err != nil {
		return nil, nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("exec", c)
	if err != nil {
		return nil, nil, err
	}
	if err := checkMapped(b.command.UserNamespace, process.User); err != nil {
		return nil, nil, err
	}
	h := d.spawn(ctx, b, process, pipes, program, func(p *Process) { p.stop(b.stopSignal, b.stopGrace, context.Cause(ctx)) })
	return b, h, nil
}

// spawn starts a process in a container, with what happens to it when ctx ends. It
// needs Driver.mu.
func (d *Driver) spawn(ctx context.Context, b *container, process *driver.ProcessConfig, pipes *driver.Pipes, program program, late func(*Process)) *handle {
	h := d.newHandle(ctx, b.command, inherit(process, &b.command.ProcessConfig), pipes, program)
	h.unwatch = d.clock.OnDone(ctx, func() { late(h.process) })
	b.others[h.process] = true
	h.process.start()
	b.emit(driver.Event{Kind: driver.EventExecuted, Pid: h.Pid()})
	d.clock.Go(h.process.run)
	return h
}

// checkMapped refuses numbers that the container's user namespace does not have.
func checkMapped(users *driver.UserNamespace, user string) error {
	uid, gid, _ := strings.Cut(user, ":")
	_, hasUID := users.HostUID(number(uid))
	_, hasGID := users.HostGID(number(gid))
	if hasUID && hasGID {
		return nil
	}
	return &driver.FieldError{Path: "process.user", Value: user, Reason: "user_namespace does not map it"}
}

// inherit fills user and environment from the container's process where an exec
// leaves them unset. Of two values of one variable the later counts.
func inherit(process, from *driver.ProcessConfig) *driver.ProcessConfig {
	out := process.Clone()
	out.Env = append(from.Clone().Env, out.Env...)
	if out.User == "" {
		out.User = from.User
	}
	return out
}

// beginExec runs the Start hook.
func (d *Driver) beginExec(ctx context.Context, b *container, h *handle, process *driver.ProcessConfig, hooks driver.Hooks) error {
	process = process.Clone()
	process.Terminal = &driver.StdConsole{}
	err := hook.Start(ctx, hooks, b.command, process, h.Pid())
	if err != nil && ctx.Err() == nil {
		h.process.kill()
	}
	return d.events.HookFailed(err)
}

// leave waits for the end of an exec.
func (d *Driver) leave(b *container, h *handle, beginErr error) {
	d.await(h.process.done)
	d.mu.Lock()
	delete(b.others, h.process)
	status := h.process.exitStatus()
	b.emit(driver.Event{Kind: driver.EventExecDied, Pid: h.Pid(), Status: &status})
	d.mu.Unlock()
	h.settle(beginErr)
}
