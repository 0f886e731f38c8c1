package bind_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

func TestCheck(t *testing.T) {
	one := []bind.Param{{Name: "a"}}
	for _, test := range []struct {
		f    bind.Func
		want string // "" if it fits
	}{
		{bind.Func{Name: "f", Params: one, Fn: func(context.Context, string) error { return nil }}, ""},
		{bind.Func{Name: "f", Params: one, Fn: func(*lua.LState, string) {}}, ""},
		{bind.Func{Name: "f", Params: one, Fn: func(...string) {}}, ""},
		{bind.Func{Name: "f", Params: one, Fn: func(*lua.LState) int { return 0 }}, ""},
		{bind.Func{Name: "f", Method: true, Fn: func(*engine) {}}, ""},
		{bind.Func{Name: "f", Params: one, Fn: func() {}}, "f: 1 parameters declared, the Go function takes 0"},
		{bind.Func{Name: "f", Method: true, Params: one, Fn: func(string) {}}, "f: 2 parameters declared, the Go function takes 1"},
		{bind.Func{Name: "f", Returns: []bind.Return{{}}, Fn: func() error { return nil }}, "f: 1 results declared, the Go function has 0"},
		{
			bind.Func{Name: "f", Params: []bind.Param{{Name: "a", Optional: true}, {Name: "b"}}, Fn: func(a, b int) {}},
			"f: b: a required parameter after an optional one",
		},
		{bind.Func{Name: "f", Params: []bind.Param{{}}, Fn: func(int) {}}, "f: parameter 1 has no name"},
		{bind.Func{Name: "f", Params: one, Fn: func(chan int) {}}, "f: parameter 1: scripts have no chan int"},
		{bind.Func{Name: "f"}, "f: a Go function expected, got <nil>"},
		{bind.Func{Name: "f g", Fn: func() {}}, `"f g" is no name for a function`},
	} {
		err := test.f.Check()
		if err == nil && test.want != "" || err != nil && err.Error() != test.want {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}

func TestCheckModule(t *testing.T) {
	f := bind.Func{Name: "f", Fn: func() {}}
	if err := (bind.Module{Name: "m", Funcs: []bind.Func{f}}).Check(); err != nil {
		t.Error(err)
	}
	err := bind.Module{Name: "m", Funcs: []bind.Func{f, f}}.Check()
	if err == nil || !strings.Contains(err.Error(), "f: declared twice") {
		t.Errorf("got %v", err)
	}
	err = bind.Class{Name: "c", Methods: []bind.Func{f}}.Check()
	if err == nil || !strings.Contains(err.Error(), "c.f: not declared as a method") {
		t.Errorf("got %v", err)
	}
	forgeable := bind.Func{Name: "h", Method: true, Fn: func(*device) {}}
	err = bind.Class{Name: "c", Methods: []bind.Func{forgeable}}.Check()
	if err == nil || !strings.Contains(err.Error(), "c.h: *bind_test.device is data, a script could forge it") {
		t.Errorf("got %v", err)
	}
	blocking := bind.Func{Name: "g", Method: true, Fn: func(context.Context, *engine) {}}
	err = bind.Class{Name: "c", Fields: []bind.Func{blocking}}.Check()
	if err == nil || !strings.Contains(err.Error(), "c.g: a field takes the object alone") {
		t.Errorf("got %v", err)
	}
}

func TestLuaType(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{"", "string"},
		{uint16(0), "integer"},
		{0.5, "number"},
		{true, "boolean"},
		{[]byte{}, "string"},
		{[]string{}, "string[]"},
		{[2]int{}, "integer[]"},
		{map[string]string{}, "table<string, string>"},
		{time.Second, "duration"},
		{time.Time{}, "number"},
		{&box{}, "box"},
		{[]*box{}, "box[]"},
		{&lua.LFunction{}, "function"},
		{&lua.LTable{}, "table"},
		{[]any{}, "any[]"},
		{ptr(1), "integer"},
	} {
		if got := bind.LuaType(reflect.TypeOf(test.v)); got != test.want {
			t.Errorf("%T: got %s, want %s", test.v, got, test.want)
		}
	}
}

func TestFields(t *testing.T) {
	type base struct {
		Code int `json:"code"`
	}
	type result struct {
		base
		Memory int64         `json:"memory" unit:"bytes"`
		Env    []string      `json:"env" form:"environ"`
		Hidden string        `json:"-"`
		Wait   time.Duration `json:"wait,omitempty" unit:"seconds"`
	}
	var got []string
	for _, f := range bind.Fields(reflect.TypeFor[result]()) {
		got = append(got, f.Name+":"+f.Type+":"+f.Unit)
	}
	want := "code:integer: memory:size:bytes env:table<string, string>: wait:duration:seconds"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s", got)
	}
}

func TestSuggest(t *testing.T) {
	names := []string{"memory", "memory_swap", "cpus", "id", "working_dir"}
	for name, want := range map[string]string{
		"memroy": "memory", "memory_swp": "memory_swap", "cpu": "cpus", "cpsu": "cpus", "workng_dirs": "working_dir",
		"name": "id", "mem_limit": "", "xy": "", "network": "", "": "", strings.Repeat("memory", 20): "",
	} {
		if got := bind.Suggest(name, names, words); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
