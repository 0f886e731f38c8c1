package stdlib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runScript returns what the script printed, and how it ended.
func runScript(source string) (string, error) {
	var out bytes.Buffer
	v := vm.New(vm.Options{Stdout: &out, Host: true})
	defer v.Close()
	for _, module := range stdlib.Modules(stdlib.Host{Access: stdlib.FullAccess()}) {
		v.Preload(module.Name, module.Loader(&bind.Binder{Block: vm.Block, Raise: vm.Raise}))
	}
	err := v.Join(v.Run(context.Background(), "main", func(L *lua.LState) error {
		fn, err := v.Load(L, strings.NewReader("local task = require('execlua.task')\n"+source), "script")
		if err != nil {
			return err
		}
		L.Push(fn)
		L.Call(0, 0)
		return nil
	}))
	return out.String(), err
}

func TestTask(t *testing.T) {
	for _, row := range []struct{ name, source, want string }{
		{"results", `
			local t = task.spawn(function(...) return select("#", ...), ... end, "a", nil)
			print(t:wait())
			print(task.wait(t), t:done())`, "2\ta\tnil\n2\ttrue\n"},
		{"the error is the value that was raised", `
			local mark = {}
			local ok, err = pcall(task.wait, task.spawn(error, mark))
			print(ok, err == mark)`, "false\ttrue\n"},
		{
			"cancel", `
			local t = task.spawn(function() print(pcall(task.sleep, "1h")) task.sleep("1h") end)
			task.sleep(0.001)
			print(t:done())
			t:cancel()
			print((pcall(t.wait, t)), t:done())`,
			"false\nfalse\tthe task was cancelled\nfalse\ttrue\n",
		},
		{"sleep lets others run", `
			local seen
			local t = task.spawn(function() seen = true end)
			repeat task.sleep(0) until seen
			print("seen")`, "seen\n"},
		{"the end of the script waits for its tasks", `
			task.spawn(function() task.sleep("1ms") print("last") end)
			print("first")`, "first\nlast\n"},
		{"map keeps the order", `
			local results = task.map({ 3, 1, 2 }, function(item, index)
				task.sleep(item / 1000)
				return item * 10 + index
			end)
			print(unpack(results))`, "31\t12\t23\n"},
		{"map of nothing", `print(#task.map({}, error))`, "0\n"},
		{"map runs at most limit at once", `
			local running, most, items = 0, 0, {}
			for i = 1, 20 do items[i] = i end
			local results = task.map(items, { limit = 3 }, function(item)
				running = running + 1
				most = math.max(most, running)
				task.sleep("1ms")
				running = running - 1
				return item
			end)
			print(most, #results, running)`, "3\t20\t0\n"},
		{"map raises the first error and cancels the rest", `
			local ended = 0
			local ok, err = pcall(task.map, { 1, 2, 3, 4 }, { limit = 3 }, function(item)
				if item == 2 then error("second", 0) end
				if not pcall(task.sleep, "1h") then ended = ended + 1 end
			end)
			print(ok, err, ended)`, "false\tsecond\t2\n"},
		{"a cancelled map cancels its tasks and joins them", `
			local t = task.spawn(function()
				task.map({ 1, 2 }, function() print((pcall(task.sleep, "1h"))) end)
			end)
			task.sleep("1ms")
			t:cancel()
			print((pcall(t.wait, t)))`, "false\nfalse\nfalse\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := runScript(row.source)
			if err != nil {
				t.Errorf("failed: %v", err)
			}
			if got != row.want {
				t.Errorf("printed:\n%swant:\n%s", got, row.want)
			}
		})
	}
}

// Misuse raises at the line of the script.
func TestTaskErrors(t *testing.T) {
	for _, row := range []struct{ source, want string }{
		{`task.spawn("x")`, `script:2: bad argument #1 to "spawn" (fn): function expected, got string`},
		{`task.wait({})`, `script:2: bad argument #1 to "wait": task expected, got table`},
		{`task.sleep(-1)`, `script:2: bad argument #1 to "sleep" (duration): -1 is out of range: 0 to 9223372036 seconds`},
		{`task.sleep(0 / 0)`, `script:2: bad argument #1 to "sleep" (duration): NaN is out of range`},
		{`task.sleep("5 parsecs")`, `script:2: bad argument #1 to "sleep" (duration): "5 parsecs" is no duration`},
		{`task.sleep()`, `script:2: bad argument #1 to "sleep" (duration): duration expected, got no value`},
		{`task.map({}, { limit = 0 }, print)`, "script:2: bad argument #2 to map (limit: an integer from 1 on expected)"},
		{`task.map({}, { limits = 1 }, print)`, "script:2: bad argument #2 to map (no option 'limits'; there is limit)"},
		{`task.map({}, {})`, "script:2: bad argument #3 to map (function expected, got nil)"},
		{`task.spawn(error, "nobody waited", 0)`, "nobody waited"},
		{`local t t = task.spawn(function() t:wait() end) t:wait()`, "deadlock: the task would wait for itself"},
	} {
		t.Run(row.source, func(t *testing.T) {
			t.Parallel()
			if _, err := runScript(row.source); err == nil || !strings.HasPrefix(err.Error(), row.want) && !strings.HasSuffix(err.Error(), row.want) {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}
