package drivertest

import (
	"context"
	"errors"
	"time"

	"github.com/execlua/execlua/driver"
)

func cancelCases() []testCase {
	return []testCase{
		{"a context that has ended starts nothing", cancelledBefore},
		{"cancelling a run stops it", cancelRun},
		{"a deadline stops a run", deadlineOfRun},
		{"a program that ignores the stop signal is killed after its grace", cancelStubborn},
		{"cancelling in a pre_start hook", cancelInPreStart},
		{"cancelling stops a paused container", cancelPaused},
		{"the context of a started container stops it later", cancelStarted},
	}
}

var errUserLeft = errors.New("the user left")

func cancelledBefore(t *env) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errUserLeft)
	called := 0
	count := hooks(func() { called++ })
	c := t.command(Echo{"I ran", ""})
	r := t.run(ctx, c, "", driver.Hooks{PreStart: count, Start: count[0], PostStop: count})
	if !errors.Is(r.err, errUserLeft) || r.ExitCode != -1 || r.stdout != "" || called != 0 {
		t.Errorf("got %+v, %d hooks called; want only the error %v", r, called, errUserLeft)
	}
	t.wantFree(c.ID)
}

// onOutput is a writer that does something whenever a program prints.
type onOutput func()

func (f onOutput) Write(b []byte) (int, error) {
	f()
	return len(b), nil
}

// cancelDuring runs c and ends its context once it is ready.
func (t *env) cancelDuring(c *driver.Command, end func(context.Context) (context.Context, context.CancelFunc)) (driver.ExitStatus, error) {
	t.Helper()
	ctx, cancel := end(t.Context())
	defer cancel()
	stopped := 0
	status, err := t.engine.Run(ctx, c, &driver.Pipes{Stdout: onOutput(cancel)}, driver.Hooks{PostStop: []driver.DriverCallback{
		func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			stopped++
			return ctx.Err()
		},
	}})
	if stopped != 1 {
		t.Errorf("the PostStop hook was called %d times, want once", stopped)
	}
	if hookErr := (*driver.HookError)(nil); errors.As(err, &hookErr) {
		t.Errorf("the PostStop hook found its context ended: %v", hookErr)
	}
	t.wantFree(c.ID)
	return status, err
}

func cancelRun(t *env) {
	status, err := t.cancelDuring(t.command(Sleep{}), func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(ctx)
		return ctx, func() { cancel(errUserLeft) }
	})
	if !errors.Is(err, errUserLeft) {
		t.Errorf("got %v, want the cause %v", err, errUserLeft)
	}
	t.wantStatus(status, 7, 0, true)
}

func deadlineOfRun(t *env) {
	status, err := t.cancelDuring(t.command(Sleep{}), func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		go func() {
			<-ctx.Done()
			cancel()
		}()
		return ctx, func() {} // it is the deadline that ends it
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	t.wantCode("run", err, "cancelled")
	t.wantStatus(status, 7, 0, true)
}

func cancelStubborn(t *env) {
	c := t.command(IgnoreTERM{})
	c.StopGrace = grace(aMoment)
	status, err := t.cancelDuring(c, context.WithCancel)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	t.wantStatus(status, 128+sigKILL, sigKILL, true)
}

func cancelInPreStart(t *env) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	next, stopped := false, 0
	c := t.command(Echo{"I ran", ""})
	r := t.run(ctx, c, "", driver.Hooks{
		PreStart: hooks(cancel, func() { next = true }),
		PostStop: hooks(func() { stopped++ }),
	})
	if !errors.Is(r.err, context.Canceled) || r.ExitCode != -1 || r.stdout != "" {
		t.Errorf("got %+v, want the context's error and nothing run", r)
	}
	if next || stopped != 1 {
		t.Errorf("next pre_start called: %v, post_stop called %d times; want false, once", next, stopped)
	}
	t.wantFree(c.ID)
}

func cancelPaused(t *env) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b := t.start(ctx, t.command(Sleep{}), driver.Hooks{})
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	cancel()
	status, err := b.waitErr()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	t.wantStatus(status, 7, 0, true)
}

func cancelStarted(t *env) {
	ctx, cancel := context.WithCancelCause(t.Context())
	b := t.start(ctx, t.command(Sleep{}), driver.Hooks{})
	cancel(errUserLeft)
	status, err := b.waitErr()
	if !errors.Is(err, errUserLeft) {
		t.Errorf("got %v, want the cause %v", err, errUserLeft)
	}
	t.wantStatus(status, 7, 0, true)
	t.wantFree(b.ID())
}
