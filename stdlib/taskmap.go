package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// MapError is why task.map has failed: what a call has raised.
type MapError struct {
	Index   int         // of the item, from 1
	Results *lua.LTable // of the calls that had ended without an error
	Raised  *vm.ScriptError
}

func (e *MapError) Error() string { return e.Raised.Error() }

// Unwrap is the Go error behind the value that was raised.
func (e *MapError) Unwrap() error { return e.Raised.Unwrap() }

// raiseItem raises why a map has failed. The caller's own cancellation, and what
// ends the whole script, are of no item.
func raiseItem(L *lua.LState, t *team, results *lua.LTable) {
	raised := vm.Raised(t.err)
	if raised == nil || t.failed == 0 {
		vm.Raise(L, t.err)
	}
	vm.RaiseAs(L, &MapError{Index: t.failed, Results: results, Raised: raised}, raised)
}
