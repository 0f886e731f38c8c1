package stdlib

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// decoder makes script values of a text. The reader of each format drives it: it
// says where it is, and stores what it finds. See dataDoc for the mapping.
type decoder struct {
	L       *lua.LState
	format  string // in front of errors
	options DecodeOptions
	at      func() string // where in the text the reader is; "" if it cannot tell
	path    []any
	entries int
	null    lua.LValue
}

func newDecoder(L *lua.LState, format string, text string, limit int, o *DecodeOptions) (*decoder, error) {
	d := &decoder{L: L, format: format, at: func() string { return "" }, null: null(L)}
	if o != nil {
		d.options = *o
	}
	if err := d.options.check(); err != nil {
		return nil, err
	}
	if err := checkSize("text", len(text), limit); err != nil {
		return nil, err
	}
	for i, r := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 {
			d.at = func() string { return position(text, i) }
			return nil, d.wrong("not UTF-8")
		}
	}
	return d, nil
}

// position is the place of a byte of the text.
func position(text string, offset int) string {
	before := text[:min(max(offset, 0), len(text))]
	line := strings.LastIndexByte(before, '\n') + 1
	return place(strings.Count(before, "\n")+1, utf8.RuneCountInString(before[line:])+1)
}

// place is how errors name a place in a text. Lines and columns count from 1.
func place(line, column int) string { return fmt.Sprintf("line %d, column %d", line, column) }

// wrong is an error at the current place in text and data.
func (d *decoder) wrong(format string, args ...any) error {
	var b strings.Builder
	for _, part := range []string{d.format, d.at(), bind.Path(d.path...)} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	return fmt.Errorf("%s%s", b.String(), fmt.Sprintf(format, args...))
}

// inside decodes what is one step below.
func (d *decoder) inside(step any, decode func() error) error {
	d.path = append(d.path, step)
	switch {
	case len(d.path) > maxDepth:
		return d.wrong("nested deeper than %d", maxDepth)
	case d.entries == maxEntries:
		return d.wrong("more than %d entries", maxEntries)
	}
	d.entries++
	if err := decode(); err != nil {
		return err
	}
	d.path = d.path[:len(d.path)-1]
	return nil
}

// dict and list are small at first: gopher-lua gives a new table room for 32 entries.
func (d *decoder) dict() *lua.LTable { return d.L.CreateTable(0, 1) }

func (d *decoder) list() *lua.LTable {
	list := d.L.CreateTable(1, 0)
	list.Metatable = arrayMark(d.L)
	return list
}

// set stores an entry of a map. A value of null is left out unless asked for, so
// duplicates are for the reader to find.
func (d *decoder) set(dict *lua.LTable, key string, value lua.LValue) {
	if value != d.null || d.options.Nulls {
		dict.RawSetString(key, value)
	}
}

// top is the value of the whole text.
func (d *decoder) top(value lua.LValue) lua.LValue {
	if value == d.null && !d.options.Nulls {
		return lua.LNil
	}
	return value
}

// integer takes one that fits an int64.
func (d *decoder) integer(n int64) (lua.LValue, error) {
	if n < -maxInteger || n > maxInteger {
		return d.bigInteger(fmt.Sprint(n))
	}
	return lua.LNumber(n), nil
}

// bigInteger takes one beyond 2^53.
func (d *decoder) bigInteger(text string) (lua.LValue, error) {
	if d.options.BigIntegers == "text" {
		return lua.LString(text), nil
	}
	return nil, d.wrong(`the integer %s would be rounded (big_integers = "text" gives it as text)`, text)
}

func (d *decoder) float(f float64) (lua.LValue, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, d.wrong("%v is no number for data", f)
	}
	return lua.LNumber(f), nil
}
