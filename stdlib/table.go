package stdlib

import (
	"cmp"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// tableModule is execlua.table. Its functions read and write raw entries: no
// metamethod runs.
func tableModule() Module {
	return Module{Module: bind.Module{
		Name: "execlua.table", Doc: "Tables, beyond the library of that name. Metamethods are not called.",
		Funcs: append(tableFuncs(), listFuncs()...),
	}}
}

func tableFuncs() []bind.Func {
	table := bind.Param{Name: "table"}
	return []bind.Func{
		{
			Name: "copy", Doc: "Copies a table, and not what is in it.",
			Params: []bind.Param{table}, Returns: []bind.Return{{}},
			Fn: func(L *lua.LState, table *lua.LTable) *lua.LTable { return copyInto(L.CreateTable(0, 1), table) },
		},
		{
			Name: "deep_copy", Doc: "Copies a table and all tables in it. What was one table is one in the copy, cycles too; metatables are shared.",
			Params: []bind.Param{table}, Returns: []bind.Return{{}}, Fn: deepCopy,
		},
		{
			Name: "equal", Doc: "Tells whether two values are the same, or tables with the same entries, at any depth.",
			Params: []bind.Param{{Name: "a", Type: "any", Optional: true}, {Name: "b", Type: "any", Optional: true}}, Returns: []bind.Return{{}}, Fn: deepEqual,
		},
		{
			Name: "keys", Doc: "Lists the keys: numbers, then text, each in order, then the others in any.",
			Params: []bind.Param{table}, Returns: []bind.Return{{Type: "any[]"}},
			Fn: func(L *lua.LState, table *lua.LTable) *lua.LTable { return listOf(L, sortedKeys(table)) },
		},
		{
			Name: "values", Doc: "Lists the values in the order of keys.",
			Params: []bind.Param{table}, Returns: []bind.Return{{Type: "any[]"}},
			Fn: func(L *lua.LState, table *lua.LTable) *lua.LTable {
				values := sortedKeys(table)
				for i, key := range values {
					values[i] = table.RawGet(key)
				}
				return listOf(L, values)
			},
		},
		{
			Name: "count", Doc: "Counts the entries, whatever their keys.",
			Params: []bind.Param{table}, Returns: []bind.Return{{}},
			Fn: func(table *lua.LTable) (n int) { table.ForEach(func(_, _ lua.LValue) { n++ }); return n },
		},
		{
			Name: "merge", Doc: "Makes a table of the entries of several; a later one wins.",
			Params: []bind.Param{{Name: "..."}}, Returns: []bind.Return{{Type: "table"}},
			Fn: mergeTables,
		},
	}
}

func listFuncs() []bind.Func {
	list := bind.Param{Name: "list", Type: "any[]"}
	return []bind.Func{
		{
			Name: "contains", Doc: "Tells whether a list holds a value, compared as by ==, but for metamethods.",
			Params: []bind.Param{list, {Name: "value", Type: "any"}}, Returns: []bind.Return{{}},
			Fn: func(list *lua.LTable, value lua.LValue) bool {
				for i := 1; i <= list.Len(); i++ {
					if list.RawGetInt(i) == value {
						return true
					}
				}
				return false
			},
		},
		{
			Name: "extend", Doc: "Appends the entries of lists to the first one.",
			Params: []bind.Param{list, {Name: "..."}}, Returns: []bind.Return{{Type: "any[]", Doc: "The first list."}}, Fn: extendList,
		},
		{
			Name: "slice", Doc: "Copies a part of a list.",
			Params:  []bind.Param{list, {Name: "first", Doc: "From 1; below zero it counts from the end."}, {Name: "last", Optional: true, Doc: "Likewise; the last entry when nil."}},
			Returns: []bind.Return{{Type: "any[]"}}, Fn: sliceList,
		},
		{
			Name: "map", Doc: "Calls fn(value, index) for each entry of a list.",
			Params:  []bind.Param{list, {Name: "fn", Type: "fun(value: any, index: integer): any"}},
			Returns: []bind.Return{{Type: "any[]", Doc: "What it returns; entries of nil are left out."}},
			Fn: func(L *lua.LState, list *lua.LTable, fn *lua.LFunction) *lua.LTable {
				return eachEntry(L, list, fn, func(_, result lua.LValue) lua.LValue { return result })
			},
		},
		{
			Name: "filter", Doc: "Lists the entries of a list for which fn(value, index) is true.",
			Params:  []bind.Param{list, {Name: "fn", Type: "fun(value: any, index: integer): any"}},
			Returns: []bind.Return{{Type: "any[]"}},
			Fn: func(L *lua.LState, list *lua.LTable, fn *lua.LFunction) *lua.LTable {
				return eachEntry(L, list, fn, func(value, result lua.LValue) lua.LValue {
					if lua.LVIsFalse(result) {
						return lua.LNil
					}
					return value
				})
			},
		},
	}
}

func copyInto(to, from *lua.LTable) *lua.LTable {
	from.ForEach(to.RawSet)
	return to
}

func listOf(L *lua.LState, values []lua.LValue) *lua.LTable {
	list := L.CreateTable(len(values), 0)
	for i, value := range values {
		list.RawSetInt(i+1, value)
	}
	return list
}

// deepCopy works through a list of tables instead of calling itself: chains of
// tables are as long as memory is large.
func deepCopy(L *lua.LState, table *lua.LTable) *lua.LTable {
	copies := map[*lua.LTable]*lua.LTable{}
	var todo []*lua.LTable
	copyOf := func(value lua.LValue) lua.LValue {
		original, ok := value.(*lua.LTable)
		if !ok {
			return value
		}
		if copies[original] == nil {
			copies[original] = L.CreateTable(0, 1)
			copies[original].Metatable = original.Metatable
			todo = append(todo, original)
		}
		return copies[original]
	}
	out := copyOf(table)
	for len(todo) > 0 {
		original := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		original.ForEach(func(k, v lua.LValue) { copies[original].RawSet(copyOf(k), copyOf(v)) })
	}
	return out.(*lua.LTable)
}

// deepEqual takes a pair of tables that it has met before for equal: either it
// is, or the difference is found elsewhere.
func deepEqual(a, b lua.LValue) bool {
	type pair struct{ a, b lua.LValue }
	met := map[pair]bool{}
	todo := []pair{{a, b}}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if p.a == p.b || met[p] {
			continue
		}
		left, ok := p.a.(*lua.LTable)
		right, both := p.b.(*lua.LTable)
		if !ok || !both {
			return false
		}
		met[p] = true
		missing := false
		left.ForEach(func(k, v lua.LValue) {
			other := right.RawGet(k)
			missing = missing || other == lua.LNil
			todo = append(todo, pair{v, other})
		})
		right.ForEach(func(k, _ lua.LValue) { missing = missing || left.RawGet(k) == lua.LNil })
		if missing {
			return false
		}
	}
	return true
}

