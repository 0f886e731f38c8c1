package vm_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// endless are scripts without an end. None of them may hold what a limit raises.
var endless = map[string]string{
	"loop":           `while true do end`,
	"pcall":          `while true do pcall(function() while true do end end) end`,
	"pcall of pcall": `local function f() pcall(f) pcall(f) end while true do f() end`,
	"xpcall":         `while true do xpcall(error, function() while true do end end) end`,
	"coroutine":      `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`,
	"wrap":           `while true do pcall(coroutine.wrap(function() while true do end end)) end`,
	"yield":          `local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do pcall(co) end`,
	"iterator":       `for _ in function() return 1 end do end`,
	"metamethod":     `local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end`,
	"tostring":       `local t = setmetatable({}, { __tostring = function() while true do end end }) while true do pcall(tostring, t) end`,
	"error object":   `error(setmetatable({}, { __tostring = function() while true do end end }))`,
	"sort":           `while true do pcall(table.sort, { 3, 1, 2 }, function() while true do end end) end`,
	"gsub":           `while true do pcall(string.gsub, "x", "x", function() while true do end end) end`,
	"load":           `while true do pcall(load, function() while true do end end) end`,
	"tail calls":     `local function f() return f() end while true do pcall(f) end`,
	"recursion":      `local function f() f() end while true do pcall(f) end`,
	"callback":       `while true do pcall(test.callback, function() while true do end end) end`,
	"task":           `test.spawn(function() while true do end end) while true do pcall(test.meet, "never") end`,
	"chain of tasks": `local function f() test.spawn(f) end f()`,
	"waiting":        `test.meet("never")`,
	"deferred":       `test.defer(function() while true do pcall(function() while true do end end) end end) while true do end`,
	"defers":         `local function f() test.defer(f) end f() while true do end`,
	"deferred early": `test.defer(function() while true do pcall(function() while true do end end) end end)`,
}

func TestTimeLimit(t *testing.T) {
	for name, source := range endless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, vm.Options{Limits: vm.Limits{Time: 50 * time.Millisecond}, Grace: 50 * time.Millisecond})
			begin := time.Now()
			err := s.run(`local test = require("test") ` + source)
			if !errors.Is(err, vm.ErrLimit) || err.Error() != "the script has run for longer than 50ms" {
				t.Errorf("ended with %v", err)
			}
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestStepLimit(t *testing.T) {
	for name, source := range endless {
		if name == "waiting" { // takes no steps
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, vm.Options{Limits: vm.Limits{Steps: 100_000}, Grace: time.Minute})
			err := s.run(`local test = require("test") ` + source)
			if !errors.Is(err, vm.ErrLimit) || err.Error() != "the script has taken more than 100000 steps" {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// hungry are scripts that take memory without an end.
var hungry = map[string]string{
	"list":       `local t = {} for i = 1, 1e9 do t[i] = i end`,
	"lists":      `local t = {} for i = 1, 1e9 do t[i] = { i } end`,
	"hash":       `local t = {} for i = 1, 1e9 do t["key " .. i] = true end`,
	"text":       `local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e5) end`,
	"pcall":      `local t = {} while true do pcall(function() for i = 1, 1e9 do t[#t + 1] = { i } end end) end`,
	"closures":   `local t = {} for i = 1, 1e9 do t = { f = function() return t, i end, t = t } end`,
	"coroutines": `local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end`,
	"hidden":     `local function f(...) local a = { ... } a[#a + 1] = ("x"):rep(1e4) return f(a) end f()`,
	"upvalues":   `local t, f = {} for i = 1, 1e9 do local s, g = ("x"):rep(1e4), f f = function() return s, g end end`,
	"tasks":      `for i = 1, 1e9 do test.spawn(function(s) test.meet("never") return s end, ("x"):rep(1e3)) end`,
	"globals":    `for i = 1, 1e9 do _G["global " .. i] = {} end`,
	"deferred":   `test.defer(function() local t = {} for i = 1, 1e9 do t[i] = { i } end end)`,
}

func TestMemoryLimit(t *testing.T) {
	for name, source := range hungry { // one by one: the heap is the process's
		t.Run(name, func(t *testing.T) {
			s := newScript(t, vm.Options{Limits: vm.Limits{Memory: 8 << 20, Time: 60 * time.Second}})
			err := s.run(`local test = require("test") ` + source)
			if !errors.Is(err, vm.ErrLimit) || !strings.HasSuffix(err.Error(), "the script holds more than 8388608 bytes of memory") {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// A script with a limit is not ended for what others hold, and neither for what
// it has let go.
func TestMemoryOfOthers(t *testing.T) {
	s := newScript(t, vm.Options{Limits: vm.Limits{Memory: 16 << 20}})
	var others [][]byte
	s.Preload("others", func(*lua.LState) int {
		for range 64 {
			others = append(others, make([]byte, 1<<20))
		}
		return 0
	})
	err := s.run(`
		require("others")
		for i = 1, 1e5 do local t = { ("x"):rep(1000) } end`)
	if err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(others)
}

// A script that keeps to its limits does not notice them, and what is counted
// begins anew with the next.
func TestWithinLimits(t *testing.T) {
	s := newScript(t, vm.Options{Limits: vm.Limits{Time: time.Minute, Steps: 10_000, Memory: 64 << 20}})
	for range 5 {
		if err := s.run(`for i = 1, 3000 do local x = i end print(pcall(error, "mine"))`); err != nil {
			t.Fatal(err)
		}
	}
	s.printed(t, strings.TrimSuffix(strings.Repeat("false\tmine\n", 5), "\n"))
}

// After a limit what is deferred and callbacks that clean up still run.
func TestReserve(t *testing.T) {
	for name, limits := range map[string]vm.Limits{
		"time":  {Time: 20 * time.Millisecond},
		"steps": {Steps: 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, vm.Options{Limits: limits})
			err := s.run(`
				local test = require("test")
				test.defer(function()
					print("deferred", test.callback(function() return "callback" end))
				end)
				local function spin()
					while true do end
				end
				pcall(spin)`)
			var script *vm.ScriptError
			if !errors.Is(err, vm.ErrLimit) || !errors.As(err, &script) {
				t.Fatalf("ended with %v", err)
			}
			if script.Where != "script:7" || !strings.Contains(script.Traceback, "script:7: in ") {
				t.Errorf("met at %q\n%s", script.Where, script.Traceback)
			}
			s.printed(t, "deferred\tcallback")
			if err := s.run(`print("not reached")`); !errors.Is(err, vm.ErrLimit) {
				t.Errorf("the next script ended with %v", err)
			}
		})
	}
}
