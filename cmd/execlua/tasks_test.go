//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What the tasks of a script cost while they wait: at most 16 KiB, goroutine's
// stack and Lua thread together. The race detector makes both larger, so it is
// the program that is looked at.
func TestManyTasks(t *testing.T) {
	script := filepath.Join(t.TempDir(), "many.lua")
	err := os.WriteFile(script, []byte(`
		local task = require("execlua.task")
		local function heap() collectgarbage() return collectgarbage("count") end
		local n, before = 10000, heap()
		local started, tasks = task.channel(n), {}
		for i = 1, n do
			tasks[i] = task.spawn(function() started:send(i) task.sleep("1h") end)
		end
		for _ = 1, n do started:receive() end
		local each = (heap() - before) / n
		assert(each <= 16, each .. " KiB a task")
		for i = 1, n do tasks[i]:cancel() end
		for i = 1, n do pcall(tasks[i].wait, tasks[i]) end
		print("done")`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary(t), script).CombinedOutput(); err != nil || string(out) != "done\n" {
		t.Errorf("%v\n%s", err, out)
	}
}