func sortedKeys(table *lua.LTable) []lua.LValue {
	var keys []lua.LValue
	table.ForEach(func(k, _ lua.LValue) { keys = append(keys, k) })
	slices.SortStableFunc(keys, func(a, b lua.LValue) int {
		switch a := a.(type) {
		case lua.LNumber:
			if b, ok := b.(lua.LNumber); ok {
				return cmp.Compare(a, b)
			}
			return -1
		case lua.LString:
			if b, ok := b.(lua.LString); ok {
				return cmp.Compare(a, b)
			}
		}
		return cmp.Compare(keyRank(a), keyRank(b))
	})
	return keys
}

func keyRank(key lua.LValue) int {
	switch key.Type() {
	case lua.LTNumber:
		return 0
	case lua.LTString:
		return 1
	}
	return 2
}

// maxCopied bounds what one call copies: the same table may be among its arguments
// thousands of times.
const maxCopied = 1 << 24

func tooMany(copied int) error {
	if copied > maxCopied {
		return &bind.FieldError{Message: fmt.Sprintf("more than %d entries", maxCopied)}
	}
	return nil
}

func mergeTables(L *lua.LState, tables ...*lua.LTable) (*lua.LTable, error) {
	out, copied := L.CreateTable(0, 1), 0
	for _, table := range tables {
		table.ForEach(func(k, v lua.LValue) {
			out.RawSet(k, v)
			copied++
		})
		if err := tooMany(copied); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func extendList(list *lua.LTable, others ...*lua.LTable) (*lua.LTable, error) {
	total, lengths := 0, make([]int, len(others)) // as they are now: a list may extend itself
	for i, other := range others {
		lengths[i] = other.Len()
		total += lengths[i]
	}
	if err := tooMany(total); err != nil {
		return nil, err
	}
	for n, other := range others {
		end := list.Len()
		for i := 1; i <= lengths[n]; i++ {
			list.RawSetInt(end+i, other.RawGetInt(i))
		}
	}
	return list, nil
}

func sliceList(L *lua.LState, list *lua.LTable, first int, last *int) *lua.LTable {
	n := list.Len()
	end := n
	if last != nil {
		end = *last
	}
	if first < 0 {
		first = max(n+first+1, 1)
	}
	if end < 0 {
		end = n + end + 1
	}
	var values []lua.LValue
	for i := max(first, 1); i <= min(end, n); i++ {
		values = append(values, list.RawGetInt(i))
	}
	return listOf(L, values)
}

// eachEntry calls fn for the entries of a list, and lists what take makes of
// entry and result, but nil.
func eachEntry(L *lua.LState, list *lua.LTable, fn *lua.LFunction, take func(value, result lua.LValue) lua.LValue) *lua.LTable {
	out := L.CreateTable(1, 0)
	for i := 1; i <= list.Len(); i++ {
		value := list.RawGetInt(i)
		L.Push(fn)
		L.Push(value)
		L.Push(lua.LNumber(i))
		L.Call(2, 1)
		result := L.Get(-1)
		L.Pop(1)
		if taken := take(value, result); taken != lua.LNil {
			out.Append(taken)
		}
	}
	return out
}
