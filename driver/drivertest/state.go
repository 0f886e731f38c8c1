package drivertest

import (
	"slices"
	"strings"
	"time"
)

func stateCases() []testCase {
	return []testCase{
		{"the engine has a name", name},
		{"info before, during and after", info},
		{"pids", pids},
		{"pause and unpause twice", pauseTwice},
		{"a paused program makes no progress", pauseStops},
		{"paused is running", pausedInfo},
	}
}

func name(t *env) {
	if n := t.engine.Name(); n == "" || n != t.engine.Name() {
		t.Errorf("got %q", n)
	}
}

func info(t *env) {
	c := t.command(Sleep{})
	running := func(want bool) {
		t.Helper()
		i := t.engine.Info(c.ID)
		if i == nil {
			t.Fatal("info is nil")
		}
		if i.IsRunning() != want {
			t.Errorf("running: got %v, want %v", !want, want)
		}
	}
	running(false)
	b := t.start(t.Context(), c, noHooks)
	running(true)
	t.wantCode("TERM", b.Signal(t.Context(), sigTERM), "")
	b.wait()
	running(false)
}

func pids(t *env) {
	b := t.sleeper()
	got, err := t.engine.GetPidsForContainer(t.Context(), b.ID())
	if err != nil || !slices.Contains(got, b.Pid()) {
		t.Errorf("got %v, %v; want %d in it", got, err, b.Pid())
	}
	slices.Sort(got)
	if unique := slices.Compact(slices.Clone(got)); len(unique) != len(got) {
		t.Errorf("a pid twice in %v", got)
	}
}

func pauseTwice(t *env) {
	b := t.sleeper()
	t.wantCode("unpause of a running one", t.engine.Unpause(t.Context(), b.command), "")
	for range 2 {
		t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	}
	for range 2 {
		t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	}
	t.wantCode("exec", t.exec(b.command, t.Process(Exit{}), "").err, "")
}

func pauseStops(t *env) {
	b := t.start(t.Context(), t.command(Tick{}), noHooks)
	b.out.await(t, "tick\n")
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	time.Sleep(aMoment) // what was under way arrives
	before := b.out.String()
	time.Sleep(2 * aMoment)
	if after := b.out.String(); after != before {
		t.Errorf("a paused program printed %q", strings.TrimPrefix(after, before))
	}
	t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	b.out.await(t, before+"tick\n")
}

func pausedInfo(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("a paused container does not run")
	}
	if got, err := t.engine.GetPidsForContainer(t.Context(), b.ID()); err != nil || !slices.Contains(got, b.Pid()) {
		t.Errorf("pids: got %v, %v; want %d in it", got, err, b.Pid())
	}
}
