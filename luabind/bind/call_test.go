package bind_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

type runOptions struct {
	Stdout  string        `json:"stdout"`
	Timeout time.Duration `json:"timeout"`
	Data    lua.LValue    `json:"data"`
}

func TestCall(t *testing.T) {
	v := newVM(t)
	for _, f := range []bind.Func{
		{Name: "add", Params: []bind.Param{{Name: "a"}, {Name: "b"}}, Fn: func(a, b int) int { return a + b }},
		{
			Name: "greet", Params: []bind.Param{{Name: "name"}, {Name: "times", Optional: true}},
			Fn: func(name string, times *int) string {
				if times == nil {
					return name
				}
				return strings.Repeat(name, *times)
			},
		},
		{
			Name: "join", Params: []bind.Param{{Name: "sep"}, {Name: "words"}},
			Fn: func(sep string, words ...string) string { return strings.Join(words, sep) },
		},
		{
			Name: "run", Params: []bind.Param{{Name: "argv"}, {Name: "opts", Optional: true}},
			Fn: func(_ context.Context, argv []string, opts runOptions) (string, time.Duration, error) {
				if v.locked {
					t.Error("a function with a context runs with the lock held")
				}
				return strings.Join(argv, " "), opts.Timeout, nil
			},
		},
		{Name: "length", Params: []bind.Param{{Name: "list"}}, Fn: func(L *lua.LState, list *lua.LTable) int {
			if !v.locked {
				t.Error("a function with the state runs without the lock")
			}
			return L.ObjLen(list)
		}},
		{Name: "kind", Params: []bind.Param{{Name: "value", Optional: true}}, Fn: func(v lua.LValue) string { return v.Type().String() }},
		{Name: "fail", Fn: func() error { return os.ErrNotExist }},
		{Name: "fail_blocking", Fn: func(context.Context) (int, error) { return 0, os.ErrClosed }},
		{Name: "crash", Fn: func(context.Context) { panic("out of cheese") }},
		{Name: "crash_locked", Fn: func() { panic("out of cheese") }},
		{Name: "crash_raw", Fn: func(*lua.LState) int { panic("out of cheese") }},
		{Name: "raw", Fn: func(L *lua.LState) int { L.RaiseError("my own words"); return 0 }},
		{Name: "call", Params: []bind.Param{{Name: "f"}}, Fn: func(L *lua.LState, f *lua.LFunction) { L.Push(f); L.Call(0, 0) }},
	} {
		v.publish(t, f)
	}
	v.check(t, `
		add(1, 2)                                 --> 3
		add(1)                                    --! bad argument #2 to "add" (b): integer expected, got no value
		add(1, nil)                               --! bad argument #2 to "add" (b): integer expected, got nil
		add(1, "2")                               --! bad argument #2 to "add" (b): integer expected, got string
		add(1, 2, 3)                              --! bad argument #3 to "add": no more than 2 expected
		add(1, 2, nil)                            --> 3
		greet("ab", 2)                            --> abab
		greet("ab")                               --> ab
		greet("ab", nil)                          --> ab
		join("-")                                 -->
		join("-", "a", "b", "c")                  --> a-b-c
		join("-", "a", "b", {})                   --! bad argument #4 to "join" (words): string expected, got table
		select("#", run({"sleep", 1}))            --> 2
		select(2, run({"a"}, {timeout = "500ms"}))--> 0.5
		run("a")                                  --! bad argument #1 to "run" (argv): list expected, got string
		run({"a"}, {stdout = {}})                 --! bad argument #2 to "run" (opts.stdout): string expected, got table
		run({"a"}, {stdou = 1})                   --! bad argument #2 to "run" (opts): no field "stdou" in opts (did you mean "stdout"?)
		length({1, 2, 3})                         --> 3
		length("abc")                             --! bad argument #1 to "length" (list): table expected, got string
		kind()                                    --> nil
		kind({})                                  --> table
		fail()                                    --! file does not exist
		fail_blocking()                           --! file already closed
		crash()                                   --! panic in crash: out of cheese
		crash_locked()                            --! panic in crash_locked: out of cheese
		crash_raw()                               --! panic in crash_raw: out of cheese
		raw()                                     --! my own words
		call(function() error("inner") end)       --! inner
	`)
	if !v.locked {
		t.Error("the lock is not held after a panic")
	}
}

// The error that is raised is the error that Go code finds again.
func TestRaisedErrorsKeepTheirType(t *testing.T) {
	v := newVM(t)
	v.publish(t, bind.Func{Name: "f", Params: []bind.Param{{Name: "n"}}, Fn: func(n int) error {
		if n == 0 {
			panic(os.ErrPermission)
		}
		return os.ErrNotExist
	}})
	for script, as := range map[string]func(error) bool{
		`f(1)`: func(err error) bool { return errors.Is(err, os.ErrNotExist) && !bind.Misused(err) },
		`f("x")`: func(err error) bool {
			var a *bind.ArgError
			return errors.As(err, &a) && a.Index == 1 && bind.Misused(err)
		},
		`f(0)`: func(err error) bool {
			var p *bind.PanicError
			return errors.As(err, &p) && errors.Is(err, os.ErrPermission) && strings.Contains(string(p.Stack), "call_test.go")
		},
	} {
		if err := v.DoString(script); err == nil || !as(v.raised) {
			t.Errorf("%s raised %#v", script, v.raised)
		}
	}
}

type engine struct{ name string }

func (e *engine) String() string { return "engine " + e.name }

func TestClass(t *testing.T) {
	v := newVM(t)
	class := bind.Class{
		Name: "driver",
		Methods: []bind.Func{
			{
				Name: "run", Method: true, Params: []bind.Param{{Name: "id"}},
				Fn: func(_ context.Context, e *engine, id string) string { return e.name + " runs " + id },
			},
		},
		Fields: []bind.Func{{Name: "name", Method: true, Fn: func(e *engine) string { return e.name }}},
	}
	mt, err := v.Class(v.LState, class)
	if err != nil {
		t.Fatal(err)
	}
	v.SetGlobal("driver", &lua.LUserData{Value: &engine{"fake"}, Metatable: mt})
	v.check(t, `
		driver:run("web")       --> fake runs web
		driver.name             --> fake
		driver                  --> engine fake
		driver:run()            --! bad argument #1 to "run" (id): string expected, got no value
		driver.run("web", "x")  --! calling "run" without its object (write object:run(…)): engine expected, got string
		driver.run({}, "x")     --! calling "run" without its object (write object:run(…)): engine expected, got table
		driver.run(nil, "x")    --! calling "run" without its object (write object:run(…)): engine expected, got nil
		driver:runn("web")      --! no field "runn" in driver (did you mean "run"?)
		driver.name = "x"       --! driver: fields cannot be assigned
		getmetatable(driver)    --> false
	`)
}
