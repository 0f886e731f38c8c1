package stdlib_test

import (
	"testing"
)

// A group, a race and a timeout have all of their tasks behind them when they return.
func TestTeams(t *testing.T) {
	checkPrinted(t, []printing{
		{"a group joins all", `
			local g = task.group()
			for i = 1, 3 do
				g:spawn(function(n) task.sleep((4 - n) / 1000) return n * 10 end, i)
			end
			print(unpack(g:wait()))`, "10\t20\t30\n"},
		{"a group as a block", `
			print(task.group(function(g)
				g:spawn(function() task.sleep("2ms") print("inner") end)
				return "a", nil, "b"
			end))`, "inner\na\tnil\tb\n"},
		{"a group cancels siblings on the first error, before anybody waits", `
			local g, mark = task.group(), { code = "mark" }
			local sibling = g:spawn(function() local ok = pcall(task.sleep, "1h") print("sibling", ok) end)
			g:spawn(error, mark)
			sibling:wait()
			local ok, err = pcall(g.wait, g)
			print(ok, err == mark)`, "sibling\tfalse\nfalse\ttrue\n"},
		{"an error in a block cancels it", `
			local ok, err = pcall(task.group, function(g)
				g:spawn(function() print((pcall(task.sleep, "1h"))) end)
				error("block", 0)
			end)
			print(ok, err)`, "false\nfalse\tblock\n"},
		{"an error in a group cancels the block", `
			print(pcall(task.group, function(g)
				g:spawn(error, "member", 0)
				task.sleep("1h")
			end))`, "false\tmember\n"},
		{"a group that has failed takes nobody any more", `
			local g = task.group()
			g:cancel()
			local late = g:spawn(function() return (pcall(task.sleep, "1h")) end)
			print(late:wait())`, "false\n"},
		{"a group in a group", `
			print(pcall(task.group, function(outer)
				outer:spawn(function() task.group(function(inner) inner:spawn(error, "deep", 0) end) end)
				task.sleep("1h")
			end))`, "false\tdeep\n"},
		{"members may spawn members", `
			local n = 0
			task.group(function(g)
				local function grow(depth)
					n = n + 1
					if depth > 0 then g:spawn(grow, depth - 1) g:spawn(grow, depth - 1) end
				end
				g:spawn(grow, 5)
			end)
			print(n)`, "63\n"},
		{"several may wait for a group", `
			local g = task.group()
			for i = 1, 3 do g:spawn(function() task.sleep(i / 1000) return i end) end
			local other = task.spawn(function() return #g:wait() end)
			print(#g:wait(), other:wait(), #g:wait())`, "3\t3\t3\n"},
		{"a member cannot wait for its group", `
			local g = task.group()
			g:spawn(function() g:wait() end)
			print(pcall(g.wait, g))`, "false\tscript:4: deadlock: a task of the group would wait for itself\n"},
		{"a cancelled waiter cancels the group", `
			local t = task.spawn(function()
				task.group(function(g) g:spawn(function() print((pcall(task.sleep, "1h"))) end) end)
			end)
			task.sleep("1ms")
			t:cancel()
			print((pcall(t.wait, t)))`, "false\nfalse\n"},
	})
}

func TestRaceAndTimeout(t *testing.T) {
	checkPrinted(t, []printing{
		{"the first of a race wins and the others are cancelled", `
			print(task.race(
				function() task.sleep("1h") end,
				function() task.sleep("1ms") return "winner", 2 end,
				function() print((pcall(task.sleep, "1h"))) end))`, "false\nwinner\t2\n"},
		{"the first of a race may fail", `
			print(pcall(task.race, { function() error("lost", 0) end, function() task.sleep("1h") end }))`, "false\tlost\n"},

		{"in time", `print(task.timeout("1h", function(...) return select("#", ...), ... end, 1, nil))`, "2\t1\tnil\n"},
		{"too late", `
			local ok, err = pcall(task.timeout, 0.001, function()
				task.sleep("1h")
			end)
			print(ok, err)`, "false\ttimed out after 1ms\n"},
		{"too late for pcall, too", `
			print(pcall(task.timeout, "1ms", function()
				print(pcall(task.sleep, "1h"))
				return "not this"
			end))`, "false\tthe task was cancelled\nfalse\ttimed out after 1ms\n"},
		{"an error in time", `print(pcall(task.timeout, "1h", error, "own", 0))`, "false\town\n"},
		{"an error of one's own while ending", `
			print(pcall(task.timeout, "1ms", function()
				pcall(task.sleep, "1h")
				error("clean-up failed", 0)
			end))`, "false\tclean-up failed\n"},
		{"a timeout in a timeout", `
			print(pcall(task.timeout, "1ms", task.timeout, "1h", task.sleep, "1h"))
			print(pcall(task.timeout, "1h", task.timeout, "2ms", task.sleep, "1h"))`, "false\ttimed out after 1ms\nfalse\ttimed out after 2ms\n"},
	})
}

// printing is a script and what it prints.
type printing struct{ name, source, want string }

func checkPrinted(t *testing.T, rows []printing) {
	t.Helper()
	for _, row := range rows {
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

func TestTeamErrors(t *testing.T) {
	for _, row := range []struct{ source, want string }{
		{`task.race()`, "script:2: bad argument #1 to race (functions expected)"},
		{`task.race({ 1 })`, "script:2: bad argument #1 to race (a list of functions expected)"},
		{`task.race(print, 1)`, "script:2: bad argument #2 to race (function expected, got number)"},
		{`task.timeout("soon", print)`, `script:2: bad argument #1 to "timeout" (duration): "soon" is no duration: write "500ms", "1m30s" or a number of seconds`},
		{`task.timeout(1)`, "script:2: bad argument #2 to timeout (function expected, got nil)"},
		{`task.group(1)`, "script:2: bad argument #1 to group (function expected, got number)"},
		{`task.group():spawn(error, "nobody waited", 0)`, "nobody waited"},
	} {
		t.Run(row.source, func(t *testing.T) {
			t.Parallel()
			if _, err := runScript(row.source); err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}
