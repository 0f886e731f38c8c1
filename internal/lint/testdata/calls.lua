-- Calls and fields of what the API declares.
local execlua = require("execlua")
local task = require("execlua.task")
local driver = execlua.driver()
execlua.drivr() --! 9 no field "drivr" in execlua (did you mean "driver"?)
execlua:driver() --! 9 "driver" is a function, no method (write execlua.driver)
driver:runn { image = "host", "true" } --! 8 no field "runn" in Driver (did you mean "run"?)
driver:run() --! 8 driver:run(command [, opts [, hooks]]) takes at least 1 argument, got 0
driver:kill("web", "KILL", 3) --! 8 driver:kill(target [, signal]) takes no more than 2 arguments, got 3
driver:kill("web", true) --! argument 2 of driver:kill (signal): string or integer expected, got boolean
driver:kill(5) --! 13 argument 1 of driver:kill (target): Container or Command or string expected, got number
driver.pause("web") --! 8 calling "pause" without its object (write object:pause(…))
driver.pause(driver, "web")
execlua.driver(1) --! 16 argument 1 of execlua.driver (name): string expected, got number
execlua.isatty("0") --! 16 argument 1 of execlua.isatty (fd): integer expected, got string
task.spawn("print") --! 12 argument 1 of execlua.task.spawn (fn): function expected, got string
task.sleep() --! 6 execlua.task.sleep(duration) takes at least 1 argument, got 0
task.spwan(print) --! 6 no field "spwan" in execlua.task (did you mean "spawn"?)
task.sleep("1s", 2) --! 6 execlua.task.sleep(duration) takes no more than 1 argument, got 2
tonumber() --! "tonumber" takes at least 1 argument, got 0
print(("x"):rep()) --! "string.rep" takes at least 2 arguments, got 1
setmetatable({}) --! "setmetatable" takes at least 2 arguments, got 1

-- Results, handles and what callbacks get.
local box = driver:start { image = "host", "sleep", "1" }
print(box:wait().exitcode) --! 18 no field "exitcode" in Result (did you mean "exit_code"?)
print(box:id()) --! 11 "id" of a Container is a field (write .id)
box.name = "x" --! 5 fields of a Container cannot be assigned
local r = box:exec({ "true" }, { stdout = "capture" })
print(r.stdot, r.ok) --! 9 no field "stdot" in Result (did you mean "stdout"?)
box:on("stats", function(s) print(s.memory_percnt) end) --! 37 no field "memory_percnt" in ResourceStats (did you mean "memory_percent"?)
box:on("log", {}, function(l) print(l.line, l.id) end)
for l in box:logs() do print(l.txt) end --! 32 no field "txt" in LogLine
for _, c in ipairs(driver:find { labels = { app = "web" } }) do print(c.ide) end --! 73 no field "ide"
driver:run({ image = "host", "true" }, nil, {
  pre_start = { function(process, _, info) print(process.entrypont, info.stage) end }, --! 58 no field "entrypont" in ProcessConfig (did you mean "entrypoint"?)
  post_stop = function(_, _, info) print(info.exit_code, info.stge) end, --! 63 no field "stge" in HookInfo (did you mean "stage"?)
})
local function web(i) return execlua.command { image = "host", "true", id = "web" .. i } end
print(web(1).imag) --! 14 no field "imag" in Command (did you mean "image"?)
local start = execlua.driver
start(nil, nil, 3) --! execlua.driver([name]) takes no more than 1 argument, got 3

-- Silent: what can be anything.
local any = box; any = driver
any:whatever()
driver:run(web(2), table.unpack and { stdout = "capture" })
driver:pause(unpack({ "web" }))
r.note = "mine"
print(r.note, driver:info("web").running)
execlua.extra = print
execlua.extra()
task.map({ 1 }, function(item, i) return item.anything, i end)
task.map({ 1 }, { limit = 1 }, print)
local list = task.map({}, { limit = 2 }, function() return driver:run(web(3)) end)
print(list[1].exit_code)
