package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openTable replaces what spreads a table over the stack, and adds pack and
// unpack of Lua 5.2.
func (v *VM) openTable(L *lua.LState) {
	table := library(L, lua.OpenTable, lua.TabLibName)
	v.guardGaps(L, table, "insert")
	v.replace(L, lua.TabLibName, map[string]lua.LGFunction{
		"concat": v.concat,
		"pack":   pack,
		"sort":   sortTable,
		"unpack": unpack,
	})
}

// concat makes the result at once: a string that grows takes twice its size.
func (v *VM) concat(L *lua.LState) int {
	table, separator := L.CheckTable(1), L.OptString(2, "")
	first, last := L.OptInt(3, 1), L.OptInt(4, table.Len())
	size := 0
	for i := first; i <= last; i++ {
		value := table.RawGetInt(i)
		if !lua.LVCanConvToString(value) {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", value.Type(), i)
		}
		if i > first {
			size += len(separator)
		}
		if text, ok := value.(lua.LString); ok {
			size += len(text)
		}
		v.checkSize(L, "table.concat", size)
		if i%lookEvery == 0 {
			charge(L, lookEvery)
		}
	}
	var out strings.Builder
	out.Grow(size)
	for i := first; i <= last; i++ {
		if i > first {
			out.WriteString(separator)
		}
		out.WriteString(table.RawGetInt(i).String())
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
