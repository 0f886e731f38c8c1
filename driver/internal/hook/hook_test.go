package hook

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

var errVeto = errors.New("not today")

func web() *driver.Command {
	return &driver.Command{ID: "web", Labels: map[string]string{"app": "shop"}, ProcessConfig: driver.ProcessConfig{Entrypoint: "nginx", Env: []string{"A=1"}}}
}

// answer is a hook that returns err.
func answer(err error) driver.DriverCallback {
	return func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return err }
}

func TestCallOutcomes(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	for _, row := range []struct {
		name string
		cb   driver.DriverCallback
		text string
		is   error
	}{
		{"success", answer(nil), "", nil},
		{"error", answer(errVeto), "pre_start hook 3: not today", errVeto},
		{"panic", func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { panic("boom") }, "pre_start hook 3: panic: boom", nil},
		{"nil hook", nil, "pre_start hook 3: panic: runtime error: invalid memory address or nil pointer dereference", nil},
		{
			"goexit", func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
				runtime.Goexit()
				return nil
			},
			"pre_start hook 3: ended its goroutine instead of returning", nil,
		},
		{"heeds its context", func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			<-ctx.Done()
			return ctx.Err()
		}, "pre_start hook 3: context deadline exceeded", context.DeadlineExceeded},
		{
			"hangs", func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { <-release; return nil },
			"pre_start hook 3: abandoned after 30ms; it may still be running: context deadline exceeded", context.DeadlineExceeded,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := web()
			info := &driver.HookInfo{ID: c.ID, Stage: driver.StagePreStart, Command: c}
			begun := time.Now()
			err := Call(t.Context(), row.cb, 30*time.Millisecond, &c.ProcessConfig, 7, info, 2)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if row.text == "" {
				if err != nil {
					t.Fatalf("got %v, want no error", err)
				}
				return
			}
			var hookErr *driver.HookError
			if !errors.As(err, &hookErr) || hookErr.ID != "web" || hookErr.Stage != driver.StagePreStart || hookErr.Index != 2 {
				t.Fatalf("got %#v, want a HookError of web, pre_start, 2", err)
			}
			if err.Error() != row.text {
				t.Errorf("got  %s\nwant %s", err, row.text)
			}
			if row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("%v is not %v", err, row.is)
			}
		})
	}
}

// A callback that stands for several tells which one failed; what another
// container's hook failed of is merely its own error.
func TestOneOfSeveral(t *testing.T) {
	for _, row := range []struct {
		err  *driver.HookError
		want string
	}{
		{&driver.HookError{ID: "web", Stage: driver.StageStart, Index: 4, Err: errVeto}, "start hook 5: not today"},
		{&driver.HookError{ID: "db", Stage: driver.StageStart, Index: 4, Err: errVeto}, "start hook 1: start hook 5: not today"},
		{&driver.HookError{ID: "web", Stage: driver.StagePreStart, Index: 4, Err: errVeto}, "start hook 1: pre_start hook 5: not today"},
	} {
		c := web()
		if err := Start(t.Context(), driver.Hooks{Start: answer(row.err)}, c, &c.ProcessConfig, 7); err == nil || err.Error() != row.want {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}

// The deadline is kept within 100 ms.
func TestDeadlineIsKept(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	c := web()
	info := &driver.HookInfo{ID: c.ID, Stage: driver.StageStart, Command: c}
	best := time.Hour
	for range 3 { // the best of three: a busy machine delays one, not all
		begun := time.Now()
		err := Call(t.Context(), func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { <-release; return nil },
			50*time.Millisecond, &c.ProcessConfig, 7, info, 0)
		if err == nil {
			t.Fatal("a hook that hangs succeeded")
		}
		best = min(best, time.Since(begun))
	}
	if best < 50*time.Millisecond || best > 150*time.Millisecond {
		t.Errorf("abandoned after %v, want 50 to 150 ms", best)
	}
}

func TestCancelledRunAbandons(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	cause := errors.New("the user left")
	ctx, cancel := context.WithCancelCause(t.Context())
	hooks := driver.Hooks{PreStart: []driver.DriverCallback{
		func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
			cancel(cause)
			<-release
			return nil
		},
		func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
			t.Error("the next hook was called")
			return nil
		},
	}}
	err := PreStart(ctx, hooks, web(), 7)
	want := "pre_start hook 1: abandoned when the run was cancelled; it may still be running: the user left"
	if err == nil || err.Error() != want || !errors.Is(err, cause) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if err := PreStart(ctx, hooks, web(), 7); err != cause {
		t.Errorf("with an ended context: got %v, want %v", err, cause)
	}
}

func TestHooksGetCopies(t *testing.T) {
	c := web()
	hooks := driver.Hooks{PostStop: []driver.DriverCallback{
		func(_ context.Context, p *driver.ProcessConfig, _ int, info *driver.HookInfo) error {
			p.Entrypoint, p.Env[0] = "evil", "A=2"
			info.ID, info.Command.Labels["app"], info.Status.ExitCode = "other", "gone", 9
			return nil
		},
		func(_ context.Context, p *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
			if p.Entrypoint != "nginx" || p.Env[0] != "A=1" || pid != 7 {
				t.Errorf("the second hook got %+v, pid %d", p, pid)
			}
			if info.ID != "web" || info.Stage != driver.StagePostStop || info.Command.Labels["app"] != "shop" || info.Status.ExitCode != 3 {
				t.Errorf("the second hook got %+v", info)
			}
			return nil
		},
	}}
	if err := PostStop(t.Context(), hooks, c, 7, driver.ExitStatus{ExitCode: 3}); err != nil {
		t.Error(err)
	}
}

func TestPostStopCallsAllAndJoins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var calls []string
	note := func(name string, err error) driver.DriverCallback {
		return func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			calls = append(calls, name)
			return errors.Join(err, ctx.Err())
		}
	}
	errDisk := errors.New("disk full")
	hooks := driver.Hooks{PostStop: []driver.DriverCallback{note("a", errVeto), note("b", nil), note("c", errDisk)}}
	err := PostStop(ctx, hooks, web(), 7, driver.ExitStatus{})
	if !slices.Equal(calls, []string{"a", "b", "c"}) {
		t.Errorf("called %v", calls)
	}
	if !errors.Is(err, errVeto) || !errors.Is(err, errDisk) || errors.Is(err, context.Canceled) {
		t.Errorf("got %v; want both errors, and none of the run's end", err)
	}
	if n := strings.Count(err.Error(), "post_stop hook"); n != 2 {
		t.Errorf("%d errors in %q, want 2", n, err)
	}
}

func TestInside(t *testing.T) {
	c := web()
	hooks := driver.Hooks{Start: func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		inner := &driver.Command{ID: "inner"}
		return Start(ctx, driver.Hooks{Start: func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			if !Inside(ctx, "web") || !Inside(ctx, "inner") || Inside(ctx, "other") {
				t.Error("a hook within a hook is inside both containers and no other")
			}
			return nil
		}}, inner, &inner.ProcessConfig, 8)
	}}
	if err := Start(t.Context(), hooks, c, &c.ProcessConfig, 7); err != nil {
		t.Error(err)
	}
	if Inside(t.Context(), "web") {
		t.Error("a test is inside no container")
	}
}
