-- Hooks run in order; those of start and post_stop see the program's whole life.
local driver = execlua.driver()
local cmd = { id = "job", image = "host", process = { "exit", 3, env = { A = 1 } }, labels = { team = "x" } }
local r = driver:run(cmd, {}, {
  pre_start = {
    function(process_config, pid, info)
      print(process_config.entrypoint, process_config.arguments[1], process_config.env.A) --> exit	3	1
      print(pid > 0, info.id, info.stage, info.command.labels.team, info.exit_code) --> true	job	pre_start	x	nil
      print(test.state("job")) --> pre_start
    end,
    function() print("second") end, --> second
  },
  start = function(_, _, info) print(info.stage) end, --> start
  post_stop = {
    function(_, _, info)
      print(info.stage, info.ok, info.exit_code, info.signal, type(info.duration)) --> post_stop	false	3	nil	number
      print(test.state("job")) --> exited
    end,
    function() print("last") end, --> last
  },
})
print(r.exit_code, test.state("job")) --> 3	gone

-- One function may stand for a list.
driver:run({ image = "host", process = { "true" } }, nil, {
  pre_start = function() print("before") end, --> before
  post_stop = function(_, _, info) print("after", info.ok) end, --> after	true
})

-- Arguments are copies, of each call.
driver:run(cmd, {}, {
  pre_start = {
    function(process_config, _, info) process_config.entrypoint, info.command.id = "cat", "other" end,
    function(process_config, _, info) print(process_config.entrypoint, info.command.id) end, --> exit	job
  },
  post_stop = function(_, _, info) print(info.exit_code) end, --> 3
})
---
-- A pre_start hook that raises vetoes the start; the error has what it raised.
local driver = execlua.driver()
local ran = {}
local ok, err = pcall(driver.run, driver, { id = "job", image = "host", "echo", "never printed" }, {}, {
  pre_start = {
    function() ran[#ran + 1] = "first" end,
    function() error({ policy = "no" }) end,
    function() ran[#ran + 1] = "third" end,
  },
  start = function() ran[#ran + 1] = "start" end,
  post_stop = function(_, _, info) ran[#ran + 1] = "post_stop " .. info.exit_code end,
})
print(ok, table.concat(ran, ", ")) --> false	first, post_stop -1
print(err.code, err.stage, err.hook.stage, err.hook.index, err.id, err.op) --> hook_failed	pre_start	pre_start	2	job	run
print(err.cause.policy, err.result) --> no	nil
print(test.state("job")) --> gone

-- The message is the hook's own, with its line.
ok, err = pcall(driver.run, driver, { id = "job", image = "host", "true" }, {}, {
  pre_start = function() error("privileged is not allowed here") end,
})
print(err.message) --> run "job": pre_start hook 1: hooks.lua:58: privileged is not allowed here
print(err.cause) --> hooks.lua:58: privileged is not allowed here

-- An error of start kills the container.
ok, err = pcall(driver.run, driver, { id = "job", image = "host", "sleep", "infinity" }, {}, {
  start = function() error("no") end,
  post_stop = function(_, _, info) print("post_stop", info.signal) end, --> post_stop	KILL
})
print(err.code, err.stage, err.result.signal) --> hook_failed	start	KILL

-- Errors of post_stop come last and hide nothing.
local also
ok, err = pcall(driver.run, driver, { id = "job", image = "host", "exit", 3 }, {}, {
  post_stop = { function() error("one") end, function() also = true end },
})
print(err.code, err.stage, err.hook.index, err.result.exit_code, also) --> hook_failed	post_stop	1	3	true

-- An error value keeps its fields on the way through a hook.
ok, err = pcall(driver.run, driver, { image = "host", "true" }, {}, { pre_start = function() driver:kill("nobody") end })
print(err.code, err.cause.code, err.cause.op, err.cause.id) --> hook_failed	not_found	kill	nobody

driver:run({ image = "host", "true" }, {}, { pre_start = function() error("veto") end }) --! veto
---
-- A hook has a deadline.
local driver, task = execlua.driver(), require("execlua.task")
local ok, err = pcall(driver.run, driver, { image = "host", "true" }, { hook_timeout = "20ms" }, {
  pre_start = function() task.sleep(60) end,
})
print(ok, err.code) --> false	hook_failed
---
-- driver:hook is for every container from then on, before the hooks of the call; so a policy can be a module.
local driver = execlua.driver()
local function audit(name) return function(_, _, info) print(name, info.id) end end
local first = driver:hook("pre_start", audit("first"))
local second = execlua.driver("fake"):hook("pre_start", audit("second")) -- the same driver
driver:hook("start", audit("start"))
driver:hook("post_stop", audit("gone"))

local function run(id, hooks) driver:run({ id = id, image = "host", process = { "true" } }, {}, hooks) end
run("a", { pre_start = audit("own"), start = audit("own start") })
--> first	a
--> second	a
--> own	a
--> start	a
--> own start	a
--> gone	a
first:remove()
first:remove() -- once more is no error
run("b")
--> second	b
--> start	b
--> gone	b
second:remove()
run("c")
--> start	c
--> gone	c

-- They are for containers, not for an exec, which has a start hook only.
local box = driver:start { id = "box", image = "host", "sleep", "infinity" } --> start	box
box:exec({ "true" }, {}, { start = function(process_config, pid, info) print(process_config.entrypoint, pid ~= box.pid, info.id) end }) --> true	true	box
print(select(2, pcall(box.exec, box, { "true" }, {}, { pre_start = print })).message) --> hooks: an exec has a start hook only
box:stop() --> gone	box
---
-- What a hook may do: everything a script can, on other containers and on its own.
local driver = execlua.driver()
local helper = driver:start { id = "helper", image = "host", "sleep", "infinity" }
local r = driver:run({ id = "job", image = "host", "cat" }, { input = "", stdout = "discard" }, {
  pre_start = function(_, pid)
    print(driver:get_pids_for_container("job")[1] == pid) --> true
    print(helper:exec({ "echo", "in the helper" }, { stdout = "capture" }).stdout) --> in the helper
    --> 
    print(select(2, pcall(driver.exec, driver, "job", { "true" })).code) --> busy
  end,
  start = function() print(driver:run({ image = "host", "exit", 9 }).exit_code) end, --> 9
  post_stop = function() print(driver:stats("job").memory_limit, select(2, pcall(driver.kill, driver, "job")).code) end, --> 1073741824	not_running
})
print(r.ok) --> true
---
-- Mistakes.
local driver, cmd = execlua.driver(), { image = "host", process = { "true" } }
local function message(hooks) return select(2, pcall(driver.run, driver, cmd, {}, hooks)).message end
print(message { prestart = print }) --> bad argument #3 to "run" (hooks): no field "prestart" in hooks (did you mean "pre_start"?)
print(message { pre_start = "f" }) --> pre_start: a function or a list of functions expected, got string
print(message { post_stop = { print, 1 } }) --> post_stop: a function or a list of functions expected, got number
print(message { pre_start = { fn = print } }) --> pre_start: a function or a list of functions expected, got table
print(test.calls("run")) --> 0
