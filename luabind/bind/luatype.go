package bind

import (
	"reflect"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

var (
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	bytesType    = reflect.TypeFor[[]byte]()
	sizeType     = reflect.TypeFor[Size]()
)

// LuaType names a Go type as annotations and error messages do: "string",
// "integer", "string[]", "table<string, string>". A struct is its Go name, a
// time.Duration is "duration" (text such as "500ms", or seconds), a pointer is
// what it points to.
func LuaType(t reflect.Type) string {
	switch t {
	case durationType:
		return "duration"
	case sizeType:
		return "size"
	case timeType:
		return "number"
	case bytesType, errorType:
		return "string"
	case reflect.TypeFor[*lua.LFunction]():
		return "function"
	case reflect.TypeFor[*lua.LTable]():
		return "table"
	case reflect.TypeFor[*lua.LUserData]():
		return "userdata"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Pointer:
		return LuaType(t.Elem())
	case reflect.Slice, reflect.Array:
		return LuaType(t.Elem()) + "[]"
	case reflect.Map:
		return "table<" + LuaType(t.Key()) + ", " + LuaType(t.Elem()) + ">"
	}
	if t.Name() == "" || t == lvalueType {
		return "any"
	}
	return t.Name()
}

// Words is the type of a text that is one of some words.
func Words(words ...string) string { return `"` + strings.Join(words, `"|"`) + `"` }

// luaType is LuaType with what the tags of a field add: a size is an integer
// that may be written "64m", an environment is a table.
func (s style) luaType(t reflect.Type) string {
	switch s {
	case styleSize:
		return "size"
	case styleEnviron:
		return "table<string, string>"
	}
	return LuaType(t)
}

// given names the type of a script's value in messages.
func given(lv lua.LValue) string {
	if ud, ok := lv.(*lua.LUserData); ok {
		if v, ok := ud.Value.(view); ok {
			return LuaType(v.where().typ)
		}
	}
	return lv.Type().String()
}
