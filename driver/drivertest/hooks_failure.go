package drivertest

import (
	"context"
	"errors"
	"time"

	"github.com/execlua/execlua/driver"
)

func hookFailureCases() []testCase {
	return []testCase{
		{"pre_start vetoes", preStartVeto},
		{"pre_start vetoes a Start", preStartVetoOfStart},
		{"an error of start kills", startError},
		{"an error of start after the end of the program", startErrorAfterEnd},
		{"an error of start kills a paused container", startErrorPaused},
		{"post_stop: all run and their errors are joined", postStopErrors},
		{"post_stop after a veto: all errors are told", vetoAndPostStop},
	}
}

var errVeto = errors.New("not on my machine")

func preStartVeto(t *env) {
	var skipped, post call
	c := t.command(Echo{"I ran", ""})
	r := t.run(t.Context(), c, "", driver.Hooks{
		PreStart: []driver.DriverCallback{succeeding, failing(errVeto), skipped.keep()},
		Start:    skipped.keep(),
		PostStop: []driver.DriverCallback{post.keep()},
	})
	t.wantHookError(r.err, driver.StagePreStart, 1, errVeto)
	if r.ExitCode != -1 || r.stdout != "" || skipped.count > 0 {
		t.Errorf("got %+v, %d hooks called after the veto; want nothing run", r, skipped.count)
	}
	if post.count != 1 || post.info.Status == nil || post.info.Status.ExitCode != -1 {
		t.Errorf("post_stop got %+v; want one call with exit code -1", post)
	}
	t.wantFree(c.ID)
}

func preStartVetoOfStart(t *env) {
	c := t.command(Sleep{})
	p, err := t.starter().Start(t.Context(), c, nil, driver.Hooks{PreStart: []driver.DriverCallback{failing(errVeto)}})
	t.wantHookError(err, driver.StagePreStart, 0, errVeto)
	if p != nil {
		t.Errorf("got a process beside the error: %v", p)
	}
	if t.engine.Info(c.ID).IsRunning() {
		t.Error("the container runs")
	}
	t.wantFree(c.ID)
}

func startError(t *env) {
	var post call
	c := t.command(IgnoreTERM{})
	r := t.run(t.Context(), c, "", driver.Hooks{Start: failing(errVeto), PostStop: []driver.DriverCallback{post.keep()}})
	hookErr := t.wantHookError(r.err, driver.StageStart, 0, errVeto)
	t.wantStatus(r.ExitStatus, 128+sigKILL, sigKILL, false)
	if hookErr.Status == nil || hookErr.Status.ExitCode != 128+sigKILL {
		t.Errorf("the error has status %v, want that of the killed process", hookErr.Status)
	}
	if post.count != 1 {
		t.Errorf("post_stop was called %d times, want once", post.count)
	}
	t.wantFree(c.ID)
}

func startErrorAfterEnd(t *env) {
	c := t.command(Exit{6})
	r := t.run(t.Context(), c, "", driver.Hooks{Start: func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		for end := time.Now().Add(patience); t.engine.Info(c.ID).IsRunning() && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		return errVeto
	}})
	t.wantHookError(r.err, driver.StageStart, 0, errVeto)
	t.wantStatus(r.ExitStatus, 6, 0, false)
}

func startErrorPaused(t *env) {
	c := t.command(Sleep{})
	r := t.run(t.Context(), c, "", driver.Hooks{Start: func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		return errors.Join(errVeto, t.engine.Pause(ctx, c))
	}})
	t.wantHookError(r.err, driver.StageStart, 0, errVeto)
	t.wantStatus(r.ExitStatus, 128+sigKILL, sigKILL, false)
	t.wantFree(c.ID)
}

func postStopErrors(t *env) {
	errDisk := errors.New("disk full")
	var counts [3]call
	r := t.run(t.Context(), t.command(Exit{6}), "", driver.Hooks{PostStop: []driver.DriverCallback{
		counts[0].then(errVeto), counts[1].keep(), counts[2].then(errDisk),
	}})
	t.wantHookError(r.err, driver.StagePostStop, 0, errVeto)
	if !errors.Is(r.err, errDisk) {
		t.Errorf("%v does not tell %v", r.err, errDisk)
	}
	t.wantStatus(r.ExitStatus, 6, 0, false)
	for i := range counts {
		if counts[i].count != 1 {
			t.Errorf("post_stop hook %d was called %d times, want once", i, counts[i].count)
		}
	}
}

func vetoAndPostStop(t *env) {
	errDisk := errors.New("disk full")
	r := t.run(t.Context(), t.command(Exit{}), "", driver.Hooks{
		PreStart: []driver.DriverCallback{failing(errVeto)},
		PostStop: []driver.DriverCallback{failing(errDisk)},
	})
	t.wantHookError(r.err, driver.StagePreStart, 0, errVeto)
	if !errors.Is(r.err, errDisk) {
		t.Errorf("%v does not tell %v", r.err, errDisk)
	}
}
