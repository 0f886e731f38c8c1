package vm

import (
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
)

// Defer has fn called when the current task ends in any way, the last registered
// first. Blocking calls work in it until the grace period is over.
func Defer(L *lua.LState, fn *lua.LFunction) {
	t := Of(L).current
	t.deferred = append(t.deferred, fn)
}

// runDeferred runs what was deferred, also by deferred functions, and joins
// their errors to the task's.
func (t *Task) runDeferred(err error) error {
	t.cleaning = true
	for n := len(t.deferred); n > 0; n = len(t.deferred) {
		fn := t.deferred[n-1]
		t.deferred = t.deferred[:n-1]
		if t.stage = t.vm.meter.stage.Load(); t.stage == stageOver {
			break
		}
		failure := t.vm.protect(t, t.cleanupContext(), func(L *lua.LState) error {
			call(L, fn, nil)
			return nil
		})
		if limit := t.overLimit(); limit != nil {
			failure = t.vm.located(limit)
		}
		switch {
		case err == nil:
			err = failure
		case failure != nil && !errors.Is(err, ErrLimit): // one limit is said once
			err = errors.Join(err, failure)
		}
	}
	if t.endCleanup != nil {
		t.endCleanup(nil)
	}
	return err
}

// cleanupContext is the context of what puts things back. It does not end with
// the task's but a grace period later.
func (t *Task) cleanupContext() context.Context {
	if t.cleanup != nil {
		return t.cleanup
	}
	t.shared = true
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(t.ctx))
	t.cleanup, t.endCleanup = ctx, cancel
	context.AfterFunc(t.ctx, func() {
		timer := time.NewTimer(t.vm.opts.Grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(ErrGrace)
		case <-t.vm.hard.Done():
			cancel(ErrGrace)
		case <-ctx.Done():
		}
	})
	return ctx
}

// Interrupt makes the blocking calls of the script's tasks fail with cause, now
// and later: the first Ctrl-C. Called again it ends the grace period as well.
// It never waits for the lock. Callbacks follow their own context instead.
func (v *VM) Interrupt(cause error) {
	if v.ctx.Err() != nil {
		v.kill()
	}
	v.cancel(cause)
}

// Abort ends the whole script with err. The caller must raise an error next
// (Raise(L, err)); no pcall of the script holds it, while deferred functions run
// as ever. Run and Join return err.
func Abort(L *lua.LState, err error) {
	v := Of(L)
	if v.current.unwinding() == nil {
		v.current.abort = err
	}
	v.cancel(&abortError{err})
}

// unwinding returns why the task must end, whatever its pcalls say, or nil.
func (t *Task) unwinding() error {
	if err := t.overLimit(); err != nil {
		return err
	}
	if t.cleaning {
		return nil
	}
	if t.abort != nil {
		return t.abort
	}
	ctx := t.ctx
	if t.base != nil { // t.ctx may have ended for another reason before
		ctx = t.vm.ctx
	}
	if ctx.Err() == nil {
		return nil
	}
	var abort *abortError
	if errors.As(context.Cause(ctx), &abort) {
		return abort.err
	}
	return nil
}

// Join waits until every spawned task has ended. err is how the main task ended.
// When it failed, or when a task fails that nobody waits for, the others are
// cancelled first, and their pcalls do not keep them. Join returns the first of
// these errors: a failed task fails the script. Call it without the lock, when
// nobody spawns tasks any more but the tasks themselves.
func (v *VM) Join(err error) error {
	defer v.Meter()()
	v.mu.Lock()
	defer v.mu.Unlock()
	for {
		if failed := v.takeFailed(); err == nil && failed != nil {
			err = failed.err
		}
		if len(v.spawned) == 0 {
			return err
		}
		if err != nil {
			for t := range v.spawned {
				t.abort = ErrCancelled
				t.Cancel()
			}
		}
		v.awaitEnd()
	}
}

// awaitEnd waits for taskEnded, with the lock released.
func (v *VM) awaitEnd() {
	if v.changed == nil {
		v.changed = make(chan struct{})
	}
	changed := v.changed
	v.mu.Unlock()
	busy := v.opts.Clock.Idle(clock.Closed(changed))
	<-changed
	busy()
	v.mu.Lock()
}

// taskEnded wakes Join. It needs the lock.
func (v *VM) taskEnded() {
	if v.changed != nil {
		close(v.changed)
		v.changed = nil
	}
}

// Failed returns the error of a task that has failed and that nobody waits for,
// once, or nil.
func (v *VM) Failed() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if failed := v.takeFailed(); failed != nil {
		return failed.err
	}
	return nil
}

// takeFailed takes the failed tasks that nobody can be expected to wait for any
// more, since the task that spawned them is over, and returns the oldest or nil.
func (v *VM) takeFailed() *Task {
	var first *Task
	for t := range v.spawned {
		if !t.Ended() || t.parent != nil && !t.parent.over {
			continue
		}
		delete(v.spawned, t)
		if first == nil || t.sequence < first.sequence {
			first = t
		}
	}
	return first
}
