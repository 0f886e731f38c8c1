package vm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

var (
	// ErrCancelled is why the blocking calls of a cancelled task fail. It is a context.Canceled.
	ErrCancelled error = cancelledError{}
	// ErrGrace is why clean-up fails that takes longer than the grace period.
	ErrGrace = errors.New("the grace period is over")
	// ErrClosed is why nothing runs in a closed VM.
	ErrClosed = errors.New("the VM is closed")
)

type cancelledError struct{}

func (cancelledError) Error() string { return "the task was cancelled" }
func (cancelledError) Unwrap() error { return context.Canceled }

// abortError marks the cause of a context as one that no pcall holds.
type abortError struct{ err error }

func (e *abortError) Error() string { return e.err.Error() }
func (e *abortError) Unwrap() error { return e.err }

// ExitError is a script that called os.exit.
type ExitError struct{ Code int }

func (e *ExitError) Error() string { return fmt.Sprintf("exit %d", e.Code) }

// PanicError is a Go panic that no protected call of Lua has caught.
type PanicError struct {
	Task  string
	Value any // what recover returned
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in %s: %v", e.Task, e.Value) }

// ScriptError is an error that a script raised and nobody caught, or a syntax error.
type ScriptError struct {
	Value     lua.LValue // what was raised
	Where     string     // "file:line" of the innermost Lua code; may be empty
	Traceback string     // Lua calls, innermost first, one a line; may be empty
	message   string
	cause     error
}

// Error is the raised value as text.
func (e *ScriptError) Error() string { return e.message }

// Unwrap returns the Go error behind the value, or nil.
func (e *ScriptError) Unwrap() error { return e.cause }

// AsGoError returns the Go error that an error value carries, or nil. Such a
// value is a userdata whose Value is the error.
func AsGoError(value lua.LValue) error {
	if ud, ok := value.(*lua.LUserData); ok {
		if err, ok := ud.Value.(error); ok {
			return err
		}
	}
	return nil
}

// Raise raises err in the script. A *ScriptError raises the value that it holds,
// as it is; any other error becomes a value by Options.ErrorValue. It does not return.
func Raise(L *lua.LState, err error) {
	if script := Raised(err); script != nil {
		Of(L).current.carried = script
		L.Error(script.Value, 0)
	}
	L.Error(Of(L).errorValue(L, err), 0)
}

// RaiseAs raises err as Raise does. Its traceback goes on with that of from, the
// error of another task that has led to it.
func RaiseAs(L *lua.LState, err error, from *ScriptError) {
	v, carried := Of(L), *from
	carried.Value = v.errorValue(L, err)
	v.current.carried = &carried
	L.Error(carried.Value, 0)
}

// Raised returns err if it is a raised value itself, also with the errors of
// deferred functions joined to it; else nil. One that a Go error wraps is merely
// its cause.
func Raised(err error) *ScriptError {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		err = joined.Unwrap()[0]
	}
	script, _ := err.(*ScriptError)
	return script
}

func (v *VM) errorValue(L *lua.LState, err error) lua.LValue {
	if v.opts.ErrorValue != nil {
		return v.opts.ErrorValue(L, err)
	}
	return lua.LString(position(L, 1) + err.Error())
}

// position is "file:line: " of the Lua code at a level of the stack, as the
// level of error counts it; empty where Go code stands.
func position(L *lua.LState, level int) string {
	where := L.Where(level)
	if where == "" || strings.HasPrefix(where, "[G]") {
		return ""
	}
	return where + " "
}

// scriptError describes what PCall returned on the thread L, which has been unwound.
func (v *VM) scriptError(ctx context.Context, L *lua.LState, err error) error {
	var api *lua.ApiError
	if !errors.As(err, &api) {
		return err
	}
	value := errorObject(api)
	if text, ok := unplaced(api); ok {
		value = lua.LString(text)
	}
	e := &ScriptError{Value: value, Traceback: tidyTraceback(api.StackTrace), cause: AsGoError(value)}
	e.Where = firstPosition(e.Traceback)
	if from := v.current.carried; from != nil && from.Value == value {
		e.Where, e.Traceback = from.Where, JoinTracebacks(from.Traceback, "waited for by", e.Traceback)
	}
	e.message = v.describe(L, value)
	if cause := context.Cause(ctx); e.cause == nil && cause != nil &&
		// The first is raised between two instructions, see Options.Preempt.
		(strings.HasSuffix(e.message, ctx.Err().Error()) || strings.HasSuffix(e.message, cause.Error())) {
		e.cause = cause
	}
	return e
}

// errorObject is the value of an error that PCall returned.
func errorObject(api *lua.ApiError) lua.LValue {
	if api.Type == lua.ApiErrorPanic && api.Object == lua.LString("lua callstack overflow") {
		return lua.LString("stack overflow")
	}
	return api.Object
}

// unplaced returns the message of an error that a Go function raised without any
// Lua code around it: gopher-lua writes a blank where the position would be.
func unplaced(api *lua.ApiError) (string, bool) {
	text, ok := api.Object.(lua.LString)
	if !ok || !strings.HasPrefix(string(text), " ") || firstPosition(api.StackTrace) != "" {
		return "", false
	}
	return strings.Replace(string(text[1:]), " to main chunk (", " to ? (", 1), true
}

// describe is tostring for an error value that cannot fail.
func (v *VM) describe(L *lua.LState, value lua.LValue) string {
	if lua.LVCanConvToString(value) {
		return value.String()
	}
	if L.GetMetaField(value, "__tostring") != lua.LNil {
		var text string
		L.Push(L.NewFunction(func(L *lua.LState) int {
			text = v.tostring(L, value)
			return 0
		}))
		if err := L.PCall(0, 0, nil); err == nil {
			return text
		}
	}
	if err := AsGoError(value); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("(error object is a %s value)", value.Type())
}

// syntaxError gives a parser's or compiler's error the form of the reference implementation.
func syntaxError(chunk string, err error) *ScriptError {
	line, text := 0, err.Error()
	var parseErr *parse.Error
	var compileErr *lua.CompileError
	switch {
	case errors.As(err, &parseErr) && parseErr.Pos.Line == parse.EOF:
		text = parseErr.Message + " near the end of the file"
	case errors.As(err, &parseErr):
		line, text = parseErr.Pos.Line, fmt.Sprintf("%s near '%s'", parseErr.Message, parseErr.Token)
	case errors.As(err, &compileErr):
		line, text = compileErr.Line, compileErr.Message
	}
	e := &ScriptError{Where: chunk}
	if line > 0 {
		e.Where = fmt.Sprintf("%s:%d", chunk, line)
	}
	return e.say(text)
}

// say completes an error that the compiler found.
func (e *ScriptError) say(text string) *ScriptError {
	e.message = e.Where + ": " + text
	e.Value = lua.LString(e.message)
	return e
}
