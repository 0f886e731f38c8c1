package vm

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestInspect(t *testing.T) {
	long := strings.Repeat("x", 30)
	for source, want := range map[string]string{
		`nil`:                        "nil",
		`1.5`:                        "1.5",
		`"as it\nis"`:                "as it\nis",
		`{}`:                         "{}",
		`{ 1, "two", { 3 } }`:        `{ 1, "two", { 3 } }`,
		`{ b = 1, a = 2, 3 }`:        "{ 3, a = 2, b = 1 }",
		`{ ["a b"] = 1, ["end"]=2 }`: `{ ["a b"] = 1, ["end"] = 2 }`,
		`{ [3] = 1, [0.5] = 2, [true] = 3, [-1] = 4 }`:                                                            "{ [3] = 1, [-1] = 4, [0.5] = 2, [true] = 3 }",
		`(function() local t = {}; t.me = t; return t end)()`:                                                     "{ me = { itself } }",
		`{ { { { { deep = 1 } } } } }`:                                                                            "{ { { { { … } } } } }",
		`setmetatable({}, { __tostring = function() return "mine" end })`:                                         "mine",
		`{ "` + long + `", "` + long + `", a = { "` + long + `", "` + long + `", "y" } }`:                         "{\n  \"" + long + "\",\n  \"" + long + "\",\n  a = { \"" + long + "\", \"" + long + "\", \"y\" }\n}",
		`setmetatable({}, { __pairs = function() return function(_, k) return not k and "k" or nil, 1 end end })`: "{ k = 1 }",
	} {
		if got := inspected(t, source); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", source, got, want)
		}
	}
	if got := inspected(t, `(function() local t = {} for i = 1, 1e5 do t[i] = i end return t end)()`); !strings.HasSuffix(got, "… (99950 more)\n}") {
		t.Errorf("a long list: %s", got)
	}
	for name, source := range map[string]string{
		"text":            `("x"):rep(1e7)`,
		"texts in tables": `(function() local t = {} for i = 1, 50 do t[i] = { ("x"):rep(1e5), ("y"):rep(1e5) } end return t end)()`,
		"endless pairs":   `setmetatable({}, { __pairs = function() return function(_, k) return (k or 0) + 1, ("z"):rep(100) end end })`,
	} {
		if got := inspected(t, source); len(got) > 4*inspectText {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

func inspected(t *testing.T, source string) (text string) {
	t.Helper()
	v := New(Options{})
	defer v.Close()
	err := v.Run(t.Context(), "inspect", func(L *lua.LState) error {
		fn, err := v.Load(L, strings.NewReader("return "+source), "inspect")
		if err != nil {
			return err
		}
		L.Push(fn)
		L.Call(0, 1)
		text = v.Inspect(L, L.Get(-1))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return text
}
