//go:build linux && cgo

package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/luabind"
)

// misdeeds is the table of Lua hooks that misbehave, as drivertest has one of Go
// hooks. says is what the error tells in pre_start, start and post_stop, after the
// file and the line of the hook; where it is "" the hook does not fail.
var misdeeds = []struct {
	name, lua string
	says      [3]string
	ends      string // how it ends what has not ended: "container" or "script"
}{
	{"raises", `error("not today")`, everywhere("not today"), ""},
	{"never returns", `task.sleep(1000)`, everywhere("deadline"), ""},
	{"waits for itself", `driver:wait(info.id)`, everywhere("busy"), ""},
	{"panics in Go", `test.panic()`, everywhere("boom"), "script"},
	{"ends the script", `os.exit(4)`, [3]string{}, "script"},
	{"ends the script behind pcall", `pcall(os.exit, 4)`, [3]string{}, "script"},
	{"kills the init", `driver:kill(info.id, "KILL")`, [3]string{"", "", "not running"}, "container"},
	{"terminates its container", `driver:terminate(info.id)`, [3]string{"", "", "not running"}, "container"},
	{"uses up the memory", `test.wanted(driver:exec(info.id, { "/bin/tail", "/dev/zero" }).signal, "KILL")`, [3]string{"busy", "", "not running"}, ""},
	{"leaves a process", `driver:exec_start(info.id, { "/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done" })`, [3]string{"busy", "", "not running"}, ""},
	{"leaves a container", `driver:start(sh("trap '' TERM; while :; do sleep 1; done", { stop_grace = "50ms" }))`, [3]string{}, ""},
}

func everywhere(text string) [3]string { return [3]string{text, text, text} }

var stages = []driver.Stage{driver.StagePreStart, driver.StageStart, driver.StagePostStop}

// The misdeed is on line 4, in the second hook of its stage: the first is the driver's.
const misbehaving = `
	driver:hook("%[1]s", function() test.begin() end)
	local done = false local hooks = { %[1]s = function(_, _, info)
%[2]s
	done = true end }
	local function count(_, _, info) print("post_stop", info.exit_code) end
	hooks.post_stop = { hooks.post_stop or count, hooks.post_stop and count }
	local function input() -- ends when the hook has returned
		while not done and "%[1]s" == "start" do task.sleep(0.01) end
	end
	local cmd = sh("read line; exit 6", { id = "box", resources = { memory = "64m" } })
	return driver:run(cmd, { hook_timeout = "%[3]s", timeout = "1m", stdin = input }, hooks).exit_code`

func TestHooksThatMisbehave(t *testing.T) {
	nothingLeft(t)
	for _, m := range misdeeds {
		for column, stage := range stages {
			t.Run(m.name+"/"+string(stage), func(t *testing.T) {
				h := newHost(t)
				begun := h.publishTest(t)
				timeout := 20 * time.Second
				if m.name == "never returns" {
					timeout = 100 * time.Millisecond
				}
				failed := h.hookFailed()
				code, err := h.run(fmt.Sprintf(misbehaving, stage, m.lua, timeout))
				says := m.says[column]
				if says != "" {
					wantHook(t, err, stage, says, m.ends == "script")
				}
				if at := failed(); m.name == "never returns" && !at.IsZero() {
					wantKept(t, at.Sub(<-begun), timeout)
				}
				switch {
				case says != "":
				case m.ends == "script":
					if code != 4 || err != nil {
						t.Errorf("code %d, %v; want 4", code, err)
					}
				case m.ends == "container" && stage == driver.StagePreStart:
					if err == nil {
						t.Error("no error, though nothing can have run")
					}
				case m.ends == "container" && (code != 137 || err != nil), m.ends == "" && (code != 6 || err != nil):
					t.Errorf("code %d, %v", code, err)
				}
				if n := strings.Count(h.out.String(), "post_stop\t"); n != 1 {
					t.Errorf("the post_stop hook ran %d times, want once; printed %q", n, h.out)
				}
			})
		}
	}
}

