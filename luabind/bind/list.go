package bind

import (
	"math"
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// listView is a slice or array.
type listView struct{ *place }

func (l listView) len() int {
	if v := l.value(false); v.IsValid() {
		return v.Len()
	}
	return 0
}

// position is the entry, from 0, that a key means.
func (l listView) position(key lua.LValue) (int, error) {
	n, ok := key.(lua.LNumber)
	if !ok || float64(n) != math.Trunc(float64(n)) || math.Abs(float64(n)) > maxInteger {
		return 0, invalidf("a list has entries by number, got %s", keyText(key)).under(l.path())
	}
	return int(n) - 1, nil
}

func (l listView) index(L *lua.LState, key lua.LValue) (lua.LValue, error) {
	i, err := l.position(key)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= l.len() {
		return lua.LNil, nil
	}
	return wrap(L, l.entryAt(i)), nil
}

func (l listView) assign(key, value lua.LValue) error {
	i, err := l.position(key)
	if err != nil {
		return err
	}
	n := l.len()
	slice := l.typ.Kind() == reflect.Slice
	switch {
	case value == lua.LNil && (!slice || i != n-1):
		return invalidf("only the last entry of a list can be removed").under(joinPath(l.path(), entryStep(i)))
	case i < 0 || i > n || i == n && !slice:
		return invalidf("out of range: the list has %d entries", n).under(joinPath(l.path(), entryStep(i)))
	}
	entry, err := l.decode(value, l.typ.Elem(), entryStyle(l.typ), entryStep(i))
	if err != nil {
		return err
	}
	list, err := l.settable()
	if err != nil {
		return err
	}
	switch {
	case value == lua.LNil:
		list.Index(i).SetZero() // what it held is garbage now
		list.SetLen(i)
	case i == n:
		list.Set(reflect.Append(list, entry))
	default:
		list.Index(i).Set(entry)
	}
	return nil
}

func (l listView) keys() []lua.LValue {
	keys := make([]lua.LValue, l.len())
	for i := range keys {
		keys[i] = lua.LNumber(i + 1)
	}
	return keys
}
