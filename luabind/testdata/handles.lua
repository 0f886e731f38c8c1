-- start gives a handle at once; wait gives the result, to everybody who asks.
local driver = execlua.driver()
local box = driver:start({ id = "dev", image = "host", process = { "meet", "end" } }, { stdout = "capture" })
print(box, box.id, box.pid > 0, box:info().running) --> container "dev"	dev	true	true
local ok, err = pcall(box.wait, box, { timeout = "10ms" })
print(err.code, err.op, err.id, err.hint) --> wait_timeout	wait	dev	it runs on
test.meet("end")
print(box:wait().ok, driver:wait(box, { timeout = 1 }).stdout == "") --> true	true
print(box:info().running, test.state("dev")) --> false	gone

-- check counts when somebody asks.
box = driver:start({ image = "host", "exit", 3 }, { check = true })
ok, err = pcall(box.wait, box)
print(err.code, err.result.exit_code) --> exit_status	3

-- A timeout of start is the container's, as of run.
print(driver:start({ image = "host", "sleep", "infinity" }, { timeout = "20ms" }):wait().timed_out) --> true

-- A veto is raised by start.
ok, err = pcall(driver.start, driver, { image = "host", "true" }, {}, { pre_start = function() error("no") end })
print(ok, err.code) --> false	hook_failed
---
-- stop: the stop signal, then SIGKILL. Stopping what has ended gives the result again.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", "on-term", 5 }
test.meet("box") -- it is ready for the signal
local r = box:stop()
print(r.exit_code, r.stopped, r.timed_out) --> 5	true	false
print(box:stop().exit_code, box:wait().stopped) --> 5	true

box = driver:start { id = "box", image = "host", "ignore-term" }
test.meet("box")
print(box:stop { grace = "20ms" }.signal) --> KILL
box = driver:start { id = "box", image = "host", "sleep", "infinity", stop_signal = "INT" }
print(box:stop().signal) --> INT
box = driver:start { id = "box", image = "host", "sleep", "infinity" }
print(box:stop { signal = "USR1" }.signal) --> USR1

-- By id, too.
driver:start { id = "box", image = "host", "sleep", "infinity" }
print(driver:stop("box").signal) --> TERM
print(select(2, pcall(driver.stop, driver, "box")).code) --> not_found
---
-- kill takes a name or a number; KILL is the default; 0 only asks.
local driver = execlua.driver()
for _, signal in ipairs { "TERM", "SIGHUP", "int", 12 } do
  local box = driver:start { image = "host", "sleep", "infinity" }
  box:kill(0)
  box:kill(signal)
  print(box:wait().signal)
end
--> TERM
--> HUP
--> INT
--> USR2
local box = driver:start { id = "box", image = "host", "sleep", "infinity" }
driver:kill(execlua.command { id = "box", image = "host", "true" }) -- a Command names its container
print(box:wait().signal, box:wait().stopped) --> KILL	false
print(select(2, pcall(box.kill, box)).code) --> not_running
---
-- exec: one more process in the container, with its own result.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", env = { WHO = "box" }, "sleep", "infinity" }
print(box:exec({ "printenv", "WHO" }, { stdout = "capture" }).stdout == "box\n") --> true
print(driver:exec("box", { "printenv", "WHO", env = { WHO = "exec" } }, { stdout = "capture" }).stdout == "exec\n") --> true
print(driver:exec(box, execlua.process_config { entrypoint = "exit", arguments = { 4 } }).exit_code) --> 4
print(select(2, pcall(box.exec, box, { "exit", 4 }, { check = true })).result.exit_code) --> 4
print(box:exec({ "sleep", "infinity" }, { timeout = "20ms" }).timed_out, box:info().running) --> true	true
print(select(2, pcall(box.exec, box, {})).message) --> exec "box": process.entrypoint: missing: the program to run
print(select(2, pcall(box.exec, box, { "true", image = "host" })).message) --> no field "image" in process

local process = box:exec_start({ "on-term", 6 })
print(process, process.pid ~= box.pid, #box:pids()) --> exec in container "box"	true	2
test.meet("box")
process:kill("TERM") -- the exec's process, not the container
print(process:wait().exit_code, #box:pids()) --> 6	1
print(select(2, pcall(process.stop, process)).code) --> unsupported
print(select(2, pcall(driver.exec, driver, "nobody", { "true" })).code) --> not_found
---
-- pause freezes, unpause thaws; a paused container can be stopped.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", "sleep", "infinity" }
box:pause()
box:pause()
print(test.state("box"), select(2, pcall(box.exec, box, { "true" })).code) --> paused	busy
box:unpause()
box:unpause()
print(test.state("box")) --> running
driver:pause("box")
print(box:stop().signal) --> TERM
---
-- Numbers, and the end of everything.
local driver = execlua.driver()
local box = driver:start { id = "box", image = "host", resources = { memory = "64m", pids = 10 }, "sleep", "infinity" }
local stats = box:stats()
print(stats.memory_limit, stats.memory_usage > 0, stats.memory_percent, stats.pids, stats.pids_limit) --> 67108864	true	12.5	1	10
print(driver:stats("box").cpu_usage == stats.cpu_usage, box:pids()[1] == box.pid) --> true	true
print(select(2, pcall(box.clean, box)).code) --> busy
box:terminate()
print(box:wait().signal, test.state("box")) --> KILL	gone
print(select(2, pcall(box.terminate, box)).code, select(2, pcall(box.stats, box)).code) --> not_found	not_running
box:clean() -- nothing is left, which is no error
print(driver:name(), driver:supports_hooks(), driver:info("box").running, driver) --> fake	true	false	driver: fake
print(box.pdi) --! no field "pdi" in container (did you mean "pid"?)
---
local box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
box.id = "other" --! container: fields cannot be assigned
