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
-- find lists containers, the oldest first. What it gives is a target for other verbs.
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
print(driver:stop(third).signal, #driver:find()) --> TERM	2
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
