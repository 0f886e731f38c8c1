package vm

import (
	"context"
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// enter takes the lock for a task whose Lua code goes on in thread.
func (v *VM) enter(t *Task, thread *lua.LState) {
	v.mu.Lock()
	v.current = t
	v.main.G.CurrentThread = thread
}

func (v *VM) leave() {
	v.current = nil
	v.mu.Unlock()
}

// release runs f with the lock free. gopher-lua keeps the running coroutine in
// one variable of the state, which others set meanwhile: it is put back. That
// holds when f panics, too.
func (v *VM) release(L *lua.LState, f func() error) error {
	task, thread := v.current, L.G.CurrentThread
	task.shared = true
	v.leave()
	defer v.enter(task, thread)
	return f()
}

// Block runs f, which may wait, with the lock released, and returns its error.
// f must not touch the Lua state; it may call [VM.Call]. Its context ends when
// the task is cancelled or the VM interrupted: f should return soon then. From
// that moment on Block returns the reason without running f.
func Block(L *lua.LState, f func(ctx context.Context) error) error {
	v := Of(L)
	ctx := v.current.ctx
	switch {
	case v.current.cleaning:
		ctx = v.current.cleanupContext()
	case v.current.follows && v.ctx.Err() != nil:
		return context.Cause(v.ctx) // the task's own context learns it a moment later
	}
	return v.block(L, ctx, f)
}

// BlockCleanup is Block for what puts things back (stop, kill, remove): it works
// in a cancelled task, too, until the grace period is over, which begins with the
// cancellation.
func BlockCleanup(L *lua.LState, f func(ctx context.Context) error) error {
	v := Of(L)
	return v.block(L, v.current.cleanupContext(), f)
}

// Unlocked runs f with the lock released whether or not the task is cancelled:
// for a wait that is sure to end soon.
func Unlocked(L *lua.LState, f func()) {
	_ = Of(L).release(L, func() error { f(); return nil })
}

func (v *VM) block(L *lua.LState, ctx context.Context, f func(ctx context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := v.release(L, func() error { return f(ctx) })
	if v.closed {
		v.current.abort = ErrClosed
		return ErrClosed
	}
	return because(ctx, err)
}

// because adds to an error that is merely the end of ctx why ctx has ended.
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	cause := context.Cause(ctx)
	switch {
	case err == ctx.Err():
		return cause
	case errors.Is(err, cause):
		return err
	}
	return fmt.Errorf("%w: %w", cause, err)
}
