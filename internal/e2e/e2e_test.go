//go:build linux && cgo

// Package e2e holds the tests that go all the way: a script, the VM, the native
// engine, the kernel.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/internal/testenv"
	"github.com/execlua/execlua/luabind"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// host is a VM with the native engine. The root directory for containers is the
// script's first argument.
type host struct {
	*luabind.VM
	engine *native.Driver
	out    *bytes.Buffer
}

func newHost(t *testing.T) *host {
	t.Helper()
	root := t.TempDir()
	h := &host{out: &bytes.Buffer{}}
	var err error
	if h.engine, err = native.New(native.Options{Root: root}); err != nil {
		t.Fatal(err)
	}
	h.VM, err = luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{
			"native": func() (driver.Driver, error) { return h.engine, nil },
		},
		Args:   []string{testenv.Rootfs(t)},
		Stdout: h.out,
		Stderr: h.out,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return h
}

// prelude gives scripts sh(text, fields): a Command that runs a shell.
const prelude = `local rootfs = ... ` +
	`local driver, task = execlua.driver(), require("execlua.task") ` +
	`local function sh(text, fields) ` +
	`return execlua.command { rootfs = rootfs, process = { "/bin/sh", "-c", text } }:with(fields or {}) end`

func (h *host) run(script string) (int, error) {
	return h.RunString(context.Background(), "e2e.lua", prelude+script)
}

// nothingLeft fails the test for whatever it leaves behind. What an engine makes
// for good is made first.
func nothingLeft(t *testing.T) {
	t.Helper()
	testenv.Root(t)
	warm := newHost(t)
	if _, err := warm.run(`
		local ready = {}
		for i = 1, 10 do ready[i] = sh("true") end
		task.map(ready, function(cmd) driver:run(cmd) end)`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(testenv.Leaks(t))
}

func (h *host) wantPrinted(t *testing.T, want string) {
	t.Helper()
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
}

// One container from all sides: limits, streams, hooks, exec.
func TestContainer(t *testing.T) {
	nothingLeft(t)
	h := newHost(t)
	code, err := h.run(`
		local pids, input = {}, { "a li", "ne\n" }
		local function stdin() -- not before the start hook is through
			while not pids.done do task.sleep("10ms") end
			return table.remove(input, 1)
		end
		local cmd = sh('echo "$0 in $(pwd) as $(id -un)"; read line; echo "got $line"; echo oops >&2; exit 3', {
			id = "box", hostname = "box", user = "app", working_dir = "/tmp",
			resources = { memory = "64m", pids = 32 },
		})
		local r = driver:run(cmd, { stdin = stdin, stdout = "capture", stderr = execlua.lines(function(line) print("stderr", line) end) }, {
			pre_start = function(process_config, pid, info) pids[1] = pid print("pre_start", process_config.entrypoint, info.command.hostname) end,
			start = function(_, pid)
				pids[2] = pid
				print("exec", driver:exec("box", { "/bin/hostname", user = "root" }, { stdout = "capture" }).stdout)
				local stats = driver:stats("box")
				print("stats", stats.memory_limit, stats.pids_limit, stats.pids > 0)
				pids.done = true
			end,
			post_stop = function(_, pid, info) pids[3] = pid print("post_stop", info.exit_code) end,
		})
		print(pids[1] == pids[2] and pids[2] == pids[3], driver:info("box").running)
		print(r.ok, r.exit_code, r.oom_killed, r.stdout)
		return r.exit_code`)
	if code != 3 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
	h.wantPrinted(t, `pre_start	/bin/sh	box
exec	box

stats	67108864	32	true
stderr	oops
post_stop	3
true	false
false	3	false	/bin/sh in /tmp as app
got a line

`)
}

func TestVeto(t *testing.T) {
	nothingLeft(t)
	h := newHost(t)
	code, err := h.run(`
		driver:run(sh("echo never", { id = "box", resources = { memory = "64m" } }), {}, {
			pre_start = function(process_config) error("no " .. process_config.entrypoint .. " here") end,
			post_stop = function(_, _, info) print(info.exit_code) end,
		})`)
	var hook *driver.HookError
	if code != 1 || !errors.As(err, &hook) || hook.Stage != driver.StagePreStart || !strings.Contains(err.Error(), "no /bin/sh here") {
		t.Errorf("code %d, %v", code, err)
	}
	h.wantPrinted(t, "-1\n")
}

func TestMemoryLimit(t *testing.T) {
	nothingLeft(t)
	h := newHost(t)
	if _, err := h.run(`
		local r = driver:run(sh("x=x; while :; do x=$x$x; done", { resources = { memory = "64m" } }), { timeout = "60s" })
		print(r.ok, r.timed_out, r.oom_killed, r.signal)`); err != nil {
		t.Error(err)
	}
	h.wantPrinted(t, "false\tfalse\ttrue\tKILL\n")
}

func TestFiftyRuns(t *testing.T) {
	nothingLeft(t)
	h := newHost(t)
	if _, err := h.run(`
		local codes, hooks = {}, 0
		for i = 1, 50 do codes[i] = i end
		driver:hook("pre_start", function() hooks = hooks + 1 end)
		local results = task.map(codes, { limit = 5 }, function(code)
			return driver:run(sh("echo " .. code .. "; exit " .. code), { stdout = "capture" })
		end)
		for code, r in ipairs(results) do
			assert(r.exit_code == code and r.stdout == code .. "\n", code)
		end
		print(#results, hooks)`); err != nil {
		t.Error(err)
	}
	h.wantPrinted(t, "50\t50\n")
}

// The programs hear of an interrupt, and PostStop hooks tell how they ended.
func TestInterrupt(t *testing.T) {
	nothingLeft(t)
	h := newHost(t)
	ready := make(chan struct{}, 2)
	if err := h.Publish("test", luabind.Func{Name: "ready", Fn: func(line string) { ready <- struct{}{} }}); err != nil {
		t.Fatal(err)
	}
	go func() {
		for range 2 {
			select {
			case <-ready:
			case <-time.After(20 * time.Second):
				t.Error("a container did not get ready")
			}
		}
		h.Interrupt(nil)
	}()
	code, err := h.run(`
		local cmd = sh("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
		local opts = { stdout = execlua.lines(test.ready) }
		local hooks = { post_stop = function(_, _, info) print(info.exit_code, info.stopped) end }
		driver:start(cmd, opts, hooks)
		driver:run(cmd, opts, hooks)
		print("went on")`)
	if code != 1 || !errors.Is(err, luabind.ErrInterrupted) {
		t.Errorf("code %d, %v", code, err)
	}
	h.wantPrinted(t, "7\ttrue\n7\ttrue\n")
}
