package vm

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
)

// Task is one strand of a script: a Lua thread on a goroutine.
type Task struct {
	vm   *VM
	name string
	base context.Context // what the tasks spawned by this one hang on; nil in a callback

	ctx    context.Context         // ends when the task is cancelled, or what it hangs on ends
	cancel context.CancelCauseFunc // nil in a callback
	done   chan struct{}
	stage  int32 // of the limits when what runs now began; guarded by the lock
	caller *Task // who waits for this callback, or for a Run within a task; nil if unknown

	callback callback // what it calls, unless it has a body

	follows bool // it is cancelled with the VM

	// Guarded by the VM's lock.
	body       func(L *lua.LState) error // what protect runs
	outcome    error                     // of body
	sequence   int
	parent     *Task // who has spawned it
	site       *spawnSite
	over       bool
	args       []lua.LValue // of a spawned task that has not begun
	shared     bool         // its context, or the task itself, may be known to others
	results    []lua.LValue
	err        error
	onEnd      []func()
	begun      chan struct{}    // closed when it has the lock for the first time; nil without a clock
	claimed    bool             // somebody waits or has waited: the error is theirs
	waits      *Task            // what the task waits for, to find deadlocks
	deferred   []*lua.LFunction // run at the end, the last one first
	cleaning   bool             // they run now
	abort      error            // unwinds the task through every pcall
	nesting    int              // coroutines that run, one in another
	trace      string           // where the error of an xpcall handler was raised
	carried    *ScriptError     // the last that was raised again, of another task
	cleanup    context.Context  // see cleanupContext
	endCleanup context.CancelCauseFunc
}

// taskKey is the key of the task in the context that its blocking calls get.
type taskKey struct{}

// newTask makes a task that is cancelled with base.
func (v *VM) newTask(base context.Context, name string) *Task {
	t := &Task{vm: v, name: name, base: base}
	base = clock.With(base, v.opts.Clock)
	t.ctx, t.cancel = context.WithCancelCause(context.WithValue(base, taskKey{}, t))
	return t
}

// followVM has the task cancelled with the VM, too, until stop is called.
func (t *Task) followVM() (stop func() bool) {
	t.follows = true
	end := func() { t.cancel(context.Cause(t.vm.ctx)) }
	if t.vm.ctx.Err() != nil {
		end() // AfterFunc would do it a moment later
	}
	return context.AfterFunc(t.vm.ctx, end)
}

// Run runs fn as a task of the script on the calling goroutine, with the lock
// held and L a fresh thread. It returns fn's error as it is, a *ScriptError for
// what was raised in Lua, an *ExitError after os.exit, the cause when the script
// was aborted, and a *PanicError if gopher-lua itself failed. Tasks that fn
// spawned may still run afterwards: see Join.
func (v *VM) Run(ctx context.Context, name string, fn func(L *lua.LState) error) error {
	t := v.newTask(ctx, name)
	t.caller, _ = ctx.Value(taskKey{}).(*Task)
	defer t.cancel(nil)
	defer t.followVM()()
	defer v.takePart(ctx)()
	return t.run(fn)
}

// call calls fn unprotected and returns its results.
func call(L *lua.LState, fn lua.LValue, args []lua.LValue) []lua.LValue {
	top := L.GetTop()
	L.Push(fn)
	for _, arg := range args {
		L.Push(arg)
	}
	L.Call(len(args), lua.MultRet)
	results := make([]lua.LValue, 0, L.GetTop()-top)
	for i := top + 1; i <= L.GetTop(); i++ {
		results = append(results, L.Get(i))
	}
	L.SetTop(top)
	return results
}

// Spawn starts a task that calls fn. It returns at once; the task runs when the
// lock is free. It ends with the context that the current task was run with, and
// goes on when the current task ends.
func Spawn(L *lua.LState, fn *lua.LFunction, args ...lua.LValue) *Task {
	v := Of(L)
	v.current.shared = true
	base := v.current.base
	if base == nil { // a callback's context ends with it
		base = context.WithoutCancel(v.current.ctx)
	}
	t := v.newTask(base, "task")
	t.done = make(chan struct{})
	v.sequence++
	t.sequence = v.sequence
	t.parent, t.site = v.current, siteOf(L, v.current.site)
	t.args = args
	t.callback = callback{
		fn: fn,
		args: func(*lua.LState) []lua.LValue {
			args, t.args = t.args, nil
			return args
		},
		res: func(_ *lua.LState, results []lua.LValue) error {
			t.results = results
			return nil
		},
	}
	v.spawned[t] = true
	stop, unmeter := t.followVM(), v.Meter()
	inTurn := v.takeTurn(t)
	v.opts.Clock.Go(func() {
		inTurn()
		defer unmeter()
		defer stop()
		t.end(t.run(nil))
	})
	return t
}

