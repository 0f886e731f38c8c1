package drivertest

import (
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
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
		{"KILL ends a paused container", killPausedKILL},
		{"all: 0 asks", signalAllProbe},
		{"all: TERM, trapped by each", signalAllTERM},
		{"all: KILL", signalAllKILL},
		{"all: no such signal", signalAllInvalid},
		{"all: a paused container", signalAllPaused},
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

func killPausedKILL(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	t.wantCode("KILL", t.engine.Kill(t.Context(), b.command, sigKILL), "")
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, false)
}

func signalAllProbe(t *env) {
	b := t.sleeper()
	all := verb[driver.AllSignaller](t)
	t.wantCode("0", all.SignalAll(t.Context(), b.command, 0), "")
	t.wantCode("exec", t.exec(b.command, t.Process(Exit{}), "").err, "") // it is not left frozen
}

func signalAllTERM(t *env) {
	ignores := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	first, second := t.startExec(t.Context(), ignores.command, Sleep{}), t.startExec(t.Context(), ignores.command, Sleep{})
	all := verb[driver.AllSignaller](t)
	t.wantCode("TERM", all.SignalAll(t.Context(), ignores.command, sigTERM), "")
	t.wantStatus(first.wait(), 7, 0, false)
	t.wantStatus(second.wait(), 7, 0, false)
	if !t.engine.Info(ignores.ID()).IsRunning() {
		t.Error("an init that ignores the signal has ended")
	}
	b := t.sleeper()
	t.wantCode("TERM", all.SignalAll(t.Context(), b.command, sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
}

func signalAllKILL(t *env) {
	b := t.start(t.Context(), t.command(IgnoreTERM{}), noHooks)
	other := t.startExec(t.Context(), b.command, IgnoreTERM{})
	t.wantCode("KILL", verb[driver.AllSignaller](t).SignalAll(t.Context(), b.command, sigKILL), "")
	t.wantStatus(other.wait(), 128+sigKILL, sigKILL, false)
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, false)
}

func signalAllInvalid(t *env) {
	b := t.sleeper()
	for _, sig := range []int{-1, 65} {
		t.wantCode("signal", verb[driver.AllSignaller](t).SignalAll(t.Context(), b.command, sig), "invalid")
	}
}

func signalAllPaused(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	t.wantCode("TERM", verb[driver.AllSignaller](t).SignalAll(t.Context(), b.command, sigTERM), "")
	time.Sleep(aMoment)
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the signal arrived in a frozen process")
	}
	t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	t.wantStatus(b.wait(), 7, 0, false)
}
