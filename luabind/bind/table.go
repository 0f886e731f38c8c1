package bind

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

const (
	// maxDepth bounds how deep tables may nest. One that contains itself ends here too.
	maxDepth = 32
	// maxEntries bounds what one call of Decode may visit: thirty tables that
	// each hold the next one twice are a billion entries, and nothing interrupts
	// a Go call.
	maxEntries = 1 << 20
)

func (d *decoder) table(table *lua.LTable, dst reflect.Value, s style) *FieldError {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.leave()
	switch {
	case s == styleEnviron:
		return d.environ(table, dst)
	case dst.Kind() == reflect.Struct:
		return d.record(table, dst)
	case dst.Kind() == reflect.Map:
		return d.dict(table, dst)
	}
	return d.list(table, dst)
}

func (d *decoder) enter() *FieldError {
	if d.depth++; d.depth > maxDepth {
		return invalidf("tables nest deeper than %d, or contain themselves", maxDepth)
	}
	return nil
}

func (d *decoder) leave() { d.depth-- }

func (d *decoder) count() *FieldError {
	if d.entries++; d.entries > maxEntries {
		return invalidf("more than %d entries", maxEntries)
	}
	return nil
}

func (d *decoder) record(table *lua.LTable, dst reflect.Value) *FieldError {
	fs := fieldsOf(dst.Type())
	for k, v := table.Next(lua.LNil); k != lua.LNil; k, v = table.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			return invalidf("a name expected for each entry, got the key %s", keyText(k))
		}
		f := fs.byName[string(name)]
		if f == nil {
			return unknownField(string(name), fs.names(), d.words)
		}
		if err := d.count(); err != nil {
			return err
		}
		if err := d.value(v, dst.FieldByIndex(f.index), f.style); err != nil {
			return err.under(f.Name)
		}
	}
	return nil
}

func unknownField(name string, candidates []string, words func(string) string) *FieldError {
	return &FieldError{Unknown: name, Suggestion: Suggest(name, candidates, words)}
}

func (d *decoder) list(table *lua.LTable, dst reflect.Value) *FieldError {
	n, err := sequenceLen(table)
	if err != nil {
		return err
	}
	out := dst
	if dst.Kind() == reflect.Slice {
		out = reflect.MakeSlice(dst.Type(), n, n)
	} else if n != dst.Len() {
		return invalidf("%d entries expected, got %d", dst.Len(), n)
	}
	for i := range n {
		err := d.count()
		if err == nil {
			err = d.value(table.RawGetInt(i+1), out.Index(i), entryStyle(dst.Type()))
		}
		if err != nil {
			return err.under(entryStep(i))
		}
	}
	dst.Set(out)
	return nil
}

// entryStyle is the style of the entries of a list or map.
func entryStyle(t reflect.Type) style {
	if t.Elem().Kind() == reflect.String {
		return styleText
	}
	return stylePlain
}

// sequenceLen is the n of a table whose keys are exactly 1 to n.
func sequenceLen(table *lua.LTable) (int, *FieldError) {
	n := table.Len()
	for i := 1; i <= n; i++ {
		if table.RawGetInt(i) == lua.LNil {
			return 0, invalidf("the list has a hole at [%d]", i)
		}
	}
	last := lua.LValue(lua.LNil)
	if n > 0 {
		last = lua.LNumber(n)
	}
	if k, _ := table.Next(last); k != lua.LNil {
		return 0, invalidf("a list has the keys 1 to n only, got %s", keyText(k))
	}
	return n, nil
}

func (d *decoder) dict(table *lua.LTable, dst reflect.Value) *FieldError {
	t := dst.Type()
	if t.Key().Kind() != reflect.String {
		return invalidf("scripts have no %s", t)
	}
	if dst.IsNil() {
		dst.Set(reflect.MakeMap(t))
	}
	for k, v := table.Next(lua.LNil); k != lua.LNil; k, v = table.Next(k) {
		key, err := decodeText(k)
		if err != nil {
			return invalidf("text or numbers expected for keys, got %s", keyText(k))
		}
		if err := d.count(); err != nil {
			return err
		}
		entry := reflect.New(t.Elem()).Elem()
		if err := d.value(v, entry, entryStyle(t)); err != nil {
			return err.under(keyStep(key))
		}
		dst.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), entry)
	}
	return nil
}

// keyText shows the key of a table in a message, never an address.
func keyText(k lua.LValue) string {
	if text, err := decodeText(k); err == nil {
		if k.Type() == lua.LTString {
			return keyStep(text)
		}
		return "[" + text + "]"
	}
	return "a " + given(k)
}

// dynamic decodes a value whose type only the script knows.
func (d *decoder) dynamic(lv lua.LValue) (any, *FieldError) {
	switch v := lv.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), nil
	case lua.LNumber:
		return float64(v), nil
	case lua.LString:
		return string(v), nil
	case *lua.LTable:
		if v.Len() > 0 {
			var list []any
			err := d.table(v, reflect.ValueOf(&list).Elem(), stylePlain)
			return list, err
		}
		var dict map[string]any
		err := d.table(v, reflect.ValueOf(&dict).Elem(), stylePlain)
		return dict, err
	}
	return nil, mismatch("data", given(lv))
}
