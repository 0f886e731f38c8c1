package drivertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/driver"
)

// hook is a callback that does f and succeeds.
func hook(f func()) driver.DriverCallback {
	return func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		f()
		return nil
	}
}

// hooks is a list of such callbacks.
func hooks(fs ...func()) []driver.DriverCallback {
	var list []driver.DriverCallback
	for _, f := range fs {
		list = append(list, hook(f))
	}
	return list
}

// succeeding is a callback that does nothing.
func succeeding(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return nil }

// failing is a callback that returns err.
func failing(err error) driver.DriverCallback {
	return func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return err }
}

// panicking is a callback that panics.
func panicking(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { panic("boom") }

// hanging is a callback that ignores its context and returns when the case ends.
func hanging(t *env) driver.DriverCallback {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	return hook(func() { <-release })
}

// heeding is a callback that returns when its context ends.
func heeding(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
	<-ctx.Done()
	return fmt.Errorf("gave up: %w", ctx.Err())
}

// call is what a callback was called with last, and how often.
type call struct {
	count   int
	process *driver.ProcessConfig
	pid     int
	info    *driver.HookInfo
}

// keep is a callback that keeps its arguments.
func (c *call) keep() driver.DriverCallback { return c.then(nil) }

// then is a callback that keeps its arguments and returns err.
func (c *call) then(err error) driver.DriverCallback {
	return func(_ context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		*c = call{c.count + 1, process, pid, info}
		return err
	}
}

// wantHookError wants the first HookError in err to be that of the hook, and err
// to be cause too unless that is nil.
func (t *env) wantHookError(err error, stage driver.Stage, index int, cause error) *driver.HookError {
	t.Helper()
	var hookErr *driver.HookError
	if !errors.As(err, &hookErr) {
		t.Fatalf("got error %v, want a HookError", err)
	}
	if hookErr.Stage != stage || hookErr.Index != index || hookErr.ID == "" {
		t.Errorf("got %s hook %d of %q, want %s hook %d", hookErr.Stage, hookErr.Index, hookErr.ID, stage, index)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("got error %v, want %v in it", err, cause)
	}
	t.wantCode("a failed hook", err, "hook_failed")
	return hookErr
}

// wantSame compares deeply.
func (t *env) wantSame(what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}
