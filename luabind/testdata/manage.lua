-- update changes the limits of what runs. What is not set stays.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", resources = { memory = "64m", pids = 10 }, "sleep", "infinity" }
box:update { memory = "128m" }
print(box:stats().memory_limit, box:stats().pids_limit) --> 134217728	10
driver:update("box", { pids = "max" })
print(box:stats().pids_limit) --> nil
local resources = execlua.resources { pids = 20 }
driver:update(box, resources)
print(box:stats().pids_limit) --> 20
local ok, err = pcall(box.update, box, { memory = 1 })
print(err.code, err.op, err.message) --> invalid	update	update "box": resources.memory = 1: at least 512 KiB, or -1 for no limit
print(select(2, pcall(box.update, box, { rlimits = { { type = "nofile" } } })).code) --> unsupported
print(test.calls("update")) --> 5
---
-- find gives handles to the containers of the engine, the oldest first.
local driver = execlua.driver()
print(#driver:find()) --> 0
for i = 1, 3 do
  driver:start { id = "web-" .. i, image = "host", labels = { app = "web", slot = i }, "sleep", "infinity" }
end
driver:pause("web-2")
for _, c in ipairs(driver:find { labels = { app = "web" } }) do
  print(c.id, c.state, c.labels.slot, c.command.image, c.pid > 0, c.created > 1e9)
end
--> web-1	running	1	host	true	true
--> web-2	paused	2	host	true	true
--> web-3	running	3	host	true	true
print(#driver:find { state = "running" }, #driver:find { id = "web-2", state = "running" }) --> 2	0
local third = driver:find({ labels = { slot = 3 } })[1]
print(third, third:stop({ grace = "10s" }).signal, #driver:find()) --> container "web-3"	TERM	2
print(third.state, third.pid > 0, third:stop().signal, third:wait().stopped) --> gone	true	TERM	true
---
-- A handle that was found has every verb.
local driver = execlua.driver()
local lines = { "a line\n" }
driver:start({ id = "box", image = "host", labels = { app = "web" }, resources = { memory = "64m" }, "cat" }, {
  stdin = function() test.meet("input"); return table.remove(lines) end,
  stdout = execlua.lines(function() test.meet("printed") end),
})
local box = driver:find({ id = "box" })[1]
local fields = {}
for name in pairs(box) do fields[#fields + 1] = name end
print(table.concat(fields, " ")) --> id pid state labels created command detached
print(box:info().running, #box:pids(), box:stats().memory_limit) --> true	1	67108864
box:pause()
print(box.state, select(2, pcall(box.exec, box, { "true" })).code) --> paused	busy
box:unpause()
box:update { memory = "128m" }
print(box:stats().memory_limit, box.command.resources.memory) --> 134217728	67108864
print(box:exec({ "exit", 3 }).exit_code, box:exec_start({ "exit", 4 }):wait().exit_code) --> 3	4
print(select(2, pcall(box.wait, box, { timeout = "10ms" })).code) --> wait_timeout
box:kill(0)
box:signal_all(0)
box:on("log", function(l) print("log", l.line); test.meet("log") end)
box:on("exit", function(r) print("exit", r.exit_code); test.meet("exit") end)
local ticks = 0
box:on("stats", { every = "5ms" }, function() ticks = ticks + 1; if ticks == 3 then test.meet("ticks") end end)
test.meet("ticks")
test.meet("input")
test.meet("printed")
test.meet("log") --> log	a line
local events = box:events()
test.meet("input")
test.meet("exit") --> exit	0
print(box:wait().ok, box:info().running) --> true	false
print(events().event, events().event, events()) --> exited	removed	nil
---
-- What a found container's listeners raise is raised by wait, or fails the script.
local driver = execlua.driver()
driver:start { id = "box", image = "host", "sleep", "infinity" }
local box = driver:find({ id = "box" })[1]
box:on("stats", function() error("seen enough") end)
print(tostring(select(2, pcall(box.wait, box))):match("seen enough")) --> seen enough
---
-- A handle outlives its container, and never reaches the next one of the same id.
local driver = execlua.driver()
local started = driver:start { id = "box", image = "host", "sleep", "infinity" }
local old = driver:find()[1]
started:stop()
print(old.state, old:info().running, old.id, old.created > 1e9, started.created) --> gone	false	box	true	nil
local function codes(box)
  local codes = {}
  for _, verb in ipairs { "wait", "kill", "stop", "pause", "unpause", "terminate", "stats", "pids", "signal_all", "clean" } do
    local ok, err = pcall(box[verb], box)
    codes[#codes + 1] = ok and "ok" or err.code
  end
  return table.concat(codes, " ")
end
for _ in old:events() do print("an event of the dead") end
print(codes(old)) --> not_found not_found not_found not_found not_found not_found not_running not_found not_found ok
local new = driver:start { id = "box", image = "host", "sleep", "infinity" }
print(codes(old)) --> not_found not_found not_found not_found not_found not_found not_found not_found not_found not_found
print(select(2, pcall(started.pause, started)).hint) --> the container is gone; its id is another's by now
print(select(2, pcall(old.exec, old, { "true" })).code, select(2, pcall(old.update, old, { pids = 7 })).code) --> not_found	not_found
print(old.state, started.state, old:info().running, new.state, new.created > 1e9) --> gone	gone	false	running	true
print(select(2, pcall(old.on, old, "exit", print)).message) --> on "box": not found
---
-- wait takes an id, too: of a container that another task has started.
local driver = execlua.driver()
local task = require("execlua.task")
driver:start { id = "box", image = "host", "on-term", 5 }
test.meet("box")
local ok, err = pcall(driver.wait, driver, "box", { timeout = "10ms" })
print(err.code, err.op, err.id) --> wait_timeout	wait	box
local waiting = task.spawn(function() return driver:wait("box") end)
local r = driver:stop("box")
print(r.exit_code, r.stopped) --> 5	true
print(select(2, pcall(driver.wait, driver, "box")).code) --> not_found
pcall(waiting.wait, waiting) -- it may have come too late
---
-- signal_all reaches every process of the container.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", "ignore-term" }
local helper = box:exec_start { "sleep", "infinity" }
test.meet("box")
box:signal_all("TERM")
print(helper:wait().signal, box:info().running) --> TERM	true
driver:signal_all("box")
print(box:wait().signal) --> KILL
---
-- attach joins the streams of what runs already.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", "cat" }, { stdin = function() test.meet("more") end, stdout = "discard" })
local ok, err = pcall(box.attach, box, { stdin = "nowhere" })
print(err.code, err.message) --> invalid	stdin: "discard", "inherit", an open file or a function expected, got "nowhere"; data goes in input
local task = require("execlua.task")
local box2 = driver:start({ id = "box2", image = "host", "cat" }, {
  stdin = function() test.meet("end") end,
  stdout = execlua.lines(function(line) test.meet(line) end),
})
local attached = task.spawn(function() box2:attach { input = "one\ntwo\n", stdout = execlua.lines(function(line) print("attached", line) end) } end)
test.meet("one") --> attached	one
test.meet("two") --> attached	two
test.meet("end")
attached:wait()
print(box2:wait().ok) --> true
test.meet("more")
print(box:wait().ok) --> true

local quiet = driver:start { image = "host", "sleep", "infinity" }
print(select(2, pcall(quiet.attach, quiet, { input = "x" })).code) --> unsupported
print(select(2, pcall(driver.attach, driver, "nobody")).code) --> not_found
