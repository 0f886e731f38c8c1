package vm_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// errorValue is what an embedder may choose: a value that keeps the Go error.
func errorValue(L *lua.LState, err error) lua.LValue {
	value := L.NewUserData()
	value.Value = err
	value.Metatable = L.NewTable()
	value.Metatable.(*lua.LTable).RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(error).Error()))
		return 1
	}))
	return value
}

// A Go error goes through Lua and comes out as itself.
func TestGoErrorsSurvive(t *testing.T) {
	for _, source := range []string{
		`test.fail()`,
		`coroutine.wrap(test.fail)()`,
		`local ok, err = pcall(test.fail) error(err)`,
		`local ok, err = pcall(test.fail) assert(ok, err)`,
		`local ok, err = coroutine.resume(coroutine.create(test.fail)) error(err, 0)`,
		`test.wait(test.spawn(test.fail))`,
		`test.spawn(test.fail)`,
		`test.callback(test.fail)`,
		`test.defer(test.fail)`,
	} {
		t.Run(source, func(t *testing.T) {
			s := newScript(t, vm.Options{ErrorValue: errorValue})
			if err := s.run(`local test = require("test") ` + source); !errors.Is(err, errTest) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestScriptError(t *testing.T) {
	s := newScript(t, vm.Options{})
	for _, row := range []struct {
		name, source          string
		message, where, calls string
	}{
		{"error", "local function inner()\n error('broken')\nend\ninner()\n", "x.lua:2: broken", "x.lua:2", "\tx.lua:2: in function 'inner'\n\tx.lua:4: in main chunk"},
		{"a table", "error({})", "(error object is a table value)", "x.lua:1", "function 'error'"},
		{"a table with tostring", "error(setmetatable({}, { __tostring = function() return 'mine' end }))", "mine", "x.lua:1", ""},
		{"a tostring that fails", "error(setmetatable({}, { __tostring = error }))", "(error object is a table value)", "x.lua:1", ""},
		{"runtime error", "\n\nlocal x = nil + 1", "x.lua:3: cannot perform add operation between nil and number", "x.lua:3", ""},
		{"misuse", "\nos.time(1)", "x.lua:2: bad argument #1 to time (table expected, got number)", "x.lua:2", ""},
		{"syntax", "x = 1\nx = = 2", "x.lua:2: syntax error near '='", "x.lua:2", ""},
		{"shebang keeps lines", "#!/usr/bin/env execlua\nerror('here')", "x.lua:2: here", "x.lua:2", ""},
		{"stack overflow", "local function f() return 1 + f() end\nf()", "stack overflow", "x.lua:1", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var err *vm.ScriptError
			if !errors.As(runText(s.VM, row.source, "x.lua"), &err) {
				t.Fatal("no script error")
			}
			if err.Error() != row.message || err.Where != row.where || !strings.Contains(err.Traceback, row.calls) {
				t.Errorf("got %q at %q\n%s\nwant %q at %q", err, err.Where, err.Traceback, row.message, row.where)
			}
		})
	}
}

// The error of a callback is Go's, and the state is usable after it.
func TestCall(t *testing.T) {
	s := newScript(t, vm.Options{})
	var fn *lua.LFunction
	err := s.Run(context.Background(), "main", func(L *lua.LState) error {
		chunk, err := s.Load(L, strings.NewReader("return function(n) if n > 1 then error('too much') end return n + 1 end"), "hook")
		if err != nil {
			return err
		}
		L.Push(chunk)
		L.Call(0, 1)
		fn = L.CheckFunction(-1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[lua.LNumber]string{1: "", 2: "hook:1: too much"} {
		var result lua.LValue
		err := s.Call(context.Background(), fn,
			func(*lua.LState) []lua.LValue { return []lua.LValue{n} },
			func(_ *lua.LState, results []lua.LValue) error { result = results[0]; return nil })
		switch {
		case want == "" && (err != nil || result != n+1):
			t.Errorf("%v: got %v, %v", n, result, err)
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%v: got %v, %v", n, result, err)
		}
	}
	wrong := errors.New("wrong result")
	if err := s.Call(context.Background(), fn, func(*lua.LState) []lua.LValue { return []lua.LValue{lua.LNumber(0)} },
		func(*lua.LState, []lua.LValue) error { return wrong }); err != wrong {
		t.Errorf("got %v", err)
	}
}

// Callbacks that call back without end stop before the Go stack does.
func TestCallbacksWithoutEnd(t *testing.T) {
	s := newScript(t, vm.Options{})
	err := s.run(`
		local test = require("test")
		local function hook() return test.callback(hook) end
		hook()`)
	if err == nil || !strings.Contains(err.Error(), "stack overflow (64 nested") {
		t.Errorf("ended with %v", err)
	}
}

func TestPCall(t *testing.T) {
	s := newScript(t, vm.Options{ErrorValue: errorValue})
	s.Preload("retry", func(L *lua.LState) int {
		L.Push(L.NewFunction(func(L *lua.LState) int {
			for range 2 {
				if results, err := vm.PCall(L, L.CheckFunction(1), lua.LNumber(5)); err == nil {
					L.Push(results[0])
				} else if errors.Is(err, errTest) {
					continue
				}
				return 1
			}
			return 0
		}))
		return 1
	})
	err := s.run(`
		local n, retry = 0, require("retry")
		print(retry(function(x)
			n = n + x
			if n < 10 then require("test").fail() end
			return n
		end))`)
	if err != nil {
		t.Error(err)
	}
	s.printed(t, "10")
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A write to a standard stream that fails is raised, as the Go error.
func TestBrokenPipe(t *testing.T) {
	for _, source := range []string{`print("x")`, `io.write("x")`, `io.stdout:write("x")`} {
		v := vm.New(vm.Options{Stdout: brokenPipe{}, Host: true, ErrorValue: errorValue})
		if err := runText(v, source, "script"); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: ended with %v", source, err)
		}
		v.Close()
	}
}

// A read of stdin that is given up loses nothing, and other tasks run meanwhile.
func TestStdin(t *testing.T) {
	r, w := io.Pipe()
	s := newScript(t, vm.Options{Stdin: r, Host: true})
	s.Preload("send", func(L *lua.LState) int {
		_ = vm.Block(L, func(context.Context) error {
			_, err := io.WriteString(w, "a line\n")
			return err
		})
		return 0
	})
	err := s.run(`
		local test = require("test")
		local reader = test.spawn(function() return io.read() end)
		local second = test.spawn(function() test.meet("here") end)
		test.meet("here")
		test.cancel(reader)
		print(pcall(test.wait, reader))
		local again = test.spawn(io.read)
		require("send")
		print(test.wait(again))`)
	if err != nil {
		t.Error(err)
	}
	s.printed(t, "false\tscript:3: the task was cancelled", "a line")
}
