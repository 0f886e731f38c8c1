package fake

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Kill implements driver.Driver. A signal to a paused container arrives when it is
// unpaused, which SIGKILL does itself.
func (d *Driver) Kill(_ context.Context, c *driver.Command, sig int) error {
	d.record(Call{Verb: "kill", Command: c, Signal: sig})
	d.mu.Lock()
	b, err := d.find("kill", c)
	b.killed(sig)
	d.mu.Unlock()
	if err == nil {
		err = b.kill(sig)
	}
	return failed("kill", idOf(c), err)
}

// Signal implements driver.Process, with the rule of Kill for a paused container.
func (b *container) Signal(_ context.Context, sig int) error {
	b.engine.record(Call{Verb: "signal", ID: b.id, Signal: sig})
	return failed("signal", b.id, b.kill(sig))
}

func (b *container) kill(sig int) error {
	if err := b.process.deliver(sig); err != nil || sig != int(syscall.SIGKILL) {
		return err
	}
	b.engine.mu.Lock()
	defer b.engine.mu.Unlock()
	b.thaw()
	return nil
}

// SignalAll implements driver.AllSignaller. The rule of Kill for a paused
// container holds.
func (d *Driver) SignalAll(_ context.Context, c *driver.Command, sig int) error {
	d.record(Call{Verb: "signal_all", Command: c, Signal: sig})
	if err := checkSignal(sig); err != nil {
		return failed("signal_all", idOf(c), err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("signal_all", c)
	if err != nil {
		return failed("signal_all", idOf(c), err)
	}
	b.killed(sig)
	for _, p := range b.processes() {
		_ = p.deliver(sig) // one that has ended needs none
	}
	if sig == int(syscall.SIGKILL) {
		b.thaw()
	}
	return nil
}

// errOwnHook refuses what would wait for itself.
var errOwnHook = fmt.Errorf("%w: a hook cannot wait for the end of its own container", driver.ErrBusy)

// Stop implements driver.Stopper.
func (d *Driver) Stop(ctx context.Context, c *driver.Command, opts driver.StopOptions) (driver.ExitStatus, error) {
	d.record(Call{Verb: "stop", Command: c, Signal: opts.Signal})
	d.mu.Lock()
	known := c != nil && d.containers[c.ID] != nil
	d.mu.Unlock()
	if known && hook.Inside(ctx, c.ID) {
		return driver.ExitStatus{ExitCode: -1}, failed("stop", c.ID, errOwnHook)
	}
	status, err := d.endNow(ctx, "stop", c, opts)
	return status, failed("stop", idOf(c), err)
}

// OOM does to a container what the kernel does when its memory is used up: it
// kills the process, and says so. The limit is the container's own if it has one,
// else the machine's memory.
func (d *Driver) OOM(id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("kill", &driver.Command{ID: id})
	if err != nil {
		return failed("oom", id, err)
	}
	b.runOutOfMemory(b.process)
	return nil
}

// runOutOfMemory is OOM for one process of a container.
func (d *Driver) runOutOfMemory(p *Process) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b := d.containers[p.Command.ID]; b != nil {
		b.runOutOfMemory(p)
	}
}

// runOutOfMemory needs Driver.mu.
func (b *container) runOutOfMemory(p *Process) {
	b.emit(driver.Event{Kind: driver.EventOOM})
	scope := driver.OOMAncestor
	if b.limits != nil && b.limits.Memory > 0 {
		scope = driver.OOMOwn
	}
	p.runOutOfMemory(scope)
}

// Wait implements driver.Waiter.
func (d *Driver) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	d.record(Call{Verb: "wait", ID: id})
	d.mu.Lock()
	b := d.containers[id]
	d.mu.Unlock()
	none := driver.ExitStatus{ExitCode: -1}
	switch {
	case b == nil:
		return none, failed("wait", id, driver.ErrNotFound)
	case hook.Inside(ctx, id):
		return none, failed("wait", id, errOwnHook)
	}
	if b.service != nil {
		return b.service.Wait(ctx)
	}
	return b.Wait(ctx)
}

// Terminate implements driver.Driver. Called by a hook of the container itself
// it returns once the process has ended.
func (d *Driver) Terminate(ctx context.Context, c *driver.Command) error {
	d.record(Call{Verb: "terminate", Command: c})
	_, err := d.endNow(ctx, "terminate", c, driver.StopOptions{Signal: int(syscall.SIGKILL)})
	return failed("terminate", idOf(c), err)
}

// endNow ends a container and waits for its end: until it is gone, but for a
// detached one that is not to be terminated.
func (d *Driver) endNow(ctx context.Context, verb string, c *driver.Command, opts driver.StopOptions) (driver.ExitStatus, error) {
	none := driver.ExitStatus{ExitCode: -1}
	if err := checkSignal(opts.Signal); err != nil {
		return none, err
	}
	d.mu.Lock()
	b, err := d.find(verb, c)
	d.mu.Unlock()
	inside := hook.Inside(ctx, idOf(c))
	if b == nil || err != nil && inside { // from elsewhere, one that has exited is waited for
		return none, err
	}
	sig, grace, err := b.command.StopWith(opts)
	if err != nil {
		return none, err
	}
	d.stop(b, sig, grace, nil)
	if b.service != nil && verb == "terminate" {
		d.mu.Lock()
		b.service.doom()
		d.mu.Unlock()
	}
	switch {
	case inside:
		err = d.awaitIn(ctx, b.process.done)
		return b.process.exitStatus(), err
	case b.service != nil:
		return b.service.wait(ctx)
	}
	if err := d.awaitIn(ctx, b.settled); err != nil {
		return none, err
	}
	return b.status, nil
}

// Clean implements driver.Driver. Nothing is ever left behind in memory but a
// detached container.
func (d *Driver) Clean(ctx context.Context, id string) error {
	d.record(Call{Verb: "clean", ID: id})
	d.mu.Lock()
	b := d.containers[id]
	if b == nil {
		d.mu.Unlock()
		return nil
	}
	if s := b.state(); b.service == nil || s != Exited {
		d.mu.Unlock()
		return failed("clean", id, refusal("clean", s))
	}
	b.service.leave()
	b.service.doom()
	d.mu.Unlock()
	_, err := b.service.wait(ctx)
	return failed("clean", id, err)
}

// stop asks the container to end and insists after the grace period. What is
// frozen is thawed first.
func (d *Driver) stop(b *container, sig int, grace time.Duration, cause error) {
	d.mu.Lock()
	if b.service != nil {
		b.service.leave()
		b = b.service.life
	}
	b.stopping()
	d.mu.Unlock()
	b.process.stop(sig, grace, cause)
}

// stopping takes a container to its end, but for the signal. It needs Driver.mu.
func (b *container) stopping() {
	if !b.asked && !b.process.hasEnded() {
		b.asked = true
		b.emit(driver.Event{Kind: driver.EventStopping})
	}
	if b.stage == Paused {
		b.emit(driver.Event{Kind: driver.EventUnpaused})
	}
	if b.stage != PreStart {
		b.stage = Stopping
	}
	for p := range b.others {
		p.thaw()
	}
}

// checkSignal accepts the numbers of signal(7), and 0, which only asks.
func checkSignal(sig int) error {
	if sig < 0 || sig > 64 {
		return &driver.FieldError{Path: "signal", Value: sig, Reason: "no such signal; a number from 0 to 64"}
	}
	return nil
}
