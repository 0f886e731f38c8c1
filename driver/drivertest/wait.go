package drivertest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

func waitCases() []testCase {
	return []testCase{
		{"by id, for another caller's run", waitByID},
		{"a wait by id that ends early", waitByIDDeadline},
		{"by id in a hook of the container", waitInHook},
	}
}

func waitByID(t *env) {
	waiter := verb[driver.Waiter](t)
	errPost := errors.New("post")
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{PostStop: []driver.DriverCallback{failing(errPost)}})
	var waiters sync.WaitGroup
	for range 5 {
		waiters.Go(func() {
			status, err := waiter.Wait(t.Context(), b.ID())
			t.wantStatus(status, 7, 0, false)
			if !errors.Is(err, errPost) {
				t.Errorf("got %v, want what Process.Wait answers: %v", err, errPost)
			}
		})
	}
	time.Sleep(aMoment) // they wait by then
	t.wantCode("TERM", b.Signal(t.Context(), sigTERM), "")
	waiters.Wait()
	_, err := waiter.Wait(t.Context(), b.ID())
	t.wantCode("wait for what is gone", err, "not_found")
}

func waitByIDDeadline(t *env) {
	b := t.sleeper()
	ctx, cancel := context.WithTimeout(t.Context(), aMoment)
	defer cancel()
	_, err := verb[driver.Waiter](t).Wait(ctx, b.ID())
	if !errors.Is(err, driver.ErrWaitTimeoutReached) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want both %v and %v", err, driver.ErrWaitTimeoutReached, context.DeadlineExceeded)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container does not run on")
	}
}

func waitInHook(t *env) {
	waiter := verb[driver.Waiter](t)
	c := t.command(Exit{})
	cb := func(ctx context.Context, _ *driver.ProcessConfig, _ int, info *driver.HookInfo) error {
		_, err := waiter.Wait(ctx, c.ID)
		t.wantCode(string(info.Stage), err, "busy")
		return nil
	}
	r := t.run(t.Context(), c, "", driver.Hooks{PreStart: []driver.DriverCallback{cb}, Start: cb, PostStop: []driver.DriverCallback{cb}})
	if r.err != nil {
		t.Error(r.err)
	}
}
