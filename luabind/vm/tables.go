package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openTable replaces what spreads a table over the stack, and adds pack and
// unpack of Lua 5.2.
func (v *VM) openTable(L *lua.LState) {
	library(L, lua.OpenTable, lua.TabLibName)
	v.replace(L, lua.TabLibName, map[string]lua.LGFunction{
		"concat": concat,
		"pack":   pack,
		"unpack": unpack,
	})
}

func concat(L *lua.LState) int {
	table, separator := L.CheckTable(1), L.OptString(2, "")
	first, last := L.OptInt(3, 1), L.OptInt(4, table.Len())
	var out strings.Builder
	for i := first; i <= last; i++ {
		value := table.RawGetInt(i)
		if !lua.LVCanConvToString(value) {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", value.Type(), i)
		}
		out.WriteString(value.String())
		if i < last {
			out.WriteString(separator)
		}
		checkSize(L, "table.concat", out.Len())
	}
	L.Push(lua.LString(out.String()))
	return 1
}

func unpack(L *lua.LState) int {
	table := L.CheckTable(1)
	first, last := L.OptInt(2, 1), L.OptInt(3, table.Len())
	if first > last {
		return 0
	}
	if uint(last-first) >= maxSpread {
		L.RaiseError("too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(table.RawGetInt(i))
	}
	return last - first + 1
}

func pack(L *lua.LState) int {
	n := L.GetTop()
	table := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		table.RawSetInt(i, L.Get(i))
	}
	table.RawSetString("n", lua.LNumber(n))
	L.Push(table)
	return 1
}
