package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// maxSpread bounds how many values one call spreads over the stack.
const maxSpread = registryMax / 2

// openString bounds the functions that make memory out of little, and takes the
// metatable of strings out of reach: methods of strings are the functions below
// whatever a script stores in string, where it may still add new ones.
func (v *VM) openString(L *lua.LState) {
	methods := library(L, lua.OpenString, lua.StringLibName)
	v.replace(L, lua.StringLibName, map[string]lua.LGFunction{
		"byte":   stringByte,
		"format": v.format,
		"rep":    v.rep,
	})
	v.openPatterns(L)
	for _, name := range []string{"__index", "dump", "gfind"} {
		methods.RawSetString(name, lua.LNil)
	}
	builtin, added, metatable := L.NewTable(), L.NewTable(), L.NewTable()
	methods.ForEach(builtin.RawSet)
	added.RawSetString("__index", methods)
	builtin.Metatable = added
	metatable.RawSetString("__index", builtin)
	metatable.RawSetString("__metatable", lua.LFalse)
	L.SetMetatable(lua.LString(""), metatable)
}

// rep has the separator of Lua 5.2.
func (v *VM) rep(L *lua.LState) int {
	text, count, separator := L.CheckString(1), L.CheckNumber(2), L.OptString(3, "")
	if !(count >= 1) { // NaN, too
		L.Push(lua.LString(""))
		return 1
	}
	if float64(count)*float64(len(text)+len(separator)) > maxText {
		v.checkSize(L, "string.rep", maxText+1)
	}
	if text == "" && separator == "" {
		count = 1
	}
	result := strings.Repeat(text+separator, int(count))
	L.Push(lua.LString(strings.TrimSuffix(result, separator)))
	return 1
}

func stringByte(L *lua.LState) int {
	text := L.CheckString(1)
	first := L.OptInt(2, 1)
	last := L.OptInt(3, first)
	if first < 0 {
		first = max(len(text)+first+1, 1)
	}
	if last < 0 {
		last = len(text) + last + 1
	}
	first, last = max(first, 1), min(last, len(text))
	if last-first >= maxSpread {
		L.RaiseError("string slice too long")
	}
	for i := first; i <= last; i++ {
		L.Push(lua.LNumber(text[i-1]))
	}
	return max(last-first+1, 0)
}
