package drivertest

import (
	"context"
	"errors"
	"time"

	"github.com/execlua/execlua/driver"
)

func stopCases() []testCase {
	return []testCase{
		{"a stop signal that is heeded", stopTERM},
		{"the Command's stop signal", stopOwnSignal},
		{"the caller's stop signal", stopOtherSignal},
		{"KILL after the Command's grace period", stopStubborn},
		{"KILL after the caller's grace period", stopOtherGrace},
		{"no grace at all", stopNoGrace},
		{"of a paused container", stopPaused},
		{"returns after post_stop, and the id is free", stopGone},
		{"a caller that does not wait", stopImpatient},
		{"no such signal", stopInvalid},
		{"terminate", terminate},
		{"terminate a paused container", terminatePaused},
		{"clean while it runs, and afterwards", clean},
	}
}

var noHooks = driver.Hooks{}

// grace is d as the optional fields want it.
func grace(d time.Duration) *time.Duration { return &d }

// stop stops a container and wants the handle to tell the same end.
func (b *box) stop(opts driver.StopOptions) driver.ExitStatus {
	b.t.Helper()
	status, err := b.t.stopper().Stop(b.t.Context(), b.command, opts)
	if err != nil {
		b.t.Errorf("stop: %v", err)
	}
	if told := b.wait(); told != status {
		b.t.Errorf("stop says %+v, the handle %+v", status, told)
	}
	return status
}

func stopTERM(t *env) {
	t.wantStatus(t.sleeper().stop(driver.StopOptions{}), 7, 0, true)
}

func stopOwnSignal(t *env) {
	c := t.command(IgnoreTERM{})
	c.StopSignal = "SIGKILL"
	c.StopGrace = grace(patience)
	begun := time.Now()
	t.wantStatus(t.start(t.Context(), c, noHooks).stop(driver.StopOptions{}), 128+sigKILL, sigKILL, true)
	if took := time.Since(begun); took >= patience {
		t.Errorf("took %v", took)
	}
}

func stopOtherSignal(t *env) {
	c := t.command(IgnoreTERM{})
	c.StopGrace = grace(patience)
	t.wantStatus(t.start(t.Context(), c, noHooks).stop(driver.StopOptions{Signal: sigKILL}), 128+sigKILL, sigKILL, true)
}

func stopStubborn(t *env) {
	c := t.command(IgnoreTERM{})
	c.StopGrace = grace(aMoment)
	b := t.start(t.Context(), c, noHooks)
	begun := time.Now()
	t.wantStatus(b.stop(driver.StopOptions{}), 128+sigKILL, sigKILL, true)
	if took := time.Since(begun); took < aMoment {
		t.Errorf("killed after %v, before the grace period of %v", took, aMoment)
	}
}

func stopOtherGrace(t *env) {
	c := t.command(IgnoreTERM{})
	c.StopGrace = grace(10 * patience)
	t.wantStatus(t.start(t.Context(), c, noHooks).stop(driver.StopOptions{Grace: grace(aMoment)}), 128+sigKILL, sigKILL, true)
}

func stopNoGrace(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	t.wantStatus(b.stop(driver.StopOptions{Grace: grace(0)}), 128+sigKILL, sigKILL, true)
}

func stopPaused(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	t.wantStatus(b.stop(driver.StopOptions{}), 7, 0, true)
}

func stopGone(t *env) {
	stopped := false
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{PostStop: hooks(func() {
		time.Sleep(aMoment)
		stopped = true
	})})
	if _, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{}); err != nil {
		t.Error(err)
	}
	if !stopped {
		t.Error("stop returned before the PostStop hook")
	}
	t.wantFree(b.ID())
}

// stopImpatient gives up waiting; the container gets its signal all the same.
func stopImpatient(t *env) {
	release := make(chan struct{})
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{PostStop: hooks(func() { <-release })})
	ctx, cancel := context.WithTimeout(t.Context(), aMoment)
	defer cancel()
	_, err := t.stopper().Stop(ctx, b.command, driver.StopOptions{})
	close(release)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	t.wantStatus(b.wait(), 7, 0, true)
}

func stopInvalid(t *env) {
	b := t.sleeper()
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{Signal: 65})
	t.wantCode("stop", err, "invalid")
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container has ended")
	}
}

func terminate(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
	if t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container still runs")
	}
	t.wantFree(b.ID())
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, true)
}

func terminatePaused(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, true)
}

func clean(t *env) {
	b := t.sleeper()
	t.wantCode("clean while it runs", t.engine.Clean(t.Context(), b.ID()), "busy")
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container has ended")
	}
	t.wantCode("TERM", b.Signal(t.Context(), sigTERM), "")
	b.wait()
	t.wantCode("clean afterwards", t.engine.Clean(t.Context(), b.ID()), "")
}
