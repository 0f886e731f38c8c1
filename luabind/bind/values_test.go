package bind_test

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

func TestSizesAndResults(t *testing.T) {
	v := newVM(t)
	v.publish(t, bind.Func{Name: "size", Params: []bind.Param{{Name: "size"}}, Fn: func(size bind.Size) bind.Size { return size }})
	v.publish(t, bind.Func{Name: "none", Fn: func() (bind.Results, error) { return nil, nil }})
	v.publish(t, bind.Func{Name: "pair", Fn: func() bind.Results { return bind.Results{lua.LNumber(1), lua.LNil} }})
	v.check(t, `
		size("64m")              --> 67108864
		size(5)                  --> 5
		size("max")              --> -1
		size("lots")             --! bad argument #1 to "size" (size): "lots" is no size
		size({})                 --! bad argument #1 to "size" (size): size expected, got table
		select("#", none())      --> 0
		select("#", pair())      --> 2
		pair()                   --> 1
	`)
}

func TestModuleValues(t *testing.T) {
	v := newVM(t)
	one := bind.Value{Name: "one", Type: "integer", Make: func(*lua.LState) lua.LValue { return lua.LNumber(1) }}
	table, err := v.Module(v.LState, bind.Module{Name: "m", Values: []bind.Value{one}})
	if err != nil || table.RawGetString("one") != lua.LNumber(1) {
		t.Errorf("got %v, %v", table, err)
	}
	for _, row := range []struct {
		module bind.Module
		want   string
	}{
		{bind.Module{Name: "m", Values: []bind.Value{one, one}}, "one: declared twice"},
		{bind.Module{Name: "m", Values: []bind.Value{one}, Funcs: []bind.Func{{Name: "one", Fn: func() {}}}}, "one: declared twice"},
		{bind.Module{Name: "m", Values: []bind.Value{{Name: "x", Type: "any"}}}, "a value needs a name, a type and what makes it"},
	} {
		if err := row.module.Check(); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}

func TestPath(t *testing.T) {
	for want, steps := range map[string][]any{
		"":                  nil,
		"mounts[2].source":  {"mounts", 2, "source"},
		`labels["a b"][1]`:  {"labels", "a b", 1},
		`[1].x`:             {1, "x"},
		`servers[1][2].end`: {"servers", 1, 2, "end"},
	} {
		if got := bind.Path(steps...); got != want {
			t.Errorf("Path(%q) = %s, want %s", steps, got, want)
		}
	}
}
