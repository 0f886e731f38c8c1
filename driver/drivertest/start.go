package drivertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

func startCases() []testCase {
	return []testCase{
		{"a handle tells id and pid", handle},
		{"waiting ends with the container", waitUntilGone},
		{"many wait and get the same", manyWaiters},
		{"waiting again gives the same", waitAgain},
		{"a wait that ends early", waitDeadline},
		{"a signal to the process", signalHandle},
		{"a signal after the end", signalAfterEnd},
	}
}

func handle(t *env) {
	b := t.sleeper()
	if b.ID() != b.command.ID || b.Pid() <= 0 {
		t.Errorf("got id %q and pid %d, want %q and a pid", b.ID(), b.Pid(), b.command.ID)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container does not run")
	}
}

func waitUntilGone(t *env) {
	stopped := false
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{PostStop: hooks(func() {
		time.Sleep(aMoment)
		stopped = true
	})})
	t.wantCode("signal", b.Signal(t.Context(), sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
	if !stopped {
		t.Error("the wait ended before the PostStop hook")
	}
	t.wantFree(b.ID())
}

func manyWaiters(t *env) {
	errPost := errors.New("post")
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{PostStop: []driver.DriverCallback{failing(errPost)}})
	answers := make([]string, 10)
	var waiters sync.WaitGroup
	for i := range answers {
		waiters.Go(func() {
			status, err := b.waitErr()
			answers[i] = fmt.Sprintf("%+v, %v", status, err)
			if !errors.Is(err, errPost) {
				t.Errorf("waiter %d: got error %v, want %v", i, err, errPost)
			}
		})
	}
	t.wantCode("signal", b.Signal(t.Context(), sigTERM), "")
	waiters.Wait()
	for i, a := range answers {
		if a != answers[0] {
			t.Errorf("waiter %d got %s, waiter 0 got %s", i, a, answers[0])
		}
	}
}

func waitAgain(t *env) {
	b := t.sleeper()
	t.wantCode("signal", b.Signal(t.Context(), sigTERM), "")
	first, second := b.wait(), b.wait()
	if first != second {
		t.Errorf("got %+v, then %+v", first, second)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if status, err := b.Wait(ended); err != nil || status != first {
		t.Errorf("with an ended context: got %+v, %v; what has happened is told all the same", status, err)
	}
}

func waitDeadline(t *env) {
	b := t.sleeper()
	ctx, cancel := context.WithTimeout(t.Context(), aMoment)
	defer cancel()
	_, err := b.Wait(ctx)
	if !errors.Is(err, driver.ErrWaitTimeoutReached) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want both %v and %v", err, driver.ErrWaitTimeoutReached, context.DeadlineExceeded)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container does not run on")
	}
	t.wantCode("signal", b.Signal(t.Context(), sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
}

func signalHandle(t *env) {
	b := t.sleeper()
	t.wantCode("signal 0", b.Signal(t.Context(), 0), "")
	t.wantCode("signal 65", b.Signal(t.Context(), 65), "invalid")
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	t.wantStatus(b.wait(), 128+sigKILL, sigKILL, false)
}

func signalAfterEnd(t *env) {
	b := t.sleeper()
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	b.wait()
	t.wantCode("KILL after the end", b.Signal(t.Context(), sigKILL), "not_running")
	t.wantCode("signal 0 after the end", b.Signal(t.Context(), 0), "not_running")
}
