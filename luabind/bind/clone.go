package bind

import "reflect"

// Clone copies a value and the data that it holds through pointers, slices and
// maps. What interfaces, functions, channels and pointers to structs without
// tagged fields refer to is shared. The data must be a tree, as for encoding/json.
func Clone[T any](v T) T {
	deepen(reflect.ValueOf(&v).Elem())
	return v
}

// CloneAny is Clone for a value of which only the host knows the type.
func CloneAny(v any) any {
	c := reflect.New(reflect.TypeOf(v)).Elem()
	c.Set(reflect.ValueOf(v))
	deepen(c)
	return c.Interface()
}

// deepen makes a shallow copy, which must be addressable, a deep one.
func deepen(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		t := v.Type()
		if v.IsNil() || isObject(t.Elem()) || t.Implements(lvalueType) {
			return
		}
		target := reflect.New(t.Elem())
		target.Elem().Set(v.Elem())
		deepen(target.Elem())
		v.Set(target)
	case reflect.Struct:
		for i := range v.NumField() {
			// The exported fields of an embedded struct are data even if its type is not exported.
			if sf := v.Type().Field(i); sf.IsExported() || sf.Anonymous && sf.Type.Kind() == reflect.Struct {
				deepen(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		deepenEntries(v)
	case reflect.Array:
		deepenEntries(v)
	case reflect.Map:
		if v.IsNil() {
			return
		}
		dict := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			entry := reflect.New(v.Type().Elem()).Elem()
			entry.Set(it.Value())
			deepen(entry)
			dict.SetMapIndex(it.Key(), entry)
		}
		v.Set(dict)
	}
}

func deepenEntries(v reflect.Value) {
	for i := range v.Len() {
		deepen(v.Index(i))
	}
}
