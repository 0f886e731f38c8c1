package vm

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
)

// callback is the Lua function that a task calls.
type callback struct {
	outer context.Context // what the task's context is made of; nil in a spawned task
	fn    *lua.LFunction
	args  func(L *lua.LState) []lua.LValue
	res   func(L *lua.LState, results []lua.LValue) error
}

// Call is the way from Go into Lua for hooks and other callbacks. It runs fn as
// a task of its own on the calling goroutine, which must not hold the lock:
// inside a bound function, call it from within Block. args makes the arguments
// and res, if not nil, takes the results, both with the lock held. ctx alone
// decides when the task's blocking calls end, so that a callback which cleans up
// works after an interrupt; pass the context of Block to one that should not. Where
// there are limits, the end of the grace period ends it, too.
func (v *VM) Call(ctx context.Context, fn *lua.LFunction, args func(L *lua.LState) []lua.LValue,
	res func(L *lua.LState, results []lua.LValue) error,
) error {
	t, _ := v.callbacks.Get().(*Task)
	if t == nil {
		t = &Task{vm: v, name: "callback"}
		t.ctx = callbackContext{t}
	}
	if c := v.opts.Clock; c != nil {
		defer v.takePart(ctx)()
		ctx = clock.With(ctx, c)
	}
	if v.opts.Limits.any() { // or it could wait when no Lua may run any more
		limited, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(v.hard, func() { cancel(ErrGrace) })()
		ctx = limited
	}
	t.callback = callback{ctx, fn, args, res}
	t.caller, _ = ctx.Value(taskKey{}).(*Task)
	err := t.run(nil)
	// The task of a hook that never waits is used again: it would be most of the
	// cost. With Preempt a coroutine may keep its context.
	if err == nil && !t.shared && !v.opts.Preempt {
		*t = Task{vm: t.vm, name: t.name, ctx: t.ctx}
		v.callbacks.Put(t)
	}
	return err
}

// pushCallback pushes the function of a callback and its arguments.
func (t *Task) pushCallback(L *lua.LState) (nargs int) {
	var in []lua.LValue
	if t.callback.args != nil {
		in = t.callback.args(L)
	}
	L.Push(t.callback.fn)
	for _, arg := range in {
		L.Push(arg)
	}
	return len(in)
}

// takeResults hands the results of a callback over.
func (t *Task) takeResults(L *lua.LState) (err error) {
	if t.callback.res != nil {
		results := make([]lua.LValue, L.GetTop())
		for i := range results {
			results[i] = L.Get(i + 1)
		}
		err = t.callback.res(L, results)
	}
	L.SetTop(0)
	return err
}

// callbackContext is a context.WithValue(outer, taskKey{}, task) that costs nothing.
type callbackContext struct{ t *Task }

func (c callbackContext) Deadline() (time.Time, bool) { return c.t.callback.outer.Deadline() }
func (c callbackContext) Done() <-chan struct{}       { return c.t.callback.outer.Done() }
func (c callbackContext) Err() error                  { return c.t.callback.outer.Err() }
func (c callbackContext) Value(key any) any {
	if key == (taskKey{}) {
		return c.t
	}
	return c.t.callback.outer.Value(key)
}
