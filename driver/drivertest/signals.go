package drivertest

import (
	"syscall"
	"time"
)

const (
	sigTERM = int(syscall.SIGTERM)
	sigKILL = int(syscall.SIGKILL)
)

func signalCases() []testCase {
	return []testCase{
		{"0 asks whether it lives", killProbe},
		{"TERM, trapped", killTERM},
		{"TERM, ignored", killIgnored},
		{"KILL", killKILL},
		{"no such signal", killInvalid},
		{"a signal to a paused container arrives when it goes on", killPaused},
	}
}

func killProbe(t *env) {
	b := t.sleeper()
	t.wantCode("kill 0", t.engine.Kill(t.Context(), b.command, 0), "")
	t.wantCode("KILL", t.engine.Kill(t.Context(), b.command, sigKILL), "")
	b.wait()
	t.wantCode("kill 0 afterwards", t.engine.Kill(t.Context(), b.command, 0), "not_found")
}

func killTERM(t *env) {
	b := t.sleeper()
	t.wantCode("TERM", t.engine.Kill(t.Context(), b.command, sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
}

func killIgnored(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	t.wantCode("TERM", t.engine.Kill(t.Context(), b.command, sigTERM), "")
	time.Sleep(aMoment)
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("a signal that is ignored ended the container")
	}
}

func killKILL(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	t.wantCode("KILL", t.engine.Kill(t.Context(), b.command, sigKILL), "")
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, false)
}

func killInvalid(t *env) {
	b := t.sleeper()
	for _, sig := range []int{-1, 65, 1 << 20} {
		t.wantCode("kill", t.engine.Kill(t.Context(), b.command, sig), "invalid")
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container has ended")
	}
}

func killPaused(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	t.wantCode("TERM", t.engine.Kill(t.Context(), b.command, sigTERM), "")
	time.Sleep(aMoment)
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the signal arrived in a frozen process")
	}
	t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	t.wantStatus(b.wait(), 7, 0, false)
}
