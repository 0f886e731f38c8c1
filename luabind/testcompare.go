package luabind

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// testOK is execlua.test.ok(value, message).
func (v *VM) testOK(L *lua.LState, value lua.LValue, message lua.LValue) error {
	if lua.LVAsBool(value) {
		return nil
	}
	return mismatch("got "+show(L, value), nil, message)
}

// testEqual is execlua.test.equal(got, want, message).
func (v *VM) testEqual(L *lua.LState, got, want lua.LValue, message lua.LValue) error {
	if L.Equal(got, want) {
		return nil
	}
	return mismatch(gotWant(L, got, want), nil, message)
}

// testSame is execlua.test.same(got, want, message).
func (v *VM) testSame(L *lua.LState, got, want lua.LValue, message lua.LValue) error {
	c := comparison{vm: v, state: L}
	c.compare("", got, want)
	if len(c.lines) == 0 {
		return nil
	}
	return mismatch("not the same:", c.lines, message)
}

// testError is execlua.test.error(fn, want).
func (v *VM) testError(L *lua.LState, fn *lua.LFunction, want lua.LValue) (lua.LValue, error) {
	_, err := vm.PCall(L, fn)
	var script *vm.ScriptError
	switch {
	case err == nil:
		return nil, errors.New("an error expected, none was raised")
	case !errors.As(err, &script):
		return nil, err
	}
	switch want := want.(type) {
	case *lua.LNilType:
	case lua.LString:
		if err := matchesPattern(script.Error(), string(want)); err != nil {
			return nil, err
		}
	case *lua.LTable:
		if lines := v.differingFields(L, script, want); len(lines) > 0 {
			return nil, mismatch("the error is another one: "+script.Error(), lines, lua.LNil)
		}
	default:
		return nil, &bind.FieldError{Path: "want", Message: "a pattern or a table of fields expected, got " + want.Type().String()}
	}
	return script.Value, nil
}

func matchesPattern(text, pattern string) error {
	found, err := pm.Find(pattern, []byte(text), 0, 1)
	if err != nil {
		return &bind.FieldError{Path: "want", Message: "as a pattern: " + err.Error()}
	}
	if len(found) == 0 {
		return mismatch(fmt.Sprintf("the error does not match %q: %s", pattern, text), nil, lua.LNil)
	}
	return nil
}

// differingFields compares an error value with the fields that it should have. A
// value that is only text has code and message, as if error() had been caught in Go.
func (v *VM) differingFields(L *lua.LState, script *vm.ScriptError, want *lua.LTable) []string {
	c := comparison{vm: v, state: L}
	for _, key := range sortedKeys(want) {
		var got lua.LValue
		switch value := script.Value.(type) {
		case *lua.LUserData, *lua.LTable:
			got = L.GetField(value, key.String())
		default:
			got = map[string]lua.LValue{"code": lua.LString("error"), "message": lua.LString(script.Error())}[key.String()]
		}
		if got == nil {
			got = lua.LNil
		}
		c.compare(within("", key), got, want.RawGet(key))
	}
	return c.lines
}

// mismatch is the failure of an assertion; message is the test's own.
func mismatch(text string, lines []string, message lua.LValue) error {
	const most = 20
	if len(lines) > most {
		lines = append(lines[:most:most], fmt.Sprintf("… and %d more", len(lines)-most))
	}
	for _, line := range lines {
		text += "\n  " + line
	}
	if own, ok := message.(lua.LString); ok {
		text = string(own) + ": " + text
	}
	return errors.New(text)
}

// comparison collects what two values differ in.
type comparison struct {
	vm    *VM
	state *lua.LState
	lines []string
	above [][2]*lua.LTable // what is being compared: tables may hold themselves
}

