package bind

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// Decode fills dst, a non-nil pointer, from a script's value. path names the
// value in errors, all of which are *FieldError; it may be empty.
//
// As with encoding/json, fields that the table does not mention keep their
// value, records behind pointers and maps are merged into what is there, lists
// and scalars are replaced; after an error dst may be filled in part.
//
//	bool, string   themselves; entries of lists and maps of strings may be numbers too
//	integers       integral, within the Go type and ±2^53; "max" is -1 for an int64
//	               and the largest uint64: no limit
//	unit:"bytes", Size  also text as of docker/go-units RAMInBytes: "64m", "1.5g", "512KiB"
//	time.Duration  text as of time.ParseDuration, or seconds; never negative
//	time.Time      seconds since the epoch
//	structs        tables without unknown keys, or a Record of that type, which is copied
//	slices         tables with the keys 1 to n; arrays: with their exact length
//	maps           tables with text or numbers for keys
//	any            bool, float64, string, []any, map[string]any (for the empty table too)
//	lua.LValue, *lua.LFunction, *lua.LTable, …   the value itself
//	other types    the Go value inside a userdata, if it is assignable; structs
//	               without tagged fields are such types
func (b *Binder) Decode(lv lua.LValue, dst any, path string) error {
	ref := reflect.ValueOf(dst)
	if ref.Kind() != reflect.Pointer || ref.IsNil() {
		return invalidf("cannot decode into %T", dst).under(path)
	}
	return b.decode(lv, ref.Elem(), stylePlain, path)
}

func (b *Binder) decode(lv lua.LValue, dst reflect.Value, s style, path string) error {
	d := decoder{words: b.Words}
	if err := d.value(lv, dst, s); err != nil {
		return err.under(path)
	}
	return nil
}

type decoder struct {
	words   func(string) string
	depth   int
	entries int
}

func (d *decoder) value(lv lua.LValue, dst reflect.Value, s style) *FieldError {
	t := dst.Type()
	if ud, ok := lv.(*lua.LUserData); ok && d.userdata(ud, dst, s) {
		return nil
	}
	switch t {
	case durationType:
		return decodeDuration(lv, dst)
	case timeType:
		return decodeTime(lv, dst)
	case bytesType:
		return decodeBytes(lv, dst)
	case sizeType:
		return decodeInteger(lv, dst, styleSize)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.pointer(lv, dst, s)
	case reflect.Interface:
		return d.iface(lv, dst)
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		table, ok := lv.(*lua.LTable)
		if !ok || isObject(t) {
			return notATable(lv, dst, s)
		}
		return d.table(table, dst, s)
	}
	return decodeScalar(lv, dst, s)
}

// userdata takes the Go value out of a userdata: a copy if it is a view of a
// record, the value itself if it is anything else of the right type.
func (d *decoder) userdata(ud *lua.LUserData, dst reflect.Value, s style) bool {
	v, ok := ud.Value.(view)
	if !ok {
		if ud.Value == nil || dst.Type() == reflect.TypeFor[any]() || !reflect.TypeOf(ud.Value).AssignableTo(dst.Type()) {
			return false
		}
		dst.Set(reflect.ValueOf(ud.Value))
		return true
	}
	p := v.where()
	dynamic := dst.Type() == reflect.TypeFor[any]()
	// A list of words is no environment although their Go types agree.
	if !dynamic && (p.typ != dst.Type() || (p.style == styleEnviron) != (s == styleEnviron)) {
		return false
	}
	copied := reflect.New(p.typ).Elem()
	if src := p.value(false); src.IsValid() {
		copied.Set(src)
		deepen(copied)
	}
	dst.Set(copied)
	return true
}

func (d *decoder) pointer(lv lua.LValue, dst reflect.Value, s style) *FieldError {
	t := dst.Type()
	if t.Implements(lvalueType) {
		return decodeLua(lv, dst)
	}
	if lv == lua.LNil {
		dst.SetZero()
		return nil
	}
	if dst.IsNil() {
		target := reflect.New(t.Elem())
		if err := d.value(lv, target.Elem(), s); err != nil {
			return err
		}
		dst.Set(target)
		return nil
	}
	return d.value(lv, dst.Elem(), s)
}

func (d *decoder) iface(lv lua.LValue, dst reflect.Value) *FieldError {
	if dst.Type().Implements(lvalueType) {
		return decodeLua(lv, dst)
	}
	if dst.NumMethod() > 0 {
		return mismatch(LuaType(dst.Type()), given(lv))
	}
	v, err := d.dynamic(lv)
	if err != nil {
		return err
	}
	if v == nil {
		dst.SetZero()
	} else {
		dst.Set(reflect.ValueOf(v))
	}
	return nil
}

// decodeLua passes a Lua value through, if it is of the kind that is asked for.
func decodeLua(lv lua.LValue, dst reflect.Value) *FieldError {
	if !reflect.TypeOf(lv).AssignableTo(dst.Type()) {
		return mismatch(LuaType(dst.Type()), given(lv))
	}
	dst.Set(reflect.ValueOf(lv))
	return nil
}

// isObject tells a struct that is handed around from one that is data: nothing
// of it exists for scripts, so no table can stand for it.
func isObject(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && len(fieldsOf(t).list) == 0
}

func notATable(lv lua.LValue, dst reflect.Value, s style) *FieldError {
	switch k := dst.Kind(); {
	case s == styleEnviron:
		return mismatch("table", given(lv))
	case isObject(dst.Type()), k == reflect.Struct && given(lv) != lv.Type().String():
		return mismatch(LuaType(dst.Type()), given(lv))
	case k == reflect.Struct, k == reflect.Map:
		return mismatch("table", given(lv))
	case lv.Type() == lua.LTString:
		return mismatch("list", "string (write { … })")
	}
	return mismatch("list", given(lv))
}
