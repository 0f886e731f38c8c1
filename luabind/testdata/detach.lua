-- A detached container is not the script's: start gives a handle as find does.
local driver = execlua.driver()
local box = driver:start({ id = "web", image = "host", labels = { app = "web" }, "on-term", 5 }, { detach = true })
test.meet("web")
print(box, box.id, box.state, box.detached, box.restarts, box.status, box.finished, box.health) --> container "web"	web	running	true	0	nil	nil	nil
print(box.pid > 0, box.started >= box.created, box.labels.app, box.command.id) --> true	true	web	web
local again = driver:find({ labels = { app = "web" } })[1]
print(again.pid == box.pid, again.detached, again:exec({ "exit", 3 }).exit_code) --> true	true	3
print(select(2, pcall(box.clean, box)).code, select(2, pcall(box.start, box)).code) --> busy	busy
local r = again:stop()
print(r.exit_code, r.stopped, r.unknown) --> 5	true	false

-- It stays after its end, with its status, until clean.
print(box.state, box.pid, box.status.exit_code, box.status.stopped, box.finished >= box.started) --> exited	nil	5	true	true
print(box:wait().exit_code, driver:wait("web").exit_code, again:wait({ timeout = "1m" }).exit_code, box:stop().exit_code) --> 5	5	5	5
print(select(2, pcall(driver.run, driver, { id = "web", image = "host", "true" })).code) --> exists
print(select(2, pcall(box.exec, box, { "true" })).code, select(2, pcall(box.kill, box)).code) --> not_running	not_running

