package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// json, yaml and toml map data in the same way, decided here once:
//
//	null       nil in a map, where the key is then absent; the value null in a
//	           list, so that the others keep their places. To encode, null
//	           everywhere.
//	list       a table with the keys 1 to n. Decoded lists are marked (array), so
//	           that an empty one stays a list; the empty table is a map otherwise.
//	map        a table whose keys are text. Encoded in the order of the keys.
//	           A key that is given twice is refused.
//	number     an integer beyond 2^53 would be rounded: refused, or text if asked
//	           for. NaN and the infinities are refused in both directions. What
//	           is integral is written without a fraction.
//	text       UTF-8; anything else is refused in both directions.
//	the rest   refused: functions, tables that contain themselves or are deeper
//	           than 128, more than 2^19 entries.
//
// The errors of decoding tell line and column of the text and the path of the
// value, those of encoding the path.
const dataDoc = "A map is a table with text for keys, a list one with the keys 1 to n; an empty table is a map unless array marks it. " +
	"null is nil in a map and the value null in a list. Integers beyond 2^53 are refused unless asked for as text, as are NaN, infinities, " +
	"text that is not UTF-8, keys that are given twice, tables that contain themselves."

// DecodeOptions are those of decode.
type DecodeOptions struct {
	Nulls       bool   `json:"nulls"`                       // null is the value null in maps, too
	BigIntegers string `json:"big_integers" lua:"\"text\""` // "text": integers beyond 2^53 are given as text
}

func (o *DecodeOptions) check() error {
	if o.BigIntegers != "" && o.BigIntegers != "text" {
		return &bind.FieldError{Path: "big_integers", Message: fmt.Sprintf(`"text" expected, got %q`, o.BigIntegers)}
	}
	return nil
}

// maxInteger is the largest n for which a Lua number holds every integer of -n to n.
const maxInteger = 1 << 53

// dataValues are the entries that each of the data modules has beside its functions.
func dataValues() []bind.Value {
	return []bind.Value{{
		Name: "null", Type: "userdata", Make: null,
		Doc: "Stands for null where nil cannot: in a list. The same value in all modules; it counts as true.",
	}}
}

// arrayFunc is the function array of the data modules.
func arrayFunc() bind.Func {
	return bind.Func{
		Name: "array", Doc: "Marks a table as a list, so that it is one in the text even when it is empty.",
		Params:  []bind.Param{{Name: "list", Type: "any[]", Optional: true, Doc: "A new table when nil. Its metatable is replaced."}},
		Returns: []bind.Return{{Type: "any[]", Doc: "The same table."}},
		Fn: func(L *lua.LState, list *lua.LTable) lua.LValue {
			if list == nil {
				list = L.CreateTable(0, 1)
			}
			list.Metatable = arrayMark(L)
			return list
		},
	}
}

type nullValue struct{}

func (nullValue) String() string { return "null" }

// null is the one null of a VM.
func null(L *lua.LState) lua.LValue {
	const name = "execlua.null"
	if value, ok := L.G.Registry.RawGetString(name).(*lua.LUserData); ok {
		return value
	}
	mt := L.CreateTable(0, 1)
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int { L.Push(lua.LString("null")); return 1 }))
	mt.RawSetString("__metatable", lua.LFalse)
	value := &lua.LUserData{Value: nullValue{}, Metatable: mt}
	L.G.Registry.RawSetString(name, value)
	return value
}

// arrayMark is the metatable of lists.
func arrayMark(L *lua.LState) *lua.LTable {
	const name = "execlua.array"
	if mt, ok := L.G.Registry.RawGetString(name).(*lua.LTable); ok {
		return mt
	}
	mt := L.CreateTable(0, 1)
	L.G.Registry.RawSetString(name, mt)
	return mt
}

// entriesOf gives the entries of a record, which is a table to those who read it.
func entriesOf(L *lua.LState, record *lua.LUserData) (*lua.LTable, error) {
	pairs, ok := L.GetMetaField(record, "__pairs").(*lua.LFunction)
	if !ok {
		return nil, &bind.FieldError{Message: "data expected, got " + record.Type().String()}
	}
	iterator, err := vm.PCall(L, pairs, record)
	if err != nil {
		return nil, err
	}
	out := L.CreateTable(0, 1)
	for {
		entry, err := vm.PCall(L, iterator[0].(*lua.LFunction))
		if err != nil {
			return nil, err
		}
		if len(entry) == 0 || entry[0] == lua.LNil {
			return out, nil
		}
		out.RawSet(entry[0], entry[1])
	}
}
