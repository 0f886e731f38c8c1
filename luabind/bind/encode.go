package bind

import (
	"math"
	"reflect"
	"time"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"
)

// Encode makes plain script data of a Go value, which must be a tree as for
// encoding/json; nothing in it refers back to Go.
//
//	structs         tables by json tag, without nil pointers (and zeroes, with omitempty)
//	slices, arrays  tables from 1; nil is the empty table
//	maps            tables
//	[]byte          a string
//	integers        numbers, the nearest above 2^53; the largest uint64, and
//	                bytes above 2^53, mean no limit and are nil
//	time.Duration   seconds
//	time.Time       seconds since the epoch, nil if zero
//	error           its text
//	lua.LValue      itself
//
// Whatever else (channels, functions) becomes a userdata that scripts can only hand back.
func Encode(L *lua.LState, v any) lua.LValue {
	return encode(L, reflect.ValueOf(v), stylePlain)
}

func encode(L *lua.LState, v reflect.Value, s style) lua.LValue {
	switch v.Kind() {
	case reflect.Invalid:
		return lua.LNil
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return encodeScalar(L, v, s)
	case reflect.Pointer, reflect.Interface:
		return encodeRef(L, v, s)
	case reflect.Struct:
		if v.Type() == timeType {
			return encodeTime(v.Interface().(time.Time))
		}
		return encodeStruct(L, v)
	case reflect.Slice, reflect.Array:
		return encodeList(L, v, s)
	case reflect.Map:
		t := L.CreateTable(0, v.Len())
		for it := v.MapRange(); it.Next(); {
			t.RawSet(luar.New(L, it.Key().Interface()), encode(L, it.Value(), stylePlain))
		}
		return t
	}
	return &lua.LUserData{Value: v.Interface()}
}

func encodeScalar(L *lua.LState, v reflect.Value, s style) lua.LValue {
	switch {
	case v.Type() == durationType:
		return lua.LNumber(time.Duration(v.Int()).Seconds())
	case v.CanUint() && (v.Uint() == math.MaxUint64 || s == styleSize && v.Uint() > maxInteger):
		return lua.LNil
	case v.CanInt() && s == styleSize && v.Int() > maxInteger:
		return lua.LNil
	}
	return luar.New(L, v.Interface())
}

func encodeRef(L *lua.LState, v reflect.Value, s style) lua.LValue {
	if v.IsNil() {
		return lua.LNil
	}
	if v.Type() == errorType {
		return lua.LString(v.Interface().(error).Error())
	}
	if v.Type().Implements(lvalueType) {
		return v.Interface().(lua.LValue)
	}
	return encode(L, v.Elem(), s)
}

func encodeTime(t time.Time) lua.LValue {
	if t.IsZero() {
		return lua.LNil
	}
	return lua.LNumber(float64(t.Unix()) + float64(t.Nanosecond())/1e9)
}

func encodeStruct(L *lua.LState, v reflect.Value) lua.LValue {
	fs := fieldsOf(v.Type())
	t := L.CreateTable(0, len(fs.list))
	for i := range fs.list {
		f := &fs.list[i]
		field := v.FieldByIndex(f.index)
		if f.OmitEmpty && field.IsZero() {
			continue
		}
		t.RawSetString(f.Name, encode(L, field, f.style))
	}
	return t
}

func encodeList(L *lua.LState, v reflect.Value, s style) lua.LValue {
	if v.Type() == bytesType {
		return lua.LString(v.Bytes())
	}
	if s == styleEnviron {
		return encode(L, reflect.ValueOf(environPairs(v.Interface().([]string))), stylePlain)
	}
	t := L.CreateTable(v.Len(), 0)
	for i := range v.Len() {
		t.RawSetInt(i+1, encode(L, v.Index(i), stylePlain))
	}
	return t
}
