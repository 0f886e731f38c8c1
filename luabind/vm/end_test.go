package vm_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// script is a VM with the module "test" and what it has printed.
type script struct {
	*vm.VM
	out bytes.Buffer
}

func newScript(t *testing.T, o vm.Options) *script {
	s := &script{}
	o.Stdout = &s.out
	s.VM = vm.New(o)
	t.Cleanup(s.Close)
	preloadTestFunctions(s.VM)
	return s
}

func (s *script) run(source string) error { return s.Join(runText(s.VM, source, "script")) }

func (s *script) printed(t *testing.T, lines ...string) {
	t.Helper()
	if got := strings.TrimSuffix(s.out.String(), "\n"); got != strings.Join(lines, "\n") {
		t.Errorf("printed:\n%s\nwant:\n%s", got, strings.Join(lines, "\n"))
	}
}

// os.exit unwinds the script through every pcall, coroutine and task. Deferred
// functions run, and pcall works in them.
func TestExit(t *testing.T) {
	s := newScript(t, vm.Options{})
	err := s.run(`
		local test = require("test")
		local other = test.spawn(function()
			test.defer(function() print("the other task ends, too") end)
			test.meet("other waits")
			while true do pcall(test.meet, "nobody comes") end
		end)
		test.meet("other waits")
		test.defer(function()
			pcall(error, "caught")
			print("deferred")
		end)
		while true do
			xpcall(function()
				coroutine.wrap(function()
					while true do pcall(os.exit, 7) end
				end)()
			end, function() print("not reached") end)
		end`)
	var exit *vm.ExitError
	if !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("ended with %v", err)
	}
	for _, line := range []string{"deferred\n", "the other task ends, too\n"} { // in either order
		if !strings.Contains(s.out.String(), line) || strings.Contains(s.out.String(), "not reached") {
			t.Errorf("printed %q", s.out.String())
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, row := range []struct {
		call string
		code int
	}{
		{"os.exit()", 0},
		{"os.exit(true)", 0},
		{"os.exit(false)", 1},
		{"os.exit(42)", 42},
		{"require('test').wait(require('test').spawn(os.exit, 3))", 3},
		{"require('test').spawn(os.exit, 4) require('test').meet('never')", 4},
		{"pcall(require('test').callback, os.exit, 5)", 5},
	} {
		t.Run(row.call, func(t *testing.T) {
			var exit *vm.ExitError
			if err := newScript(t, vm.Options{}).run(row.call); !errors.As(err, &exit) || exit.Code != row.code {
				t.Errorf("ended with %v, want exit %d", err, row.code)
			}
		})
	}
}

// After an interrupt each blocking call of the script raises, except in deferred
// functions. A second interrupt ends those, too.
func TestInterrupt(t *testing.T) {
	interrupted := errors.New("interrupted by a test")
	s := newScript(t, vm.Options{Grace: time.Hour})
	s.Preload("interrupt", func(L *lua.LState) int {
		L.Push(L.NewFunction(func(*lua.LState) int { s.Interrupt(interrupted); return 0 }))
		return 1
	})
	err := s.run(`
		local test, interrupt = require("test"), require("interrupt")
		test.defer(function()
			interrupt()
			print("after the second interrupt", pcall(test.meet, "never"))
		end)
		test.defer(function()
			local helper = test.spawn(pcall, test.meet, "never")
			print("a new task", test.wait(helper))
		end)
		test.spawn(interrupt)
		print(pcall(test.meet, "never"))
		print(pcall(test.meet, "never"))
		test.meet("never")`)
	if err == nil || !strings.Contains(err.Error(), "interrupted by a test") {
		t.Errorf("ended with %v", err)
	}
	s.printed(t,
		"false\tinterrupted by a test",
		"false\tinterrupted by a test",
		"a new task\tfalse\tinterrupted by a test",
		"after the second interrupt\tfalse\tthe grace period is over")
}

func TestGrace(t *testing.T) {
	s := newScript(t, vm.Options{Grace: time.Millisecond})
	err := s.run(`
		local test = require("test")
		local t = test.spawn(function()
			test.defer(function() print(pcall(test.meet, "never")) end)
			print(pcall(test.meet_cleanup, "never"))
			test.meet("never")
		end)
		test.cancel(t)
		test.wait(t)`)
	if err == nil || !strings.Contains(err.Error(), "the task was cancelled") {
		t.Errorf("ended with %v", err)
	}
	s.printed(t, "false\tthe grace period is over", "false\tthe grace period is over")
}

// Callbacks follow their own context: what cleans up works after an interrupt.
func TestCallAfterInterrupt(t *testing.T) {
	s := newScript(t, vm.Options{})
	s.Preload("clean", func(L *lua.LState) int {
		hook := L.NewFunction(func(L *lua.LState) int {
			if err := vm.Block(L, func(ctx context.Context) error { return ctx.Err() }); err != nil {
				vm.Raise(L, err)
			}
			L.Push(lua.LString("cleaned"))
			return 1
		})
		_ = vm.BlockCleanup(L, func(ctx context.Context) error {
			return s.Call(context.WithoutCancel(ctx), hook, nil, func(L *lua.LState, results []lua.LValue) error {
				s.out.WriteString(results[0].String())
				return nil
			})
		})
		return 0
	})
	s.Interrupt(vm.ErrCancelled)
	if err := s.run(`require("clean")`); err != nil {
		t.Error(err)
	}
	s.printed(t, "cleaned")
}

// A failed task cancels the others at the end of the script, and its error is
// the script's. What a failed main task leaves running is cancelled, too.
func TestJoin(t *testing.T) {
	for _, row := range []struct{ name, source, want string }{
		{"all is well", `test.spawn(function() test.meet("x") end) test.spawn(function() test.meet("x") end)`, ""},
		{"a task fails", `test.spawn(function() test.meet("never") end) test.spawn(error, "task failed")`, "task failed"},
		{"a task that will not end", `test.spawn(function() while true do pcall(test.meet, "never") end end) error("main failed")`, "main failed"},
		{"main fails", `test.spawn(function() test.meet("never") end) error("main failed")`, "main failed"},
		{"a waited task fails", `local t = test.spawn(error, "mine") pcall(test.wait, t)`, ""},
		{"a cancelled task", `test.cancel(test.spawn(function() test.meet("never") end))`, ""},
		{"waited for after the end of main", `test.spawn(function()
			local t = test.spawn(error, "mine")
			test.spawn(function() test.meet("x") end)
			test.meet("x")
			pcall(test.wait, t)
		end)`, ""},
		{"left by a task that ended", `test.spawn(function() test.spawn(error, "orphan") end)
			test.spawn(function() test.meet("never") end)`, "orphan"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := newScript(t, vm.Options{}).run(`local test = require("test") ` + row.source)
			switch {
			case row.want == "" && err != nil:
				t.Errorf("failed: %v", err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
				t.Errorf("ended with %v, want %s", err, row.want)
			}
		})
	}
}

func TestClose(t *testing.T) {
	s := newScript(t, vm.Options{})
	blocked := make(chan struct{})
	s.Preload("block", func(L *lua.LState) int {
		err := vm.Block(L, func(ctx context.Context) error {
			close(blocked)
			<-ctx.Done()
			return nil // a call that takes no notice
		})
		vm.Raise(L, err)
		return 0
	})
	ended := make(chan error)
	go func() {
		ended <- s.run(`while true do pcall(require, "block") end`)
	}()
	<-blocked
	s.Close()
	s.Close()
	if err := <-ended; !errors.Is(err, vm.ErrClosed) {
		t.Errorf("the running script ended with %v", err)
	}
	if err := s.run(`print("runs")`); !errors.Is(err, vm.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// With Preempt the context ends loops that never block, also around a pcall.
func TestPreempt(t *testing.T) {
	for _, source := range []string{
		`while true do end`,
		`while true do pcall(function() while true do end end) end`,
		`coroutine.wrap(function() while true do end end)()`,
		`for _ in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end`,
		`table.sort({ 1, 2, 3 }, function() while true do end end)`,
		`local function f() return f() end while true do pcall(f) end`,
		`xpcall(error, function() while true do end end)`,
		`require("test").spawn(function() while true do end end) require("test").meet("never")`,
	} {
		t.Run(source, func(t *testing.T) {
			s := newScript(t, vm.Options{Preempt: true})
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s.Preload("cancel soon", func(*lua.LState) int {
				time.AfterFunc(5*time.Millisecond, cancel)
				return 0
			})
			err := s.Join(s.Run(ctx, "main", func(L *lua.LState) error {
				fn, err := s.Load(L, strings.NewReader(
					`require("test").defer(function() for i = 1, 100 do end print("deferred") end) require("cancel soon") `+source), "script")
				if err != nil {
					return err
				}
				L.Push(fn)
				L.Call(0, 0)
				return nil
			}))
			if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
				t.Errorf("ended with %v", err)
			}
			s.printed(t, "deferred")
		})
	}
}
