package stdlib_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// leaver leaves everything open that a script can leave open, and says what.
const leaver = `
	local fs, net, http, sh, task = require("execlua.fs"), require("execlua.net"), require("execlua.http"), require("execlua.sh"), require("execlua.task")
	local dir = fs.temp_dir()
	fs.write(dir .. "/file", "x")
	local file = io.open(dir .. "/file")
	local listener = net.listen("127.0.0.1:0")
	local connection = net.dial(listener.address)
	local accepted = listener:accept()
	local server = http.serve("127.0.0.1:0", function() task.sleep("1h") end)
	pcall(http.get, server.url, { timeout = "10ms" })
	local child = sh.start({ "sh", "-c", "sleep 1000 & sleep 1000" }, { stdout = "capture" })
	local stubborn = sh.start({ "sh", "-c", "trap '' TERM; echo ready; sleep 1000" }, { grace = "20ms", stdout = execlua.lines(function() end) })
	print(dir, child.pid, stubborn.pid)
	file, listener, connection, accepted, server = nil
`

// open counts the descriptors of this process.
func open(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// wantNothing fails for what the leaver has left.
func wantNothing(t *testing.T, printed string) {
	t.Helper()
	words := strings.Fields(printed)
	if len(words) != 3 {
		t.Fatalf("printed %q", printed)
	}
	if _, err := os.Stat(words[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary directory: %v", err)
	}
	for _, word := range words[1:] {
		for _, process := range members(word) {
			t.Errorf("process group %s has %s", word, process)
		}
	}
}

// members lists the processes of a group that run, see proc_pid_stat(5). A zombie
// is its parent's business.
func members(group string) (running []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file) // it may have ended
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) > 2 && f[2] == group && f[0] != "Z" {
			running = append(running, string(text))
		}
	}
	return running
}

// However a script ends, nothing of it stays: what goleak and the descriptors
// see included.
func TestNothingIsLeft(t *testing.T) {
	for _, row := range []struct {
		name, end string
		act       func(vm *luabind.VM)
	}{
		{"the end", ``, nil},
		{"an error", `error("on purpose")`, nil},
		{"exit", `os.exit(3)`, nil},
		{"exit in a task", `task.spawn(function() os.exit(3) end) task.sleep("1h")`, nil},
		{"interrupt", `sh.run { "sleep", "1000" }`, func(vm *luabind.VM) { vm.Interrupt(nil) }},
		{"kill", `sh.run({ "sh", "-c", "trap '' TERM; while :; do sleep 1; done" }, { grace = "1h" })`, func(vm *luabind.VM) {
			vm.Interrupt(nil)
			time.Sleep(50 * time.Millisecond)
			vm.Kill()
		}},
		{"close", `server:wait()`, func(vm *luabind.VM) { _ = vm.Close() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := open(t)
			var out bytes.Buffer
			vm, err := luabind.New(luabind.Options{Host: true, Stdout: &out, Grace: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			ready := make(chan struct{})
			if err := vm.Publish("test", luabind.Func{Name: "ready", Fn: func() { close(ready) }}); err != nil {
				t.Fatal(err)
			}
			if row.act != nil {
				go func() {
					<-ready
					time.Sleep(20 * time.Millisecond)
					row.act(vm)
				}()
			}
			begun := time.Now()
			_, err = vm.RunString(context.Background(), "leaver.lua", strings.Replace(leaver, "file, listener", "local _ = test.ready()\n file, listener", 1)+row.end)
			if took := time.Since(begun); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
			if errors.As(err, new(*luabind.Error)) != (row.name == "an error" || row.act != nil) {
				t.Errorf("ended with %v", err)
			}
			if err := vm.Close(); err != nil {
				t.Error(err)
			}
			wantNothing(t, out.String())
			for range 100 { // descriptors of connections are closed a moment later
				if open(t) <= before {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("%d descriptors, %d before", open(t), before)
		})
	}
}

// A temporary directory that cannot be removed is told: it is not gone.
func TestTempDirThatStays(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount")
	}
	base := t.TempDir()
	t.Setenv("TMPDIR", base)
	var dir string
	code, err := runOutside(t, "stays.lua", `
		local fs, sh = require("execlua.fs"), require("execlua.sh")
		local dir = fs.temp_dir("stays-")
		fs.mkdir(dir .. "/mount")
		sh.run({ "mount", "-t", "tmpfs", "none", dir .. "/mount" }, { check = true })`, nil)
	if names, _ := filepath.Glob(base + "/stays-*"); len(names) == 1 {
		dir = names[0]
	}
	if e := new(luabind.Error); code != 1 || !errors.As(err, &e) || e.Code != "busy" || !strings.Contains(err.Error(), dir) {
		t.Errorf("code %d, %v", code, err)
	}
	if err := syscall.Unmount(dir+"/mount", 0); err != nil {
		t.Error(err)
	}
}