-- start gives it another life.
local pid = again.pid
box:start()
test.meet("web")
print(box.state, box.status, box.pid ~= pid, box.restarts, test.calls("restart")) --> running	nil	true	0	2
box:terminate()
print(box.state, box.pid, box.status, box.restarts, #driver:find()) --> gone	nil	nil	nil	0
print(select(2, pcall(box.start, box)).code) --> not_found
---
-- clean makes the id free, and old handles never reach the next container.
local driver = execlua.driver()
local cmd = { id = "job", image = "host", "exit", 3 }
local old = driver:start(cmd, { detach = true, check = true })
local ok, err = pcall(old.wait, old)
print(err.code, err.result.exit_code) --> exit_status	3
old:clean()
local new = driver:start(cmd, { detach = true })
new:wait()
print(old.state, new.state, select(2, pcall(old.start, old)).hint) --> gone	exited	the container is gone; its id is another's by now
driver:clean("job")
print(new.state) --> gone
---
-- What needs somebody who is there until the end is refused by name.
local driver = execlua.driver()
local function refused(opts, hooks, cmd)
  opts.detach = true
  local ok, err = pcall(driver.start, driver, cmd or { id = "box", image = "host", "true" }, opts, hooks)
  print(err.code, err.message)
end
refused({ stdout = "capture" }) --> unsupported	stdout: a detached container's output goes to its log, which logs reads
refused({ stdout = "inherit" }) --> unsupported	stdout: a detached container's output goes to its log, which logs reads
refused({ stderr = print }) --> unsupported	stderr: a detached container's output goes to its log, which logs reads
refused({ stdin = "inherit" }) --> unsupported	stdin: a detached container's stdin is empty
refused({ input = "x" }) --> unsupported	input: a detached container's stdin is empty
refused({ timeout = 5 }) --> unsupported	timeout: nobody may be there to end a detached container
refused({}, { post_stop = print }) --> unsupported	start "box": hooks.post_stop: a detached container may end when nobody is there to run it
refused({}, nil, { id = "box", image = "host", "sh", tty = true }) --> unsupported	start "box": process_config.tty = true: a detached container has no terminal; exec can have one
local registration = driver:hook("post_stop", print)
refused({}) --> unsupported	detach = true: driver:hook has registered a post_stop hook, and the container may end when nobody is there to run it
registration:remove()
print(#driver:find()) --> 0

local function message(verb, ...)
  local ok, err = pcall(verb, driver, ...)
  return err.message
end
local box = driver:start { id = "mine", image = "host", "sleep", "infinity" }
print(message(driver.exec, box, { "true" }, { detach = true })) --> detach = true: a process of an exec is its container's; start can detach a container
print(message(driver.start, { image = "host", "true" }, { detach = "yes" })) --> options.detach: boolean expected, got string
print(message(driver.start, { image = "host", "true" }, { background = true })) --> no field "background" in options (did you mean "detach"?)
print(message(driver.start, { id = "box", image = "host", restart = "always", "true" })) --> start "box": restart: for detached containers only
print(message(driver.start, { id = "box", image = "host", health_check = { tcp = "localhost:80" }, "true" })) --> start "box": health_check: for detached containers only
print(message(driver.run, { id = "box", image = "host", log_files = { files = 2 }, "true" })) --> run "box": log_files: for detached containers only
print(select(2, pcall(box.start, box)).hint) --> only a detached container can be started again
print(box.detached, box.status, box.started, box.restarts, box.health) --> false	nil	nil	nil	nil
local exec = box:exec_start { "sleep", "infinity" }
print(select(2, pcall(exec.start, exec)).hint) --> this is an exec's handle; ask that of its container
exec:kill()
---
-- Hooks of the call, and those of a policy, run at the start; a veto leaves nothing.
local driver = execlua.driver()
driver:hook("pre_start", function(_, pid, info) print("policy", pid > 0, info.id) end)
local cmd = { id = "box", image = "host", "sleep", "infinity" }
local box = driver:start(cmd, { detach = true, grace = "1s", stdin = "discard" }, {
  pre_start = function(_, _, info) print("pre_start", info.command.stop_grace) end,
  start = function() print("start") end,
})
--> policy	true	box
--> pre_start	1
--> start
box:stop()
box:start() -- without hooks
box:terminate()
local ok, err = pcall(driver.start, driver, cmd, { detach = true }, { start = function() error("no") end })
print(err.code, #driver:find()) --> policy	true	box
--> hook_failed	0
---
-- The restart policy: how often, and until when.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", restart = { on_failure = 2, delay = "1ms" }, "exit", 4 }, { detach = true })
local events = box:events()
print(box:wait().exit_code, box.restarts, box.state) --> 4	2	exited
box:clean()
local restarted = 0
for e in events do
  if e.event == "restarted" then restarted = restarted + 1 end
end
print(restarted <= 2) --> true

box = driver:start({ id = "box", image = "host", restart = "always", "on-term", 5 }, { detach = true })
test.meet("box")
print(box.command.restart.always, box:stop().exit_code, box.restarts) --> true	5	0
box:start()
test.meet("box")
box:kill() -- what was asked to end stays so
print(box:wait().signal, box.restarts, box.state) --> KILL	0	exited
print(execlua.command({ image = "host", "true", restart = "always" }):with({ restart = "no" }).restart.always) --> false

local function message(restart)
  return select(2, pcall(execlua.command, { image = "host", "true", restart = restart })).message
end
print(message {}) --> restart: always or on_failure expected
print(message { always = true, on_failure = 1 }) --> restart.on_failure = 1: always is set, too
print(message { on_failure = -1 }) --> restart.on_failure = -1: from 0 on
print(message { on_failure = 1.5 }) --> restart.on_failure: integer expected, got 1.5
print(message { always = true, delay = "-1s" }) --> restart.delay: "-1s" is negative
print(message("on-failure:5")) --> restart: "always", "no" or a table expected, got "on-failure:5" (did you mean { on_failure = 5 }?)
print(message("unless-stopped")) --> restart: "always", "no" or a table expected, got "unless-stopped" (did you mean "always": what was stopped stays so?)
print(message("allways")) --> restart: "always", "no" or a table expected, got "allways" (did you mean "always"?)
---
-- Health: a check now and then, what it finds as a field, and as events.
local driver = execlua.driver()
local check = execlua.health_check { exec = { "meet", "check" }, every = "1ms", retries = 1, timeout = "20ms" }
local box = driver:start({ id = "box", image = "host", health_check = check, "sleep", "infinity" }, { detach = true })
print(box.health) --> starting
local heard = 0
box:on("health", function(e)
  heard = heard + 1
  if heard == 1 then print(e.event, e.health, e.id); test.meet("heard") end
end)
test.meet("check") -- later ones nobody meets
test.meet("heard") --> health	healthy	box
while box.health ~= "unhealthy" do end
box:terminate()

-- When it becomes unhealthy it can be stopped for good, or started again.
check = { exec = { "false" }, every = "1ms", retries = 1, on_failure = "stop" }
box = driver:start({ id = "box", image = "host", health_check = check, restart = "always", "on-term", 5 }, { detach = true })
test.meet("box")
local r = box:wait()
print(r.stopped, box.restarts, box.health) --> true	0	unhealthy
box:clean()
check.on_failure = "restart"
box = driver:start({ id = "box", image = "host", health_check = check, "sleep", "infinity" }, { detach = true })
while box.restarts == 0 do end
box:terminate()

local function message(health)
  return select(2, pcall(execlua.command, { image = "host", "true", health_check = health })).message
end
print(message {}) --> health_check: one of exec, tcp and http expected
print(message { tcp = "here:80", exec = { "true" } }) --> health_check: one of exec, tcp and http expected
print(message { exec = "curl localhost" }) --> health_check.exec: list expected, got string (write { … })
print(message { http = "example.org" }) --> health_check.http = "example.org": a URL that begins with http:// or https:// expected
print(message { tcp = "localhost:80", every = 0 }) --> health_check.every = 0s: 1ms to 24 hours
print(message { tcp = "localhost:80", on_failure = "reboot" }) --> health_check.on_failure = "reboot": "none", "restart" or "stop"
print(message { tcp = "localhost:80", interval = "1s" }) --> no field "interval" in health_check
local plain = driver:start({ image = "host", "sleep", "infinity" }, { detach = true })
print(select(2, pcall(plain.on, plain, "health", print)).message) --> event: "health": the container has no health_check
plain:terminate()
---
-- Its output is in its log, that of earlier lives too.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", log_files = { max_size = "1m", files = 2 }, "echo", "once" }, { detach = true })
box:wait()
box:start()
box:wait()
for l in box:logs() do print(l.stream, l.line) end
--> stdout	once
--> stdout	once
for l in driver:logs("box", { tail = 1, follow = true }) do print(l.line) end --> once
box:clean()
print(select(2, pcall(execlua.command, { image = "host", "true", log_files = { max_size = "1k" } })).message) --> log_files.max_size = 1024: 4096 bytes or more
---
-- What listens to it: on hears of its end, of memory, of lines.
local driver = execlua.driver()
local box = driver:start({ id = "box", image = "host", "murmur" }, { detach = true })
box:on("log", { tail = 1 }, function(l) print("log", l.line); test.meet("log") end)
test.meet("log") --> log	murmur
box:on("oom", function(e) print("oom", e.event); test.meet("oom") end)
box:on("exit", function(r) test.meet("told"); print("exit", r.signal, r.oom_killed); test.meet("exit") end)
local ticks = 0
box:on("stats", { every = "5ms" }, function() ticks = ticks + 1; if ticks == 2 then test.meet("ticks") end end)
test.meet("ticks")
test.oom("box")
test.meet("oom") --> oom	oom
test.meet("told")
test.meet("exit") --> exit	KILL	true
