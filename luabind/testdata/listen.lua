-- events is an iterator: of a container until it is gone, of a driver without end.
local driver = execlua.driver()
local all = driver:events() -- from now on
local box = driver:start { id = "box", image = "host", "on-term", 5 }
local own = box:events()
test.meet("box")
box:exec { "exit", 3 }
box:pause()
box:unpause()
box:update { pids = 20 }
box:stop()
for e in own do
  print(e.event, e.id, e.result and e.result.exit_code)
end
--> exec	box	nil
--> exec_exited	box	3
--> paused	box	nil
--> unpaused	box	nil
--> updated	box	nil
--> stopping	box	nil
--> exited	box	5
--> removed	box	nil
local first, second = all(), all()
print(first.event, second.event, second.seq - first.seq, first.pid == box.pid, first.time > 1e9, first.stage) --> created	started	1	true	true	nil
for e in box:events() do print(e.event) end -- it is gone
---
-- Of one container; and a hook that fails.
local driver = execlua.driver()
local events = driver:events { id = "second" }
driver:run { id = "first", image = "host", "true" }
pcall(driver.run, driver, { id = "second", image = "host", "true" }, {}, { pre_start = function() error("not today") end })
for e in events do
  print(e.event, e.id, e.stage, e.message and e.message:match("not today"))
  if e.event == "removed" then break end
end
--> created	second	nil	nil
--> hook_failed	second	pre_start	not today
--> removed	second	nil	nil
---
-- An iterator ends with its task, and a task that waits in one can be cancelled.
local driver = execlua.driver()
local task = require("execlua.task")
local waiting = task.spawn(function() for _ in driver:events() do end end)
waiting:cancel()
print(select(2, pcall(waiting.wait, waiting)).code) --> cancelled
---
-- logs iterates over lines.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", "cat" }, { input = "one\ntwo\nthree", stdout = "discard" })
box:wait()
print(select(2, pcall(function() for _ in box:logs() do end end)).code) --> not_found
driver:run({ id = "box", image = "host", "cat" }, { input = "one\ntwo\nthree", stdout = "capture" }, {
  post_stop = function() -- its output is complete
    for l in driver:logs("box") do print(l.stream, l.line, l.time > 1e9) end
    for l in driver:logs("box", { tail = 1, follow = true }) do print("last", l.line) end
  end,
})
--> stdout	one	true
--> stdout	two	true
--> stdout	three	true
--> last	three
---
-- on calls a function: at ticks, at lines, when memory is used up, at the end.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", resources = { memory = "64m" }, "cat" }, {
  stdin = function() test.meet("input"); return "a line\n" end,
  stdout = "capture",
})
local heard = {}
box:on("log", function(l) print("log", l.stream, l.line); test.meet("log") end)
box:on("oom", function(e) print("oom", e.id, e.event); test.meet("oom") end)
local sub = box:on("stats", { every = "5ms" }, function(s)
  heard[#heard + 1] = s.memory_limit
  if #heard == 3 then test.meet("stats") end
end)
box:on("exit", function(r) test.meet("told"); print("exit", r.signal, r.oom_killed); test.meet("exit") end)
test.meet("stats")
sub:cancel()
print(heard[1], heard[3]) --> 67108864	67108864
test.meet("input")
test.meet("log") --> log	stdout	a line
test.oom("box")
test.meet("oom") --> oom	box	oom
test.meet("told")
test.meet("exit") --> exit	KILL	true
local r = box:wait()
print(r.oom_killed, r.oom_kills, r.oom_scope, r.core_dumped) --> true	1	own	false
---
-- stats_stream iterates over samples: the first at once, the next after each period.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", resources = { memory = "64m" }, "sleep", "infinity" }
local samples, last = 0
for s in box:stats_stream { every = "5ms" } do
  samples = samples + 1
  if last then print(s.memory_percent, s.read > last.read, s.cpu_percent) end --> 12.5	true	0
  last = s
  if samples == 2 then break end
end
for s in box:stats_stream { every = "1h" } do -- it ends with the container
  print(s.pids, #s.interfaces, s.interfaces[1].name, s.interfaces[1].rx_bytes) --> 1	1	lo	0
  print(s.memory_pressure, s.io_read, s.cpu_throttled_time) --> nil	nil	nil
  box:kill()
end
for _ in box:stats_stream() do print("never: it has ended") end
local ok, err = pcall(function() for _ in driver:stats_stream("box") do end end)
print(err.code) --> not_running
print(select(2, pcall(driver.stats_stream, driver, box, { every = 0 })).message) --> every: at least 1ms, got 0s
print(select(2, pcall(box.on, box, "stats", { every = "1us" }, print)).code) --> invalid
local shared = driver:start { image = "host", network = "host", "sleep", "infinity" }
print(shared:stats().interfaces) --> nil
---
-- What a machine does not keep is warned of: the fake one has cgroup v2.
local driver = execlua.driver()
local events = driver:events()
local box = driver:start { id = "box", image = "host", resources = { memory_swappiness = 10 }, "sleep", "infinity" }
box:update { kernel_memory = "64m" }
box:stop()
for e in events do
  if e.event == "warning" then print(e.id, e.message) end
  if e.event == "removed" then break end
end
--> box	resources.memory_swappiness = 10: ignored: cgroup v2 has no such setting
--> box	resources.kernel_memory = 67108864: ignored: kernels have no separate limit any more; memory covers it
---
-- How it ended: a core dump, where the rlimit asks for it; in post_stop, too.
local driver = execlua.driver()
local function fault(core)
  return { image = "host", resources = { rlimits = { { type = "core", soft = core, hard = core } } }, "fault" }
end
local post
local r = driver:run(fault(1000), {}, { post_stop = function(_, _, info) post = info end })
print(r.signal, r.core_dumped, r.oom_scope, r.oom_kills, post.core_dumped, post.oom_kills) --> SEGV	true	nil	0	true	0
print(driver:run(fault(0)).core_dumped) --> false
---
-- What a callback raises is raised by wait.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", "sleep", "infinity" }
box:on("stats", function() error("seen enough") end)
local ok, err = pcall(box.wait, box)
print(ok, tostring(err):match("seen enough"), box:info().running) --> false	seen enough	true
print(box:stop().signal) --> TERM
---
-- Without a wait it fails the script in the end, at the line that raised it.
local met = false
local box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
box:on("stats", function()
  if not met then met = true; test.meet("stats"); error("nobody waits") end --! nobody waits
end)
test.meet("stats")
---
-- The last calls come before the script ends, also those about what it left running.
local box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
box:on("exit", function(r) print("exit", r.signal, r.stopped) end)
--> exit	TERM	true