// publishTest gives scripts the module "test"; the channel tells when it began.
func (h *host) publishTest(t *testing.T) (begun chan time.Time) {
	t.Helper()
	begun = make(chan time.Time, 1)
	err := h.Publish("test",
		luabind.Func{Name: "begin", Fn: func() {
			select {
			case begun <- time.Now():
			default: // for another container
			}
		}},
		luabind.Func{Name: "panic", Fn: func() { panic("boom") }},
		luabind.Func{Name: "wanted", Fn: func(got, want string) {
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return begun
}

// wantHook wants an error that names the second hook of a stage, and line 4.
func wantHook(t *testing.T, err error, stage driver.Stage, says string, panicked bool) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "e2e.lua:4: ") || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v; want one that says e2e.lua:4 and %q", err, says)
	}
	var hook *driver.HookError
	if panicked { // a fault of the host's: it ends the script where it is
		return
	}
	if !errors.As(err, &hook) || hook.Stage != stage || hook.Index != 1 || hook.ID != "box" {
		t.Errorf("got %v; want it from %s hook 2 of box", err, stage)
	}
}

// wantKept: the promise is 100 ms; a machine that is busy with containers gets some more.
func wantKept(t *testing.T, took, deadline time.Duration) {
	t.Helper()
	const promise, busy = 100 * time.Millisecond, 900 * time.Millisecond
	if took < deadline/2 || took > deadline+promise+busy {
		t.Errorf("given up after %v; its deadline was %v", took, deadline)
	}
}

// hookFailed tells when the first hook has failed since.
func (h *host) hookFailed() (at func() time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	events := h.engine.Events(ctx)
	return func() time.Time {
		defer cancel()
		for e := range events {
			switch e.Kind {
			case driver.EventHookFailed:
				return e.Time
			case driver.EventRemoved:
				return time.Time{}
			}
		}
		return time.Time{}
	}
}

// What a hook may call on its own container, from a script.
const ownVerbs = `
	local function drain(iterator) for _ in iterator do end end
	local calls = {
		stats = function(id) driver:stats(id) end,
		find = function(id) assert(#driver:find { id = id } == 1) end,
		logs = function(id) drain(driver:logs(id)) end,
		events = function() driver:events() end,
		pids = function(id) driver:get_pids_for_container(id) end,
		kill = function(id) driver:kill(id, 0) end,
		signal_all = function(id) driver:signal_all(id, 0) end,
		update = function(id) driver:update(id, { pids = 1000 }) end,
		exec = function(id) driver:exec(id, { "/bin/true" }) end,
		pause = function(id) driver:pause(id) end,
		unpause = function(id) driver:unpause(id) end,
		attach = function(id) driver:attach(id) end,
		wait = function(id) driver:wait(id) end,
		stop = function(id) driver:stop(id) end,
		run = function(id) driver:run(sh("true", { id = id })) end,
		clean = function(id) driver:clean(id) end,
	}
	driver:run(sh(%q, { id = "box" }), {}, { %s = function(_, _, info)
		for _, verb in ipairs { %s } do
			local ok, err = pcall(calls[verb], info.id)
			print(verb, ok and "" or err.code or err)
		end
		if info.stage == "start" then driver:kill(info.id, "KILL") end
	end })`

func TestVerbsOnTheOwnContainer(t *testing.T) {
	nothingLeft(t)
	for column, stage := range stages {
		t.Run(string(stage), func(t *testing.T) {
			var names []string
			want := ""
			for _, v := range drivertest.HookVerbs {
				if !v.Ends {
					names = append(names, fmt.Sprintf("%q", v.Verb))
					want += v.Verb + "\t" + v.Code[column] + "\n"
				}
			}
			program := "exit 0"
			if stage == driver.StageStart {
				program = "sleep 1000"
			}
			h := newHost(t)
			if _, err := h.run(fmt.Sprintf(ownVerbs, program, stage, strings.Join(names, ", "))); err != nil {
				t.Error(err)
			}
			h.wantPrinted(t, want)
		})
	}
	if !slices.ContainsFunc(drivertest.HookVerbs, func(v drivertest.HookVerb) bool { return v.Ends }) {
		t.Error("the table has lost the verbs that end a container")
	}
}
