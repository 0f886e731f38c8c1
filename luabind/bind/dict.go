package bind

import (
	"maps"
	"reflect"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// mapView is a map with text for keys.
type mapView struct{ *place }

func (m mapView) key(key lua.LValue) (reflect.Value, error) {
	text, err := decodeText(key)
	if err != nil {
		return reflect.Value{}, invalidf("text or numbers expected for keys, got %s", keyText(key)).under(m.path())
	}
	return reflect.ValueOf(text).Convert(m.typ.Key()), nil
}

func (m mapView) index(L *lua.LState, key lua.LValue) (lua.LValue, error) {
	k, err := m.key(key)
	if err != nil {
		return nil, err
	}
	if v := m.value(false); !v.IsValid() || !v.MapIndex(k).IsValid() {
		return lua.LNil, nil
	}
	return wrap(L, m.keyAt(k)), nil
}

func (m mapView) assign(key, value lua.LValue) error {
	k, err := m.key(key)
	if err != nil {
		return err
	}
	entry, err := m.decode(value, m.typ.Elem(), entryStyle(m.typ), keyStep(k.String()))
	if err != nil {
		return err
	}
	dict, err := m.settable()
	if err != nil {
		return err
	}
	if value == lua.LNil {
		entry = reflect.Value{} // SetMapIndex deletes
	}
	if dict.IsNil() {
		dict.Set(reflect.MakeMap(m.typ))
	}
	dict.SetMapIndex(k, entry)
	return nil
}

func (m mapView) keys() []lua.LValue {
	v := m.value(false)
	if !v.IsValid() {
		return nil
	}
	keys := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		keys = append(keys, k.String())
	}
	return textKeys(keys)
}

// environView is a []string of KEY=value, as a map.
type environView struct{ *place }

func (e environView) list() []string {
	v := e.value(false)
	if !v.IsValid() {
		return nil
	}
	return v.Interface().([]string)
}

func (e environView) key(key lua.LValue) (string, error) {
	text, err := decodeText(key)
	if err == nil {
		err = checkEnvironKey(text)
	}
	if err != nil {
		return "", err.under(e.path())
	}
	return text, nil
}

func (e environView) index(_ *lua.LState, key lua.LValue) (lua.LValue, error) {
	k, err := e.key(key)
	if err != nil {
		return nil, err
	}
	if v, ok := lookupEnviron(e.list(), k); ok {
		return lua.LString(v), nil
	}
	return lua.LNil, nil
}

func (e environView) assign(key, value lua.LValue) error {
	k, err := e.key(key)
	if err != nil {
		return err
	}
	v, err := e.decode(value, reflect.TypeFor[string](), styleText, keyStep(k))
	if err != nil {
		return err
	}
	env, err := e.settable()
	if err != nil {
		return err
	}
	if value == lua.LNil {
		env.Set(reflect.ValueOf(unsetEnviron(e.list(), k)))
	} else {
		env.Set(reflect.ValueOf(mergeEnviron(e.list(), map[string]string{k: v.String()})))
	}
	return nil
}

func (e environView) keys() []lua.LValue {
	return textKeys(slices.Collect(maps.Keys(environPairs(e.list()))))
}

// textKeys sorts keys: a map has no order of its own.
func textKeys(keys []string) []lua.LValue {
	slices.Sort(keys)
	values := make([]lua.LValue, len(keys))
	for i, k := range keys {
		values[i] = lua.LString(k)
	}
	return values
}
