package bind

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"
)

// view is the Value of a userdata that stands for a place in a record: a
// struct, a list, a map or an environment.
type view interface {
	where() *place
	index(L *lua.LState, key lua.LValue) (lua.LValue, error)
	assign(key, value lua.LValue) error
	keys() []lua.LValue // that pairs visits
}

// wrap makes the script's value for what is at a place: a view of what can be
// assigned to, the value of a leaf.
func wrap(L *lua.LState, p *place) lua.LValue {
	if !hasView(p.typ) {
		return encode(L, p.value(false), p.style)
	}
	var v view
	switch {
	case p.style == styleEnviron:
		v = environView{p}
	case p.typ.Kind() == reflect.Struct:
		v = newRecordView(p)
	case p.typ.Kind() == reflect.Map:
		v = mapView{p}
	default:
		v = listView{p}
	}
	return &lua.LUserData{Value: v, Metatable: p.tree.meta}
}

func hasView(stripped reflect.Type) bool {
	switch stripped.Kind() {
	case reflect.Struct:
		return stripped != timeType
	case reflect.Slice:
		return stripped != bytesType
	case reflect.Array:
		return true
	case reflect.Map:
		return stripped.Key().Kind() == reflect.String
	}
	return false
}

// viewMetatable is the metatable of all views of a state. Whoever else uses
// gopher-luar in this state gets no methods from it either: a method set is
// wider than it looks, and would run with the lock held.
func viewMetatable(L *lua.LState) *lua.LTable {
	const name = "execlua.record"
	if mt, ok := L.GetTypeMetatable(name).(*lua.LTable); ok {
		return mt
	}
	mt := L.SetFuncs(L.NewTypeMetatable(name), map[string]lua.LGFunction{
		"__index": viewIndex, "__newindex": viewNewIndex, "__len": viewLen,
		"__pairs": viewPairs, "__tostring": viewToString, "__eq": viewEq,
	})
	mt.RawSetString("__metatable", lua.LFalse)
	config := luar.GetConfig(L)
	config.MethodNames = func(reflect.Type, reflect.Method) []string { return nil }
	config.FieldNames = func(_ reflect.Type, sf reflect.StructField) []string {
		if name, _ := tagName(sf); name != "" {
			return []string{name}
		}
		return nil
	}
	return mt
}

// viewAt is the view among the arguments of a metamethod, which a script can
// call only through the operators of a view.
func viewAt(L *lua.LState, n int) view {
	v, ok := L.CheckUserData(n).Value.(view)
	if !ok {
		L.ArgError(n, "record expected")
	}
	return v
}

func raise(L *lua.LState, v view, err error) { v.where().tree.binder.Raise(L, err) }

func viewIndex(L *lua.LState) int {
	v := viewAt(L, 1)
	value, err := v.index(L, L.Get(2))
	if err != nil {
		raise(L, v, err)
	}
	L.Push(value)
	return 1
}

func viewNewIndex(L *lua.LState) int {
	v := viewAt(L, 1)
	p := v.where()
	if p.tree.options.ReadOnly {
		raise(L, v, invalidf("record is read-only").under(p.path()))
	}
	if err := v.assign(L.Get(2), L.Get(3)); err != nil {
		raise(L, v, err)
	}
	return 0
}

func viewLen(L *lua.LState) int {
	v := viewAt(L, 1)
	if _, ok := v.(*recordView); ok {
		raise(L, v, invalidf("a record has no length").under(v.where().path()))
	}
	L.Push(lua.LNumber(len(v.keys())))
	return 1
}

// viewPairs iterates over the keys as they were when it was called, and over the
// values as they are when their turn comes; what is nil by then is left out.
func viewPairs(L *lua.LState) int {
	v := viewAt(L, 1)
	keys := v.keys()
	L.Push(L.NewFunction(func(L *lua.LState) int {
		for len(keys) > 0 {
			key := keys[0]
			keys = keys[1:]
			value, err := v.index(L, key)
			if err != nil {
				raise(L, v, err)
			}
			if value != lua.LNil {
				L.Push(key)
				L.Push(value)
				return 2
			}
		}
		L.Push(lua.LNil)
		return 1
	}))
	L.Push(L.Get(1))
	L.Push(lua.LNil)
	return 3
}

// viewToString answers with the path, and the id of a record that has one:
// command "web", command.resources.
func viewToString(L *lua.LState) int {
	p := viewAt(L, 1).where()
	text := p.path()
	if text == "" {
		text = LuaType(p.typ)
	}
	if p.typ.Kind() == reflect.Struct {
		v, f := p.value(false), fieldsOf(p.typ).byName["id"]
		if f != nil && f.Go.Kind() == reflect.String && v.IsValid() && v.FieldByIndex(f.index).String() != "" {
			text += ` "` + v.FieldByIndex(f.index).String() + `"`
		}
	}
	L.Push(lua.LString(text))
	return 1
}

func viewEq(L *lua.LState) int {
	L.Push(lua.LBool(viewAt(L, 1).where().same(viewAt(L, 2).where())))
	return 1
}
