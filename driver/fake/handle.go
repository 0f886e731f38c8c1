package fake

import (
	"context"
	"errors"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// handle is a started process and, once settled is closed, how it ended.
type handle struct {
	id      string
	engine  *Driver
	process *Process
	unwatch func() bool // gives up waiting for the end of the run's context
	settled chan struct{}
	status  driver.ExitStatus
	err     error
}

// newHandle makes a process that does not run yet. It needs Driver.mu.
func (d *Driver) newHandle(ctx context.Context, c *driver.Command, pc *driver.ProcessConfig, pipes *driver.Pipes, program program) *handle {
	p := newProcess(ctx, firstPid+d.pids, c, pc, pipes)
	p.program, p.clock = program, d.clock
	d.pids++
	return &handle{id: c.ID, engine: d, process: p, settled: make(chan struct{})}
}

// settle publishes the end of a process that is done. The context's cause is
// told once, also when a hook failed because of it.
func (h *handle) settle(errs ...error) {
	h.unwatch()
	h.process.closeIn()
	h.status = h.process.exitStatus()
	h.err = errors.Join(errs...)
	if cause := h.process.cause(); cause != nil && !errors.Is(h.err, cause) {
		h.err = errors.Join(cause, h.err)
	}
	close(h.settled)
}

// ID implements driver.Process.
func (h *handle) ID() string { return h.id }

// Pid implements driver.Process.
func (h *handle) Pid() int { return h.process.Pid }

// Resize implements driver.Resizer. It does nothing: pipes have no size.
func (h *handle) Resize(height, width int) error {
	h.engine.record(Call{Verb: "resize", ID: h.id, Size: [2]int{height, width}})
	return nil
}

// Signal implements driver.Process.
func (h *handle) Signal(_ context.Context, sig int) error {
	h.engine.record(Call{Verb: "signal", ID: h.id, Signal: sig})
	return failed("signal", h.id, h.process.deliver(sig))
}

// Wait implements driver.Process.
func (h *handle) Wait(ctx context.Context) (driver.ExitStatus, error) {
	if err := h.engine.awaitIn(ctx, h.settled); err != nil {
		return driver.ExitStatus{ExitCode: -1}, failed("wait", h.id, err)
	}
	return h.status, failed("wait", h.id, h.err)
}

// await waits for ch to be closed.
func (d *Driver) await(ch <-chan struct{}) {
	defer d.clock.Idle(clock.Closed(ch))()
	<-ch
}

// awaitIn is await until ctx ends. An event that has happened wins over a
// context that has ended.
func (d *Driver) awaitIn(ctx context.Context, ch <-chan struct{}) error {
	defer d.clock.Idle(clock.Closed(ch, ctx.Done()))()
	select {
	case <-ch:
		return nil
	default:
	}
	select {
	case <-ch:
		return nil
	case <-ctx.Done():
		return errors.Join(driver.ErrWaitTimeoutReached, context.Cause(ctx))
	}
}
