package drivertest

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

// misdeed is what a hook does that it should not.
type misdeed struct {
	name string
	do   func(t *env, c *driver.Command) driver.DriverCallback
	// says is what the hook's error tells in pre_start, start and post_stop; where
	// it is "" the hook does not fail.
	says [3]string
	late bool   // it runs into its deadline
	ends string // how it ends a container that has not ended: "", "killed", "terminated" or "oom"
}

// misdeeds is the table of misbehaving hooks. Whatever one does at whichever
// stage, the host lives, the error names the hook, the PostStop hooks after it
// are called, and nothing is left.
var misdeeds = []misdeed{
	{name: "returns an error", do: plain(failing(errVeto)), says: everywhere(errVeto.Error())},
	{name: "panics", do: plain(panicking), says: everywhere("panic: boom")},
	{name: "ends its goroutine", do: plain(hook(runtime.Goexit)), says: everywhere("ended its goroutine")}, // as a test does that fails
	{name: "never returns", do: func(t *env, _ *driver.Command) driver.DriverCallback { return hanging(t) }, says: everywhere("abandoned after 200ms"), late: true},
	{name: "heeds its deadline", do: plain(heeding), says: everywhere("gave up"), late: true},
	{name: "kills the init", do: killing, says: [3]string{"", "", "not running"}, ends: "killed"},
	{name: "terminates its container", do: terminating, says: [3]string{"", "", "not running"}, ends: "terminated"},
	{name: "uses up the memory", do: usingUpMemory, ends: "oom"},
	{name: "leaves a process on the host", do: leavingProcess},
	{name: "leaves a process in the container", do: leavingExec, says: [3]string{"busy", "", "not running"}},
}

func plain(cb driver.DriverCallback) func(*env, *driver.Command) driver.DriverCallback {
	return func(*env, *driver.Command) driver.DriverCallback { return cb }
}

func everywhere(text string) [3]string { return [3]string{text, text, text} }

func misbehavingCases() []testCase {
	var cases []testCase
	for _, m := range misdeeds {
		for column, stage := range []driver.Stage{driver.StagePreStart, driver.StageStart, driver.StagePostStop} {
			cases = append(cases, testCase{string(stage) + " " + m.name, func(t *env) { m.at(t, stage, m.says[column]) }})
		}
	}
	return cases
}

// OOMLimit is the memory limit, in bytes, of the containers whose memory a hook
// uses up.
const OOMLimit = 64 << 20

// at runs a container with the misdeed as the hook of a stage.
func (m misdeed) at(t *env, stage driver.Stage, says string) {
	var program Program = Exit{6}
	if stage == driver.StageStart {
		program = Sleep{}
	}
	c := t.command(program)
	c.Resources = &driver.Resources{Memory: OOMLimit}
	out := &screen{}
	begun := make(chan time.Time, 1) // a channel, since a hook that never returns may be at work still
	var post call
	do := m.do(t, c)
	h := at(stage, func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		if stage == driver.StageStart {
			out.await(t, "ready\n")
		}
		begun <- time.Now()
		return do(ctx, process, pid, info)
	})
	if m.late {
		h.Timeout = aMoment
	}
	if stage == driver.StageStart && says == "" && m.ends == "" { // then the program is ended from here
		h = t.endAfter(h, c)
	}
	h.PostStop = append(h.PostStop, post.keep())
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience) // a faulty engine fails, and does not hang
	defer cancel()
	given := t.hookFailedAt(c.ID, func() {
		status, err := t.engine.Run(ctx, c, &driver.Pipes{Stdout: out}, h)
		m.check(t, stage, says, status, err)
	})
	if post.count != 1 {
		t.Errorf("the post_stop hook after it was called %d times, want once", post.count)
	}
	if m.late && !given.IsZero() {
		t.wantDeadlineKept(given.Sub(<-begun))
	}
	t.wantFree(c.ID)
}

