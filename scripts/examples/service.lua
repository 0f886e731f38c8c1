#!/usr/bin/env execlua
-- A service that goes on without the script: it comes back when it fails, and is looked at now and then.
local execlua = require("execlua")

local driver = execlua.driver()
local service = driver:start({
  id = "example-service",
  image = "host",
  process = { "/bin/sleep", "infinity" },
  restart = { on_failure = 3, delay = "100ms" },
  health_check = { exec = { "/bin/true" }, every = "100ms", on_failure = "restart" },
}, { detach = true })
print(("%s: %s, %s"):format(service.id, service.state, service.health))

-- The script could end here. A later one finds the service again.
local found = driver:find({ id = "example-service" })[1]
local events = found:events()
if found.health ~= "healthy" then
  for e in events do
    if e.health == "healthy" then break end
  end
end
print("found: " .. found.health)

-- A program of its own kills it: nobody has asked for that, so it comes back.
local sh = require("execlua.sh")
sh.run { "/bin/kill", "-KILL", tostring(found.pid) }
for e in events do
  if e.event == "exited" then print("ended by " .. e.result.signal) end
  if e.event == "restarted" then break end
end
print(("back: %s, restarts %d"):format(found.state, found.restarts))

local r = found:stop { grace = "1s" } -- what was asked to end stays so, with its result and its log
print(("%s: stopped %s, state %s"):format(r.id, tostring(r.stopped), found.state))
found:clean() -- and now nothing is left
print(#driver:find { id = "example-service" })

-- output:
-- example-service: running, *
-- found: healthy
-- ended by KILL
-- back: running, restarts 1
-- example-service: stopped true, state exited
-- 0
