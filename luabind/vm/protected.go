package vm

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// pcall is that of Lua 5.1, except that it holds no aborted script.
func pcall(L *lua.LState) int {
	L.CheckAny(1)
	if err := protected(L, L.GetTop()-1); err != nil {
		L.Push(lua.LFalse)
		L.Push(errorObject(err))
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// xpcall takes arguments for the function, as in Lua 5.2. The handler runs after
// the stack is unwound; debug.traceback in it still shows where the error was raised.
func xpcall(L *lua.LState) int {
	L.CheckAny(1)
	handler := L.CheckFunction(2)
	L.Remove(2)
	err := protected(L, L.GetTop()-1)
	if err == nil {
		L.Insert(lua.LTrue, 1)
		return L.GetTop()
	}
	task := Of(L).current
	before := task.trace
	task.trace = err.StackTrace
	L.Push(handler)
	L.Push(errorObject(err))
	err = protected(L, 1)
	task.trace = before
	if err != nil { // as in the reference implementation: the handler's error is the result
		L.Push(errorObject(err))
	}
	L.Insert(lua.LFalse, 1)
	return L.GetTop()
}

// PCall calls fn for Go code and returns its results, or a *ScriptError. Like the
// pcall of scripts it does not return when the script is being aborted.
func PCall(L *lua.LState, fn *lua.LFunction, args ...lua.LValue) ([]lua.LValue, error) {
	top := L.GetTop()
	L.Push(fn)
	for _, arg := range args {
		L.Push(arg)
	}
	if err := protected(L, len(args)); err != nil {
		v := Of(L)
		return nil, v.scriptError(v.current.ctx, L, err)
	}
	results := make([]lua.LValue, 0, L.GetTop()-top)
	for i := top + 1; i <= L.GetTop(); i++ {
		results = append(results, L.Get(i))
	}
	L.SetTop(top)
	return results, nil
}

// protected calls the function below nargs arguments and leaves its results in
// their place, or nothing and returns the error. It raises again when the script
// is being aborted.
//
// The function runs on a thread of its own. An error closes the upvalues of the
// whole thread in gopher-lua, not only those of the functions that it ends: on
// the caller's thread, the caller's variables would part from the closures that
// share them. What an overflow of the call stack or of the registry leaves behind
// is dropped with the thread, too.
func protected(L *lua.LState, nargs int) *lua.ApiError {
	v := Of(L)
	task := v.current
	if task.nesting >= maxNesting {
		L.Pop(nargs + 1)
		return &lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString(errNesting.Error())}
	}
	fn, _ := L.Get(-nargs - 1).(*lua.LFunction)
	th := v.thread(L.Context())
	th.Env = L.Env
	L.XMoveTo(th, nargs+1)
	err := v.nested(L, th, func() error { return th.PCall(nargs, lua.MultRet, nil) })
	th.XMoveTo(L, th.GetTop())
	v.recycle(th, err)
	if err == nil {
		return nil
	}
	var api *lua.ApiError
	errors.As(err, &api) // PCall returns no other
	api.StackTrace = bottomFunction(api.StackTrace, fn)
	if task.overLimit() != nil {
		v.noteLimit(api.StackTrace)
	}
	if why := task.unwinding(); why != nil {
		Raise(L, why)
	}
	if text, ok := unplaced(api); ok { // it was the function itself: say who called it
		api.Object = lua.LString(position(L, 1) + text)
	}
	return api
}

// nested runs f, which runs Lua in th on behalf of L.
func (v *VM) nested(L, th *lua.LState, f func() error) error {
	task := v.current
	v.callers[th] = L
	v.main.G.CurrentThread = th
	task.nesting++
	defer func() {
		task.nesting--
		v.main.G.CurrentThread = L
		delete(v.callers, th)
	}()
	return f()
}

// luaError is error of Lua 5.1. gopher-lua's takes level 2 for level 1.
func luaError(L *lua.LState) int {
	value := L.Get(1)
	level := L.OptInt(2, 1)
	if text, ok := value.(lua.LString); ok && level > 0 {
		value = lua.LString(position(L, level)) + text
	}
	L.Error(value, 0)
	return 0
}

// assert raises its second argument as it is; gopher-lua's wants a string.
func assert(L *lua.LState) int {
	L.CheckAny(1)
	switch {
	case L.ToBool(1):
		return L.GetTop()
	case L.GetTop() == 1:
		L.RaiseError("assertion failed!")
	}
	L.Error(L.Get(2), 0)
	return 0
}

// traceback is debug.traceback: a message that is no text is returned as it is.
func traceback(original lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		message := L.Get(1)
		switch message.(type) {
		case lua.LString, lua.LNumber, *lua.LNilType:
		case *lua.LState:
			return original(L)
		default:
			L.SetTop(1)
			return 1
		}
		trace := Of(L).current.trace
		if trace == "" {
			return original(L)
		}
		text := tidyTraceback(trace)
		if message != lua.LNil {
			text = message.String() + "\n" + text
		}
		L.Push(lua.LString(text))
		return 1
	}
}
