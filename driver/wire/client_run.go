//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"

	"github.com/execlua/execlua/driver"
)

// Run implements driver.Driver.
func (c *Client) Run(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.ExitStatus, error) {
	o := c.begin(ctx, command(verbRun, cmd))
	defer o.end()
	r, err := o.stream(pipes, hooks)
	return r.Status, err
}

// Exec implements driver.Driver.
func (c *Client) Exec(ctx context.Context, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	o := c.begin(ctx, execCall(verbExec, cmd, process))
	defer o.end()
	r, err := o.stream(pipes, hooks)
	return r.Code, err
}

// Attach implements driver.Attacher.
func (c *Client) Attach(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes) error {
	o := c.begin(ctx, command(verbAttach, cmd))
	defer o.end()
	_, err := o.stream(pipes, driver.Hooks{})
	return err
}

func execCall(verb string, cmd *driver.Command, process *driver.ProcessConfig) call {
	m := command(verb, cmd)
	m.Process = process
	if process != nil {
		m.Consoles[1] = process.Console
	}
	return m
}

// stream sends a call with pipes and hooks, and returns when both are done with.
func (o *op) stream(pipes *driver.Pipes, hooks driver.Hooks) (result, error) {
	if err := o.equip(pipes, hooks); err != nil {
		return nothing, o.fail(err)
	}
	r, err := o.send()
	return r, o.finish(err)
}

// equip gives the call its pipes and hooks.
func (o *op) equip(pipes *driver.Pipes, hooks driver.Hooks) (err error) {
	o.hooks = hooks
	o.call.Hooks = &hookList{
		PreStart: len(hooks.PreStart), Start: hooks.Start != nil, PostStop: len(hooks.PostStop), Timeout: hooks.Timeout,
	}
	o.streams, o.call.Pipes, err = openStreams(pipes, func(stream int, err error) {
		_ = o.client.link.send(kindBroken, o.number, broken{stream, o.tell(err)}) // an error has closed the link
	})
	return err
}

// finish ends the copying, and adds what went wrong with it.
func (o *op) finish(err error) error {
	ioErr := o.streams.finish(o.client.link.over, err)
	var failed *driver.Error
	switch {
	case ioErr == nil:
		return err
	case err == nil:
		return o.fail(ioErr)
	case errors.As(err, &failed):
		with := *failed
		with.Err = errors.Join(failed.Err, ioErr)
		return &with
	}
	return errors.Join(err, ioErr)
}

// Start implements driver.Starter.
func (c *Client) Start(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	return c.start(ctx, command(verbStart, cmd), pipes, hooks)
}

// StartExec implements driver.ExecStarter.
func (c *Client) StartExec(ctx context.Context, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	return c.start(ctx, execCall(verbStartExec, cmd, process), pipes, hooks)
}

// StartDetached implements driver.Detacher.
func (c *Client) StartDetached(ctx context.Context, cmd *driver.Command, hooks driver.Hooks) (driver.Process, error) {
	return c.start(ctx, command(verbStartDetached, cmd), nil, hooks)
}

// Restart implements driver.Detacher.
func (c *Client) Restart(ctx context.Context, id string) (driver.Process, error) {
	return c.start(ctx, call{Verb: verbRestart, ID: id}, nil, driver.Hooks{})
}

func (c *Client) start(ctx context.Context, m call, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	o := c.begin(ctx, m)
	if err := o.equip(pipes, hooks); err != nil {
		o.end()
		return nil, o.fail(err)
	}
	r, err := o.send()
	if err != nil {
		err = o.finish(err)
		o.end()
		return nil, err
	}
	p := &process{op: o, pid: r.Pid, over: make(chan struct{})}
	go p.follow()
	if r.Planned {
		return &planned{p}, nil
	}
	return p, nil
}

// process is a process that a call has started.
type process struct {
	op     *op
	pid    int
	over   chan struct{} // closed at the end; status and err are valid then
	status driver.ExitStatus
	err    error
}

// follow waits for the end of the process.
func (p *process) follow() {
	o := p.op
	defer o.end()
	defer close(p.over)
	end := nothing
	select {
	case end = <-o.ended:
	case <-o.client.link.over:
		select {
		case end = <-o.ended: // it came before the end of the connection
		default:
			p.err = &driver.Error{Op: "wait", ID: o.id(), Err: o.client.link.err}
		}
	}
	if p.err == nil {
		p.err = end.Failure.decode(o.client.link, o.client.find)
	}
	p.status, p.err = end.Status, o.finish(p.err)
}

// ID implements driver.Process.
func (p *process) ID() string { return p.op.id() }

// Pid implements driver.Process.
func (p *process) Pid() int { return p.pid }

// Wait implements driver.Process.
func (p *process) Wait(ctx context.Context) (driver.ExitStatus, error) {
	select {
	case <-p.over:
		return p.status, p.err
	default:
	}
	select {
	case <-p.over:
		return p.status, p.err
	case <-ctx.Done():
		err := fmt.Errorf("%w: %w", driver.ErrWaitTimeoutReached, context.Cause(ctx))
		return nothing.Status, &driver.Error{Op: "wait", ID: p.ID(), Err: err}
	}
}

// about is a call about the process.
func (p *process) about(verb string) call {
	return call{Verb: verb, Target: p.op.number, ID: p.ID()}
}

// Signal implements driver.Process.
func (p *process) Signal(ctx context.Context, sig int) error {
	m := p.about(verbSignal)
	m.Signal = sig
	_, err := p.op.client.do(ctx, m)
	return err
}

// Resize implements driver.Resizer.
func (p *process) Resize(height, width int) error {
	m := p.about(verbResize)
	m.Size = [2]int{height, width}
	_, err := p.op.client.do(context.Background(), m)
	return err
}

// planned is a process of an engine that runs nothing.
type planned struct{ *process }

// Finish implements driver.Planned.
func (p *planned) Finish() {
	// The process ends in any case, if only with the connection.
	_, _ = p.op.client.do(context.Background(), p.about(verbFinish))
}