// end publishes the outcome of a spawned task.
func (t *Task) end(err error) {
	v := t.vm
	v.mu.Lock()
	defer v.mu.Unlock()
	t.err = err
	if t.claimed || !t.Failed() {
		delete(v.spawned, t)
	}
	t.cancel(nil)
	close(t.done)
	for _, f := range t.onEnd {
		f()
	}
	v.taskEnded()
}

// Failed tells whether a task that has ended has an error. One that was cancelled
// has none of its own. The error is the script's unless somebody waits for the task.
func (t *Task) Failed() bool {
	return t.err != nil && !errors.Is(context.Cause(t.ctx), ErrCancelled)
}

// run takes the lock, runs body and then the deferred functions.
func (t *Task) run(body func(L *lua.LState) error) error {
	v := t.vm
	defer v.Meter()()
	v.enter(t, v.main)
	if t.begun != nil {
		close(t.begun)
	}
	defer v.leave()
	if v.closed {
		return ErrClosed
	}
	if t.caller != nil { // a callback may run on the goroutine, and the stack, of its caller
		if t.nesting = t.caller.nesting + 1; t.nesting >= maxNesting {
			return errNesting
		}
	}
	t.stage = v.meter.stage.Load()
	err := t.overLimit()
	if err == nil {
		err = v.protect(t, t.ctx, body)
	}
	if why := t.unwinding(); why != nil {
		err = v.located(why)
	}
	err = t.runDeferred(err)
	t.over = true
	if err == nil {
		t.parent = nil // a chain of tasks that spawn each other would be kept
	}
	v.taskEnded()
	return err
}

// protect runs body on a thread of its own and turns whatever ends it into an
// error. Without a body it calls the function of the callback.
func (v *VM) protect(t *Task, ctx context.Context, body func(L *lua.LState) error) (err error) {
	L := v.thread(ctx)
	L.G.CurrentThread = L
	defer func() {
		if r := recover(); r != nil { // an error while gopher-lua unwinds passes PCall by
			err = &PanicError{Task: t.name, Value: r}
			delete(v.threads, L)
		}
	}()
	nargs := 0
	if t.body = body; body != nil {
		L.Push(v.runBody)
	} else {
		nargs = t.pushCallback(L)
	}
	raised := L.PCall(nargs, lua.MultRet, nil)
	err, t.outcome = t.outcome, nil
	if raised == nil && body == nil {
		err = t.takeResults(L)
	}
	if raised != nil {
		if api, ok := raised.(*lua.ApiError); ok && body == nil {
			api.StackTrace = bottomFunction(api.StackTrace, t.callback.fn)
		}
		err = v.scriptError(ctx, L, raised)
		if script, ok := err.(*ScriptError); ok {
			script.spawned(t.site)
			if t.overLimit() != nil {
				v.noteLimit(script.Traceback)
			}
		}
	}
	v.recycle(L, raised)
	return err
}

// OnEnd has f called with the lock held when a spawned task has ended. Call it
// with the lock held, right after Spawn.
func (t *Task) OnEnd(f func()) { t.onEnd = append(t.onEnd, f) }

// Current is the task that runs.
func Current(L *lua.LState) *Task { return Of(L).current }

// Done is closed when a spawned task and its deferred functions have ended.
func (t *Task) Done() <-chan struct{} { return t.done }

// Cancel makes the task's blocking calls fail with ErrCancelled, the present one
// and every one after it. It does not wait, and may be called without the lock.
func (t *Task) Cancel() { t.cancel(ErrCancelled) }

// Ended tells whether the task is over.
func (t *Task) Ended() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

// Wait waits for a spawned task and returns what its function returned. When the
// task failed, Raise with the error raises the value that the task raised. Who
// waits takes the error over: Join does not report it any more. If the waiting
// task is cancelled meanwhile, Wait returns the reason, and the task runs on.
func (t *Task) Wait(L *lua.LState) ([]lua.LValue, error) {
	t.claimed = true
	if err := t.vm.await(L, t, t.done); err != nil {
		return nil, err
	}
	delete(t.vm.spawned, t)
	return t.results, t.err
}

// await blocks until done is closed, which t is going to do.
func (v *VM) await(L *lua.LState, t *Task, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	self := v.current
	for other := t; other != nil; other = other.waits {
		if other == self {
			return errors.New("deadlock: the task would wait for itself")
		}
	}
	self.waits = t
	defer func() { self.waits = nil }()
	return Block(L, func(ctx context.Context) error {
		defer v.opts.Clock.Idle(clock.Closed(done, ctx.Done()))()
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}
