package vm

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// maxNesting bounds coroutines and protected calls, one in another. Each has a
// call stack of its own, and all run on the Go stack of the task, whose overflow
// would end the process: at 512 MiB it is too late. A metamethod takes up to 1 kB
// of it, a Go function with a callback 3 kB, and there may be maxFrames of the one
// or half as many of the other on each level.
const maxNesting = 64

var errNesting = fmt.Errorf("stack overflow (%d nested coroutines and protected calls)", maxNesting)

// openCoroutine replaces what gopher-lua has in this library where several tasks
// share a state or an error unwinds: an error in a wrapped coroutine leaves it
// "running" for ever, and a coroutine whose task waits in Go looks suspended.
func (v *VM) openCoroutine(L *lua.LState) {
	original := library(L, lua.OpenCoroutine, lua.CoroutineLibName)
	create := original.RawGetString("create").(*lua.LFunction).GFunction
	resume := original.RawGetString("resume").(*lua.LFunction).GFunction
	v.trampoline = compileTrampoline(L)

	createThread := func(L *lua.LState) *lua.LState {
		fn := v.trampolineTo(L, L.CheckFunction(1))
		if v.observes() { // a child of the context would be kept as long as the task runs
			ctx := L.RemoveContext()
			defer L.SetContext(ctx)
		}
		L.SetTop(0)
		L.Push(fn)
		create(L)
		return L.CheckThread(-1)
	}
	// resumeThread resumes the coroutine below the arguments on the stack, or
	// says why it cannot be. Its results are those of coroutine.resume.
	resumeThread := func(L *lua.LState) (int, error) {
		th := L.CheckThread(1)
		task := v.current
		if err := task.resumable(L, th); err != nil {
			return 0, err
		}
		if v.observes() {
			v.govern(th, L.Context())
		}
		task.nesting++
		defer func() { task.nesting-- }()
		return resume(L), nil
	}
	v.replace(L, lua.CoroutineLibName, map[string]lua.LGFunction{
		"create": func(L *lua.LState) int {
			createThread(L)
			return 1
		},
		"wrap": func(L *lua.LState) int {
			L.Push(L.NewClosure(wrapped(resumeThread), createThread(L)))
			return 1
		},
		"resume": func(L *lua.LState) int {
			n, err := resumeThread(L)
			if err != nil {
				L.Push(lua.LFalse)
				L.Push(lua.LString(err.Error()))
				return 2
			}
			if why := v.current.unwinding(); why != nil {
				Raise(L, why)
			}
			return n
		},
		"yield":   v.yield,
		"status":  v.status,
		"running": v.runningCoroutine,
	})
}

// wrapped is the function that coroutine.wrap returns; its upvalue is the coroutine.
func wrapped(resume func(*lua.LState) (int, error)) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Insert(L.Get(lua.UpvalueIndex(1)), 1)
		n, err := resume(L)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		first := L.GetTop() - n + 1
		if L.Get(first) == lua.LFalse {
			L.Error(L.Get(first+1), 0)
		}
		return n - 1
	}
}

// resumable tells why th cannot be resumed by the task's code in L, or nil.
func (t *Task) resumable(L, th *lua.LState) error {
	v := t.vm
	switch {
	case th == v.running(L):
		return errors.New("cannot resume running coroutine")
	case th.Dead:
		return errors.New("cannot resume dead coroutine")
	case th.Parent != nil && v.root(th) != v.root(L):
		return errors.New("cannot resume a coroutine that is running in another task")
	case th.Parent != nil:
		return errors.New("cannot resume normal coroutine")
	case t.nesting >= maxNesting:
		return errNesting
	}
	return nil
}

// running is the thread that a script sees: the one of a protected call stands
// for its caller's. It is a coroutine, or a task's.
func (v *VM) running(L *lua.LState) *lua.LState {
	for v.callers[L] != nil {
		L = v.callers[L]
	}
	return L
}

// root is the thread of the task that th runs in. A coroutine has a parent from
// its resume until it yields or ends, so th must not be suspended.
func (v *VM) root(th *lua.LState) *lua.LState {
	for {
		th = v.running(th)
		if th.Parent == nil {
			return th
		}
		th = th.Parent
	}
}

// status: a coroutine that another task runs is "normal": it is not suspended.
func (v *VM) status(L *lua.LState) int {
	th := L.CheckThread(1)
	text := "suspended"
	switch {
	case th == v.running(L):
		text = "running"
	case th.Dead:
		text = "dead"
	case th.Parent != nil:
		text = "normal"
	}
	L.Push(lua.LString(text))
	return 1
}

// runningCoroutine returns nil outside of coroutines: a task's own thread is none.
func (v *VM) runningCoroutine(L *lua.LState) int {
	if th := v.running(L); th.Parent != nil {
		L.Push(th)
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// compileTrampoline compiles the function at the bottom of every coroutine. It
// calls the coroutine's own, so that this one may end in "return
// coroutine.yield()": gopher-lua replaces a frame that ends in a call, and
// without any frame below it loses the coroutine.
func compileTrampoline(L *lua.LState) *lua.FunctionProto {
	fn, err := L.LoadString("local f\nreturn function(...) return f(...) end")
	if err != nil {
		panic(err) // the source is a constant
	}
	inner := fn.Proto.FunctionPrototypes[0]
	inner.SourceName = "[coroutine]"
	plainCalls(inner)
	return inner
}

func (v *VM) trampolineTo(L *lua.LState, fn *lua.LFunction) *lua.LFunction {
	target := &lua.Upvalue{}
	target.SetValue(fn)
	closure := L.NewFunctionFromProto(v.trampoline)
	closure.Upvalues[0] = target
	return closure
}
