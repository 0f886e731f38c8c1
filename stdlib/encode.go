package stdlib

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// maxEncoded bounds the text that data takes, roughly: escapes may make it longer.
const maxEncoded = 16 << 20

// encoder makes Go data of a script's value: nil, bool, int64, float64, string,
// []any, map[string]any. See dataDoc for the mapping.
type encoder struct {
	L       *lua.LState
	path    []any
	inside  map[*lua.LTable]bool // the tables around the value
	entries int
	size    int
}

// goData makes Go data of a value, which errors call name.
func goData(L *lua.LState, value lua.LValue, name string) (any, error) {
	e := &encoder{L: L, path: []any{name}, inside: map[*lua.LTable]bool{}}
	return e.value(value)
}

func (e *encoder) wrong(format string, args ...any) error {
	return &bind.FieldError{Path: bind.Path(e.path...), Message: fmt.Sprintf(format, args...)}
}

func (e *encoder) value(value lua.LValue) (any, error) {
	switch v := value.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), nil
	case lua.LNumber:
		return e.number(float64(v))
	case lua.LString:
		return e.text(string(v))
	case *lua.LTable:
		return e.table(v)
	case *lua.LUserData:
		if _, ok := v.Value.(nullValue); ok {
			return nil, nil
		}
		entries, err := entriesOf(e.L, v)
		var field *bind.FieldError
		if errors.As(err, &field) && field.Path == "" {
			return nil, e.wrong("%s", field.Message)
		}
		if err != nil {
			return nil, err
		}
		return e.table(entries)
	}
	return nil, e.wrong("data expected, got %s", value.Type())
}

// number gives an int64 where text would show no fraction.
func (e *encoder) number(f float64) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, e.wrong("%v is no number that text can hold", f)
	}
	if f == math.Trunc(f) && math.Abs(f) <= maxInteger {
		return int64(f), nil
	}
	return f, nil
}

func (e *encoder) text(text string) (any, error) {
	if !utf8.ValidString(text) {
		return nil, e.wrong("not UTF-8 (execlua.base64 makes text of bytes)")
	}
	return text, e.grow(len(text))
}

// grow counts what the value adds to the text.
func (e *encoder) grow(size int) error {
	// Four columns of indentation for each level.
	if e.size += size + 4*len(e.path); e.size > maxEncoded {
		return e.wrong("the text would be longer than %d MiB", maxEncoded>>20)
	}
	return nil
}

func (e *encoder) table(table *lua.LTable) (any, error) {
	if e.inside[table] {
		return nil, e.wrong("the table contains itself")
	}
	if len(e.inside) == maxDepth {
		return nil, e.wrong("tables nest deeper than %d", maxDepth)
	}
	e.inside[table] = true
	defer delete(e.inside, table)
	if table.Len() > 0 || table.Metatable == arrayMark(e.L) {
		return e.list(table)
	}
	return e.dict(table)
}

func (e *encoder) list(table *lua.LTable) (any, error) {
	n := table.Len()
	for k, _ := table.Next(lua.LNil); k != lua.LNil; k, _ = table.Next(k) {
		if i, ok := k.(lua.LNumber); !ok || i < 1 || float64(i) > float64(n) || float64(i) != math.Trunc(float64(i)) {
			return nil, e.wrong("a list has the keys 1 to n only, got %s", keyText(k))
		}
	}
	out := make([]any, n)
	for i := range n {
		value := table.RawGetInt(i + 1)
		if value == lua.LNil {
			return nil, e.wrong("the list has a hole at [%d]: null can stand there", i+1)
		}
		var err error
		if out[i], err = e.entry(i+1, value, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *encoder) dict(table *lua.LTable) (any, error) {
	out := map[string]any{}
	for k, v := table.Next(lua.LNil); k != lua.LNil; k, v = table.Next(k) {
		key, ok := k.(lua.LString)
		if !ok {
			return nil, e.wrong("text expected for keys, got %s", keyText(k))
		}
		if !utf8.ValidString(string(key)) {
			return nil, e.wrong("the key %q is not UTF-8", string(key))
		}
		var err error
		if out[string(key)], err = e.entry(string(key), v, len(key)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *encoder) entry(step any, value lua.LValue, size int) (any, error) {
	e.path = append(e.path, step)
	defer func() { e.path = e.path[:len(e.path)-1] }()
	if e.entries++; e.entries > maxEntries {
		return nil, e.wrong("more than %d entries", maxEntries)
	}
	if err := e.grow(size); err != nil {
		return nil, err
	}
	return e.value(value)
}

// keyText shows a key that is no text.
func keyText(key lua.LValue) string {
	switch key := key.(type) {
	case lua.LNumber:
		return fmt.Sprintf("[%s]", key)
	case lua.LString:
		return fmt.Sprintf("[%q]", string(key))
	}
	return "a " + key.Type().String()
}
