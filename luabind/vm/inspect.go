package vm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Bounds of what Inspect shows.
const (
	inspectDepth   = 4
	inspectEntries = 50       // of one table
	inspectWidth   = 76       // of a table on one line
	inspectText    = 16 << 10 // in all
)

// Inspect writes a value as a person wants to see it at a prompt: text as it is,
// tables with what is in them, up to a bound, and anything else as tostring
// does. An object that pairs can walk through is shown like a table, unless it has
// a __name: a container is not what there is to know of it. It runs
// metamethods, and raises what they raise.
func (v *VM) Inspect(L *lua.LState, value lua.LValue) string {
	if text, ok := value.(lua.LString); ok {
		return cut(string(text))
	}
	i := inspector{vm: v, open: map[lua.LValue]bool{}}
	return i.value(L, value, 0)
}

func cut(text string) string {
	if len(text) > inspectText {
		return fmt.Sprintf("%s… (%d bytes more)", text[:inspectText], len(text)-inspectText)
	}
	return text
}

type inspector struct {
	vm    *VM
	open  map[lua.LValue]bool // tables around the present value
	spent int
}

// entry is one of a table's, as text.
type entry struct {
	index int // of a list, from 1; 0: it has a key
	key   string
	value string
}

func (i *inspector) value(L *lua.LState, value lua.LValue, depth int) string {
	switch value := value.(type) {
	case lua.LString:
		i.spent += len(value)
		return strconv.Quote(cut(string(value)))
	case *lua.LTable:
		if L.GetMetaField(value, "__tostring") == lua.LNil {
			return i.table(L, value, depth)
		}
	case *lua.LUserData:
		if L.GetMetaField(value, "__pairs") != lua.LNil && L.GetMetaField(value, "__name") == lua.LNil {
			return i.table(L, value, depth)
		}
	}
	return i.vm.tostring(L, value)
}

func (i *inspector) table(L *lua.LState, value lua.LValue, depth int) string {
	if i.open[value] {
		return "{ itself }"
	}
	if depth == inspectDepth || i.spent > inspectText {
		return "{ … }"
	}
	i.open[value] = true
	defer delete(i.open, value)
	var entries []entry
	more := 0
	i.walk(L, value, func(k, v lua.LValue) {
		if len(entries) == inspectEntries || i.spent > inspectText {
			more++
			return
		}
		e := entry{value: i.value(L, v, depth+1)}
		switch n, ok := k.(lua.LNumber); {
		case ok && n >= 1 && n == lua.LNumber(int(n)):
			e.index = int(n)
		default:
			e.key = i.key(L, k)
		}
		i.spent += len(e.key) + 4
		entries = append(entries, e)
	})
	return layOut(entries, more, depth)
}

func (i *inspector) key(L *lua.LState, key lua.LValue) string {
	if text, ok := key.(lua.LString); ok {
		if isName(string(text)) {
			return string(text)
		}
		return "[" + strconv.Quote(cut(string(text))) + "]"
	}
	return "[" + i.vm.tostring(L, key) + "]"
}

func isName(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && !slices.Contains(strings.Fields(keywords), s)
}

// keywords cannot be names (Lua 5.1 reference manual, section 2.1).
const keywords = "and break do else elseif end false for function if in local nil not or repeat return then true until while"

// walk visits what pairs would.
func (i *inspector) walk(L *lua.LState, value lua.LValue, visit func(k, v lua.LValue)) {
	start := L.GetMetaField(value, "__pairs")
	if table, ok := value.(*lua.LTable); ok && start == lua.LNil {
		table.ForEach(visit)
		return
	}
	begun := call(L, start, []lua.LValue{value})
	for len(begun) < 3 {
		begun = append(begun, lua.LNil)
	}
	next, state, k := begun[0], begun[1], begun[2]
	for range 100 * inspectEntries { // what never ends is cut off
		step := call(L, next, []lua.LValue{state, k})
		if len(step) == 0 || step[0] == lua.LNil {
			return
		}
		k = step[0]
		visit(k, append(step, lua.LNil)[1])
	}
}

// layOut writes entries on one line where they fit, the list first, then the
// keys in order.
func layOut(entries []entry, more, depth int) string {
	slices.SortStableFunc(entries, func(a, b entry) int {
		switch {
		case a.index > 0 && b.index > 0:
			return a.index - b.index
		case a.index > 0:
			return -1
		case b.index > 0:
			return 1
		}
		return strings.Compare(a.key, b.key)
	})
	var parts []string
	for n, e := range entries {
		switch {
		case e.index == 0:
			parts = append(parts, e.key+" = "+e.value)
		case e.index == n+1:
			parts = append(parts, e.value)
		default: // behind a hole
			parts = append(parts, fmt.Sprintf("[%d] = %s", e.index, e.value))
		}
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("… (%d more)", more))
	}
	if len(parts) == 0 {
		return "{}"
	}
	line := "{ " + strings.Join(parts, ", ") + " }"
	if len(line) <= inspectWidth && !strings.Contains(line, "\n") {
		return line
	}
	indent := strings.Repeat("  ", depth)
	return "{\n" + indent + "  " + strings.Join(parts, ",\n"+indent+"  ") + "\n" + indent + "}"
}
