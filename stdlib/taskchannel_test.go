package stdlib_test

import "testing"

func TestChannel(t *testing.T) {
	for _, row := range []struct{ name, source, want string }{
		{"in order", `
			local c = task.channel(3)
			c:send(1) c:send("two") c:send({ 3 })
			print(c:length(), c:receive(), c:receive(), c:receive()[1], c:length())`, "3\t1\ttwo\t3\t0\n"},
		{"send waits while it is full", `
			local c, sent = task.channel(), 0
			local sender = task.spawn(function()
				for i = 1, 3 do c:send(i) sent = i end
				c:close()
			end)
			while sent == 0 do task.sleep("1ms") end
			task.sleep("10ms")
			print("sent", sent)
			for value in c:values() do print("got", value) end
			sender:wait()
			print("sent", sent, c:receive())`, "sent\t1\ngot\t1\ngot\t2\ngot\t3\nsent\t3\tnil\n"},
		{"workers share the work", `
			local jobs, results = task.channel(2), task.channel(100)
			task.group(function(g)
				for _ = 1, 4 do
					g:spawn(function() for job in jobs:values() do results:send(job * job) end end)
				end
				for i = 1, 20 do jobs:send(i) end
				jobs:close()
			end)
			results:close()
			local sum = 0
			for r in results:values() do sum = sum + r end
			print(sum)`, "2870\n"},
		{"what was sent before close is received", `
			local c = task.channel(2)
			c:send(false) c:close() c:close()
			print(c:receive(), c:receive(), c:receive())
			print(pcall(c.send, c, 1))`, "false\tnil\tnil\nfalse\tthe channel is closed\n"},
		{"close wakes who waits", `
			local c, full = task.channel(), task.channel()
			full:send(1)
			local r = task.spawn(function() return c:receive() end)
			local s = task.spawn(function() return pcall(full.send, full, 2) end)
			task.sleep("1ms")
			c:close() full:close()
			print(r:wait(), s:wait())`, "nil\tfalse\tthe channel is closed\n"},
		{"a value for a receiver that is cancelled is not lost", `
			local c = task.channel()
			local first = task.spawn(function() return pcall(c.receive, c) end)
			local second = task.spawn(function() return c:receive() end)
			task.sleep("1ms")
			c:send("value")
			first:cancel()
			local ok, value = first:wait()
			if ok then c:send(value) end
			print(second:wait())`, "value\n"},
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

func TestChannelErrors(t *testing.T) {
	for _, row := range []struct{ source, want string }{
		{`task.channel(0)`, "script:2: capacity: an integer from 1 on expected"},
		{`task.channel(1):send()`, `script:2: bad argument #1 to "send": nil cannot be sent: receive returns it at the end`},
		{`task.channel(1):send(nil)`, `script:2: bad argument #1 to "send": nil cannot be sent: receive returns it at the end`},
	} {
		t.Run(row.source, func(t *testing.T) {
			t.Parallel()
			if _, err := runScript(row.source); err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}