// check compares how a run ended.
func (m misdeed) check(t *env, stage driver.Stage, says string, got driver.ExitStatus, err error) {
	t.Helper()
	hookErr := (*driver.HookError)(nil)
	if says != "" {
		t.wantHookError(err, stage, 0, nil)
		if !strings.Contains(err.Error(), says) {
			t.Errorf("got error %q, want one that says %q", err, says)
		}
	} else if errors.As(err, &hookErr) {
		t.Errorf("the hook failed: %v", err)
	}
	failed := says != "" || m.ends != ""
	switch {
	case stage == driver.StagePreStart && failed:
		if err == nil || got.ExitCode != -1 {
			t.Errorf("got %+v, %v; want an error, and nothing run", got, err)
		}
	case stage == driver.StageStart && failed:
		t.wantStatus(got, 128+sigKILL, sigKILL, m.ends == "terminated")
	case stage == driver.StageStart:
		t.wantStatus(got, 7, 0, false)
	default:
		t.wantStatus(got, 6, 0, false)
	}
	if says == "" && err != nil && !(stage == driver.StagePreStart && failed) {
		t.Errorf("run: %v", err)
	}
	if want := m.ends == "oom" && stage != driver.StagePostStop; got.OOMKilled != want {
		t.Errorf("oom_killed is %v, want %v", got.OOMKilled, want)
	}
}

// endAfter ends the program once its Start hook has done its misdeed.
func (t *env) endAfter(h driver.Hooks, c *driver.Command) driver.Hooks {
	do := h.Start
	h.Start = func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		return errors.Join(do(ctx, process, pid, info), t.engine.Kill(ctx, c, sigTERM))
	}
	return h
}

// hookFailedAt tells when, during f, a hook of a container has failed.
func (t *env) hookFailedAt(id string, f func()) (at time.Time) {
	engine, ok := t.engine.(driver.Eventer)
	if !ok {
		f()
		return at
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	defer cancel()
	events := engine.Events(ctx)
	f()
	for e := range events {
		if e.ID != id || e.Kind == driver.EventRemoved {
			return at
		}
		if e.Kind == driver.EventHookFailed {
			at = e.Time
		}
	}
	return at
}

// wantDeadlineKept: the promise is 100 ms, which the test of package hook holds
// it to; here a machine that is busy with containers gets some more.
func (t *env) wantDeadlineKept(took time.Duration) {
	t.Helper()
	const promise, busy = 100 * time.Millisecond, 900 * time.Millisecond
	if took < aMoment/2 || took > aMoment+promise+busy {
		t.Errorf("given up after %v; its deadline was %v", took, aMoment)
	}
}

func killing(t *env, c *driver.Command) driver.DriverCallback {
	return func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		return t.engine.Kill(ctx, c, sigKILL)
	}
}

func terminating(t *env, c *driver.Command) driver.DriverCallback {
	return func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		return t.engine.Terminate(ctx, c)
	}
}

func usingUpMemory(t *env, c *driver.Command) driver.DriverCallback {
	if t.OOM == nil {
		t.Skip("the harness cannot use up memory")
	}
	return hook(func() { t.OOM(t.T, t.engine, c) })
}

// leavingProcess forks a process that outlives the hook. It is the hook's own: it
// must hold nothing up, neither the run nor the id.
func leavingProcess(t *env, _ *driver.Command) driver.DriverCallback {
	return func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		daemon := exec.Command("sleep", "1000")
		if err := daemon.Start(); err != nil {
			return err
		}
		t.Cleanup(func() {
			_ = daemon.Process.Kill()
			_ = daemon.Wait() // killed, as just asked for
		})
		return nil
	}
}

// leavingExec leaves a process that ignores SIGTERM.
func leavingExec(t *env, c *driver.Command) driver.DriverCallback {
	return func(_ context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		p, err := verb[driver.ExecStarter](t).StartExec(context.Background(), c, t.Process(IgnoreTERM{}), nil, noHooks)
		if err == nil {
			t.Cleanup(func() { _, _ = p.Wait(context.Background()) })
		}
		return err
	}
}
