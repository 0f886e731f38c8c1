package vm

import (
	"reflect"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// yield suspends the running coroutine. gopher-lua suspends a run of Lua calls
// only. Where a Go call stands between the coroutine's bottom and the yield, be it
// pcall, table.sort with its comparator or the one that the interpreter makes for a
// metamethod, that call would go on as if its function had returned, and crash
// later. So those are refused.
func (v *VM) yield(L *lua.LState) int {
	switch {
	case v.running(L).Parent == nil:
		L.RaiseError("attempt to yield from outside a coroutine")
	case v.callers[L] != nil:
		L.RaiseError("attempt to yield across pcall")
	}
	if across := barrier(L); across != "" {
		L.RaiseError("attempt to yield across %s", across)
	}
	return -1
}

// barrier names the Go call between the running function and the bottom of its
// coroutine, or returns "". gopher-lua keeps call frames to itself; reflection reads them.
func barrier(L *lua.LState) string {
	innermost, ok := L.GetStack(0)
	if !ok {
		return ""
	}
	at := frameFields()
	frame := reflect.ValueOf(innermost).Elem().Field(at.frame).Elem()
	for level := 1; ; level++ {
		parent := frame.Field(at.parent)
		if parent.IsNil() {
			return ""
		}
		frame = parent.Elem()
		fn := frame.Field(at.fn).Elem()
		if fn.Field(at.isG).Bool() {
			return functionName(L, level)
		}
		code := fn.Field(at.proto).Elem().Field(at.code)
		instruction := code.Index(int(frame.Field(at.pc).Int()) - 1).Uint()
		switch opcode(uint32(instruction)) {
		case lua.OP_CALL, lua.OP_TAILCALL:
		case lua.OP_TFORLOOP:
			return "the iterator of a for loop"
		default:
			return "a metamethod"
		}
		level += int(frame.Field(at.tailCall).Int()) // GetStack counts the calls that were replaced
	}
}

func functionName(L *lua.LState, level int) string {
	frame, ok := L.GetStack(level)
	if !ok {
		return "a Go function"
	}
	if _, err := L.GetInfo("n", frame, lua.LNil); err != nil || frame.Name == "?" || frame.Name == "(anonymous)" {
		return "a Go function"
	}
	return frame.Name
}

// frameIndex says where the fields stand that barrier reads.
type frameIndex struct {
	frame                    int // in lua.Debug
	parent, fn, pc, tailCall int // in a call frame
	isG, proto               int // in lua.LFunction
	code                     int // in lua.FunctionProto
}

var frameFields = sync.OnceValue(func() frameIndex {
	index := func(t reflect.Type, name string) int {
		field, _ := t.FieldByName(name) // the tests of yield fail if it is gone
		return field.Index[0]
	}
	debug := reflect.TypeFor[lua.Debug]()
	frame := debug.Field(index(debug, "frame")).Type.Elem()
	function := reflect.TypeFor[lua.LFunction]()
	return frameIndex{
		frame:    index(debug, "frame"),
		parent:   index(frame, "Parent"),
		fn:       index(frame, "Fn"),
		pc:       index(frame, "Pc"),
		tailCall: index(frame, "TailCall"),
		isG:      index(function, "IsG"),
		proto:    index(function, "Proto"),
		code:     index(reflect.TypeFor[lua.FunctionProto](), "Code"),
	}
})