func (c *comparison) compare(path string, got, want lua.LValue) {
	got, want = c.vm.plain(c.state, got), c.vm.plain(c.state, want)
	a, isTable := got.(*lua.LTable)
	b, wantsTable := want.(*lua.LTable)
	if !isTable || !wantsTable {
		if got != want {
			c.differs(path, got, want)
		}
		return
	}
	pair := [2]*lua.LTable{a, b}
	if a == b || slices.Contains(c.above, pair) {
		return
	}
	c.above = append(c.above, pair)
	for _, key := range sortedKeys(a, b) {
		c.compare(within(path, key), a.RawGet(key), b.RawGet(key))
	}
	c.above = c.above[:len(c.above)-1]
}

func (c *comparison) differs(path string, got, want lua.LValue) {
	line := gotWant(c.state, got, want)
	if path != "" {
		line = path + ": " + line
	}
	c.lines = append(c.lines, line)
}

// plain makes a table of a record, or of what is below one.
func (v *VM) plain(L *lua.LState, value lua.LValue) lua.LValue {
	if _, ok := value.(*lua.LUserData); !ok {
		return value
	}
	var data any
	if err := v.binder.Decode(value, &data, ""); err != nil { // it is an object, without fields to compare
		return value
	}
	return bind.Encode(L, data)
}

// sortedKeys are the keys of several tables, each once: numbers, then text, then the rest.
func sortedKeys(tables ...*lua.LTable) []lua.LValue {
	var keys []lua.LValue
	seen := map[lua.LValue]bool{}
	for _, t := range tables {
		t.ForEach(func(key, _ lua.LValue) {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		})
	}
	rank := func(key lua.LValue) int {
		return slices.Index([]lua.LValueType{lua.LTNumber, lua.LTString}, key.Type()) & 3 // -1 becomes 3
	}
	slices.SortStableFunc(keys, func(a, b lua.LValue) int {
		na, _ := a.(lua.LNumber)
		nb, _ := b.(lua.LNumber)
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(na, nb), strings.Compare(keyText(a), keyText(b)))
	})
	return keys
}

func keyText(key lua.LValue) string {
	if text, ok := key.(lua.LString); ok {
		return string(text)
	}
	return ""
}

// within is the path of a key, as Lua writes it.
func within(path string, key lua.LValue) string {
	text, ok := key.(lua.LString)
	switch {
	case !ok:
		return path + "[" + key.String() + "]"
	case !isName(string(text)):
		return path + "[" + strconv.Quote(string(text)) + "]"
	case path == "":
		return string(text)
	}
	return path + "." + string(text)
}

func isName(text string) bool {
	for i, r := range text {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return text != ""
}

// gotWant tells two values apart. Of long texts it shows where they part.
func gotWant(L *lua.LState, got, want lua.LValue) string {
	a, isText := got.(lua.LString)
	b, wantsText := want.(lua.LString)
	same := 0
	if isText && wantsText {
		for same < min(len(a), len(b)) && a[same] == b[same] {
			same++
		}
	}
	const before = 40
	if same <= 2*before {
		return fmt.Sprintf("got %s, want %s", show(L, got), show(L, want))
	}
	return fmt.Sprintf("from byte %d on: got …%s, want …%s", same+1, show(L, a[same-before:]), show(L, b[same-before:]))
}

// show writes a value for a report, shortened.
func show(L *lua.LState, value lua.LValue) string {
	const most = 200
	text := showDeep(L, value, 0)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func showDeep(L *lua.LState, value lua.LValue, depth int) string {
	const deepest, widest = 3, 20
	table, ok := value.(*lua.LTable)
	switch {
	case value.Type() == lua.LTString:
		return strconv.Quote(value.String())
	case !ok:
		return L.ToStringMeta(value).String()
	case depth == deepest:
		return "{…}"
	}
	var parts []string
	for i, key := range sortedKeys(table) {
		if i == widest {
			parts = append(parts, "…")
			break
		}
		part := showDeep(L, table.RawGet(key), depth+1)
		if n, isNumber := key.(lua.LNumber); !isNumber || int(n) != i+1 {
			part = within("", key) + " = " + part
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
