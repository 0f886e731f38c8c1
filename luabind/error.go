package luabind

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// ErrInterrupted is in every error that Interrupt causes.
var ErrInterrupted = errors.New("interrupted")

// interruptError is the cause that Interrupt gives to contexts.
type interruptError struct{ cause error }

func (e *interruptError) Error() string {
	if e.cause == nil {
		return ErrInterrupted.Error()
	}
	return "interrupted: " + e.cause.Error()
}

func (e *interruptError) Unwrap() []error { return []error{ErrInterrupted, e.cause} }

// Error is why a script failed. errors.Is and As reach through it to the Go
// error that a function returned: driver.ErrNotRunning, *driver.HookError, ….
type Error struct {
	File      string // where it was raised; empty when no Lua code was running
	Line      int
	Code      string // "invalid", "not_found", …; "error" for a plain error()
	Op, ID    string // the verb and the container, when there are
	Stage     string // of a hook
	Message   string // without position
	Hint      string
	Traceback string // Lua calls, innermost first, one a line
	cause     error
}

func (e *Error) Error() string {
	if e.File == "" {
		return e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

func (e *Error) Unwrap() error { return e.cause }

// scriptError describes to Go how a script failed. What was raised comes first
// when the errors of deferred functions are joined to it; one that a hook raised
// is merely the cause of a Go error.
func (v *VM) scriptError(err error) error {
	first := err
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		first = joined.Unwrap()[0]
	}
	if _, already := first.(*Error); already {
		return err
	}
	script, ok := first.(*vm.ScriptError)
	if !ok {
		out := fromGo(err)
		return &out
	}
	out := Error{Code: "error", Message: script.Error()}
	if errors.Is(script, ErrLimit) {
		out.Code = "limit"
	}
	where := script.Where
	var raised *raisedError
	if errors.As(script.Unwrap(), &raised) {
		out = raised.info
		if raised.where != "" {
			where = raised.where
		}
	}
	out.File, out.Line = splitPosition(where)
	if out.File != "" {
		out.Message = strings.TrimPrefix(out.Message, where+": ")
	}
	out.Traceback, out.cause = script.Traceback, err
	var hook *vm.ScriptError
	if errors.As(script.Unwrap(), &hook) {
		out.Traceback = vm.JoinTracebacks(hook.Traceback, "called by", out.Traceback)
	}
	return &out
}

func splitPosition(where string) (file string, line int) {
	i := strings.LastIndexByte(where, ':')
	if i < 0 {
		return "", 0
	}
	n, err := strconv.Atoi(where[i+1:])
	if err != nil {
		return "", 0
	}
	return where[:i], n
}

// fromGo sorts a Go error.
func fromGo(err error) Error {
	out := Error{Code: code(err), Message: err.Error(), cause: err}
	var op *driver.Error
	if errors.As(err, &op) {
		out.Op, out.ID, out.Hint = op.Op, op.ID, op.Hint
	}
	var hook *driver.HookError
	if errors.As(err, &hook) {
		out.Stage, out.ID = string(hook.Stage), hook.ID
	}
	var with *resultError
	if errors.As(err, &with) {
		out.ID = with.result.ID
	}
	var outside *stdlib.Error
	if errors.As(err, &outside) {
		out.Op = outside.Op
	}
	var unknown *unknownNameError
	if errors.As(err, &unknown) {
		out.Hint = unknown.hint
	}
	if out.Hint == "" {
		out.Hint = hint(err)
	}
	return out
}

// code names the class of an error, in the words of script-facing docs.
func code(err error) string {
	var hook *driver.HookError
	var exit *exitStatusError
	var late *stdlib.TimeoutError
	var hostExit *stdlib.ExitError
	var outside *stdlib.Error
	var denied *deniedError
	switch {
	case errors.As(err, &hook):
		return "hook_failed"
	case errors.As(err, &denied):
		return "denied"
	case errors.As(err, &exit), errors.As(err, &hostExit):
		return "exit_status"
	case errors.Is(err, ErrInterrupted):
		return "interrupted"
	case errors.Is(err, ErrLimit):
		return "limit"
	case errors.Is(err, syscall.EPIPE):
		return "broken_pipe"
	case bind.Misused(err):
		return "invalid"
	case errors.Is(err, driver.ErrWaitTimeoutReached), errors.As(err, &late):
		return "wait_timeout"
	case errors.Is(err, vm.ErrClosed), errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.As(err, &outside):
		return outside.Code()
	}
	return driver.Code(err)
}

// hint says what to do about the failures that need no context to be understood.
func hint(err error) string {
	var field *bind.FieldError
	switch {
	case errors.As(err, &field) && slices.Contains([]string{"auto_remove", "remove", "rm"}, field.Unknown):
		return "a container is always removed when it has ended"
	case errors.Is(err, driver.ErrDriverNotFound):
		return "the engines of this host are listed in the message"
	case errors.Is(err, driver.ErrExists):
		return "leave the id out and each start draws one of its own"
	}
	return ""
}

// raisedError is the Go value inside an error value of a script.
type raisedError struct {
	info   Error // what fromGo said
	where  string
	hook   lua.LValue       // {stage, index} or nil
	value  lua.LValue       // what a hook or callback raised, or nil
	result lua.LValue       // the result record when a process existed, or nil
	item   *stdlib.MapError // of task.map, or nil
}

// Error is what tostring gives: position and message.
func (e *raisedError) Error() string {
	if e.where == "" {
		return e.info.Message
	}
	return e.where + ": " + e.info.Message
}

func (e *raisedError) Unwrap() error { return e.info.cause }

// Code is the class of the failure, for modules that tell failures apart.
func (e *raisedError) Code() string { return e.info.Code }

// String makes tostring(err) read as Error does.
func (e *raisedError) String() string { return e.Error() }

// raise raises err in a script. A panic is a fault of the host, and what it has
// left half done is unknown: it ends the script, whatever its pcalls say.
func raise(L *lua.LState, err error) {
	var panicked *bind.PanicError
	if errors.As(err, &panicked) {
		e := fromGo(err)
		e.File, e.Line = splitPosition(callerOf(L))
		vm.Abort(L, &e)
	}
	vm.Raise(L, err)
}

// callerOf is "file:line" of the Lua code that called the running Go function;
// empty when Go did.
func callerOf(L *lua.LState) string {
	where := strings.TrimSuffix(strings.TrimSpace(L.Where(1)), ":")
	if strings.HasPrefix(where, "[G]") {
		return ""
	}
	return where
}

// errorValue makes the value that a script catches.
func (v *VM) errorValue(L *lua.LState, err error) lua.LValue {
	e := &raisedError{info: fromGo(err), hook: lua.LNil, value: lua.LNil, result: lua.LNil}
	e.where = callerOf(L)
	var hook *driver.HookError
	if errors.As(err, &hook) {
		t := L.NewTable()
		t.RawSetString("stage", lua.LString(hook.Stage))
		t.RawSetString("index", lua.LNumber(hook.Index+1))
		e.hook = t
	}
	var script *vm.ScriptError
	if errors.As(err, &script) {
		e.value = script.Value
	}
	var with *resultError
	if errors.As(err, &with) {
		e.result = bind.Encode(L, with.result)
	}
	var exit *stdlib.ExitError
	if errors.As(err, &exit) {
		e.result = bind.Encode(L, exit.Result)
	}
	if item, ok := err.(*stdlib.MapError); ok {
		e.ofItem(item)
	}
	return v.object(e, "error")
}

// errorClass is how scripts read an error value.
func (v *VM) errorClass() bind.Class {
	text := func(name, doc string, get func(*Error) string) bind.Func {
		return giving("string?", bind.Func{Name: name, Doc: doc, Method: true, Fn: func(e *raisedError) lua.LValue {
			if s := get(&e.info); s != "" {
				return lua.LString(s)
			}
			return lua.LNil
		}})
	}
	value := func(name, typ, doc string, get func(*raisedError) lua.LValue) bind.Func {
		return giving(typ, bind.Func{Name: name, Doc: doc, Method: true, Fn: get})
	}
	return bind.Class{Name: "error", Doc: "What every failing call raises.", Fields: []bind.Func{
		text("code", "The class of the failure.", func(e *Error) string { return e.Code }),
		text("op", "The verb that failed.", func(e *Error) string { return e.Op }),
		text("stage", "The stage of the hook that failed.", func(e *Error) string { return e.Stage }),
		text("id", "The container.", func(e *Error) string { return e.ID }),
		text("message", "What happened, without the position.", func(e *Error) string { return e.Message }),
		text("hint", "What to do about it.", func(e *Error) string { return e.Hint }),
		value("hook", "{stage: string, index: integer}?", "The hook that failed: {stage, index}.", func(e *raisedError) lua.LValue { return e.hook }),
		value("cause", "any", "The value that a hook, a callback or a call of task.map raised.", func(e *raisedError) lua.LValue { return e.value }),
		value("result", "execlua.Result|execlua.ShellResult|nil", "The result record, when a process existed.", func(e *raisedError) lua.LValue { return e.result }),
		value("index", "integer?", "Of task.map: the place of the item whose call has failed.", (*raisedError).index),
		value("results", "any[]?", "Of task.map: the results of the calls that had ended without an error, each at the place of its item.", (*raisedError).results),
	}}
}
