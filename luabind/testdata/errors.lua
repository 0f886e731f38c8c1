-- Every failing call raises one kind of value; pcall gives it back.
local driver = execlua.driver()
local ok, err = pcall(driver.kill, driver, "nobody", "TERM")
print(ok, type(err), err.code, err.op, err.id) --> false	userdata	not_found	kill	nobody
print(err.message) --> kill "nobody": not found
print(err.stage, err.hook, err.cause, err.result, err.hint) --> nil	nil	nil	nil	nil
print(pcall(function() return err.cdoe end)) --> false	errors.lua:7: no field "cdoe" in error (did you mean "code"?)

-- As text it has the line of the call.
print(select(2, pcall(function() driver:kill("nobody") end))) --> errors.lua:10: kill "nobody": not found
print(tostring(err)) --> kill "nobody": not found

-- error and assert hand it on as it is.
local function same(f, ...) return select(2, pcall(f, ...)) == err end
print(same(error, err), same(error, err, 2), same(assert, false, err)) --> true	true	true
print(same(function() local fine, e = pcall(error, err) error(e) end)) --> true
print(select(2, xpcall(function() error(err) end, function(e) return e.code end))) --> not_found

-- Tables that scripts raise stay tables.
print(select(2, pcall(error, { code = "own" })).code) --> own
error(err) --! kill "nobody": not found
---
-- The classes of failure.
local driver = execlua.driver()
local function code(f, ...) return select(2, pcall(f, ...)).code end
local cmd = { id = "box", image = "host", process = { "sleep", "infinity" } }
local box = driver:start(cmd)
print(code(execlua.driver, "docker")) --> driver_not_found
print(code(driver.start, driver, cmd)) --> exists
print(code(driver.kill, driver, "nobody")) --> not_found
print(code(driver.run, driver, { image = "nginx", "true" })) --> not_found
print(code(driver.run, driver, { image = "host" })) --> invalid
print(code(driver.run, driver, cmd, { timeout = {} })) --> invalid
print(code(driver.run, driver, cmd, { start = print })) --> invalid
print(code(driver.run, driver, { image = "host", "true", first_start = true })) --> unsupported
print(code(driver.clean, driver, "box")) --> busy
print(code(box.wait, box, { timeout = 0 })) --> wait_timeout
box:terminate()
print(code(driver.stats, driver, "box")) --> not_running
print(code(box.kill, box)) --> not_running

-- Hints say what to do.
print(select(2, pcall(execlua.driver, "docker")).message, select(2, pcall(execlua.driver, "docker")).hint) --> no engine "docker"	this host has: fake
box = driver:start(cmd)
print(select(2, pcall(driver.start, driver, cmd)).hint) --> leave the id out and each start draws one of its own
driver:start(cmd) --! start "box": already exists
---
-- A plain error is a plain error.
error("plain") --! plain
---
error({ message = "a table" }) --! table
---
local x = nil
print(x.field) --! attempt to index
---
require("execlua.nothing") --! execlua.nothing
