package luabind_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// A limit ends the script and removes its containers, and the VM runs nothing more.
func TestLimits(t *testing.T) {
	const start = `execlua.driver():start({ id = "box", image = "host", process = { "sleep", "infinity" } }) `
	for _, row := range []struct {
		name    string
		limits  luabind.Limits
		source  string
		message string
	}{
		{"time", luabind.Limits{Time: 50 * time.Millisecond}, `while true do pcall(function() while true do end end) end`, "the script has run for longer than 50ms"},
		{"time of a wait", luabind.Limits{Time: 50 * time.Millisecond}, `while true do pcall(execlua.driver().wait, execlua.driver(), "box") end`, "the script has run for longer than 50ms"},
		{"steps", luabind.Limits{Steps: 1e6}, `while true do end`, "the script has taken more than 1000000 steps"},
		{"memory", luabind.Limits{Memory: 16 << 20}, `local t = {} while true do t[#t + 1] = { #t } end`, "the script holds more than 16777216 bytes of memory"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := newHost(t, func(o *luabind.Options) { o.Limits = row.limits })
			_, err := h.run(start + "\n" + row.source)
			var failed *luabind.Error
			if !errors.Is(err, luabind.ErrLimit) || !errors.As(err, &failed) {
				t.Fatalf("ended with %v", err)
			}
			if failed.Code != "limit" || failed.Message != row.message || failed.File != "test.lua" || failed.Line != 2 {
				t.Errorf("got %+v", failed)
			}
			if state := h.engine.State("box"); state != "gone" {
				t.Errorf("the container is %s", state)
			}
			if _, err := h.run(`print("again")`); !errors.Is(err, luabind.ErrLimit) {
				t.Errorf("the next script ended with %v", err)
			}
		})
	}
}

// One container too many raises, and the script may go on.
func TestContainerLimit(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Limits.Containers = 2 })
	_, err := h.run(`
		local driver = execlua.driver()
		local cmd = { image = "host", process = { "sleep", "infinity" } }
		local first = driver:start(cmd)
		driver:start(cmd)
		for _, verb in ipairs { "start", "run" } do
			local ok, err = pcall(driver[verb], driver, cmd)
			assert(not ok and err.code == "limit" and err.message == "the script has 2 containers, and may not have more", err.message)
		end
		first:terminate()
		first:wait()
		driver:start(cmd)
		driver:start(cmd)`)
	var failed *luabind.Error
	if !errors.Is(err, luabind.ErrLimit) || !errors.As(err, &failed) || failed.Line != 13 {
		t.Errorf("ended with %v", err)
	}
}

func TestLimitOptions(t *testing.T) {
	for _, row := range []struct {
		options luabind.Options
		want    string
	}{
		{luabind.Options{Limits: luabind.Limits{Time: -1}}, "luabind: Limits.Time is negative: -1ns"},
		{luabind.Options{Limits: luabind.Limits{Containers: -1}}, "luabind: Limits.Containers is negative: -1"},
		{luabind.Options{Libraries: []string{"maths"}}, `luabind: no library "maths"`},
	} {
		if _, err := luabind.New(row.options); err == nil || !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("New: %v, want %s", err, row.want)
		}
	}
}

// The context of a restricted VM ends what never waits; see Options.Host.
func TestContextEndsLoops(t *testing.T) {
	h := newHost(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.RunString(ctx, "loop.lua", `while true do pcall(function() while true do end end) end`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

// Libraries that are not listed are not there, and the rest works.
func TestLibraries(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Libraries = []string{"string"} })
	if _, err := h.run(`
		for _, name in ipairs { "coroutine", "table", "math", "debug", "os", "io", "package", "require", "module" } do
			assert(_G[name] == nil, name)
		end
		assert(("x"):rep(3) == "xxx")
		execlua.driver():run({ image = "host", process = { "true" } }, {}, { start = function() pcall(error) end })`); err != nil {
		t.Error(err)
	}
}

// A traceback begins where the error was raised, and leads through tasks and hooks
// to the main chunk.
func TestTracebackAcrossTasksAndHooks(t *testing.T) {
	h := newHost(t, nil)
	_, err := h.run(`
		local task = require("execlua.task")
		local function check() error("not today") end
		local function deploy()
			execlua.driver():run({ image = "host", process = { "true" } }, {}, {
				pre_start = function() check() end,
			})
		end
		local t = task.spawn(function() deploy() end)
		task.map({ 1 }, function() t:wait() end)`)
	var failed *luabind.Error
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	at := 0
	for _, line := range []string{
		"stack traceback:", "test.lua:3: in function 'check'", "test.lua:6: in ", "(called by)",
		"test.lua:5: in function 'deploy'", "test.lua:9: in ", "(spawned by)\n\ttest.lua:9: in main chunk", "(waited for by)", "test.lua:10: in ", "(spawned by)\n\ttest.lua:10: in main chunk", "(waited for by)", "test.lua:10: in main chunk",
	} {
		found := strings.Index(failed.Traceback[at:], line)
		if found < 0 {
			t.Fatalf("%q is not in its place in\n%s", line, failed.Traceback)
		}
		at += found + len(line)
	}
	if failed.Line != 5 || failed.Stage != "pre_start" {
		t.Errorf("got %+v", failed)
	}
}

// A chain of tasks that spawn each other is bounded.
func TestTracebackOfSpawnedTasks(t *testing.T) {
	h := newHost(t, nil)
	_, err := h.run(`
		local task = require("execlua.task")
		local function follow(n)
			if n == 0 then error("the last") end
			task.spawn(follow, n - 1)
		end
		follow(100)`)
	var failed *luabind.Error
	if !errors.As(err, &failed) || strings.Count(failed.Traceback, "(spawned by)\n\ttest.lua:5: in function <test.lua:3>") != 8 {
		t.Errorf("%v\n%s", err, failed.Traceback)
	}
}

// Limits that are metered together count what several scripts have taken.
func TestMeter(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Limits.Steps = 1e6 })
	const half = `for _ = 1, 2e5 do end`
	for range 4 { // each for itself
		if _, err := h.run(half); err != nil {
			t.Fatal(err)
		}
	}
	stop := h.Meter()
	defer stop()
	var err error
	for range 10 {
		if _, err = h.run(half); err != nil {
			break
		}
	}
	if !errors.Is(err, luabind.ErrLimit) {
		t.Errorf("ended with %v", err)
	}
}
