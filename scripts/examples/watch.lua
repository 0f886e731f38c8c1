#!/usr/bin/env execlua
-- A closed loop: a container that comes near its limit gets a higher one, before the kernel has to kill it.
local execlua = require("execlua")

local driver = execlua.driver()
local box = driver:start {
  image = "host",
  resources = { memory = "16m" },
  process = { "/bin/sh", "-c", [[
    for i in $(seq 20); do head -c 2m /dev/zero >/dev/shm/$i; sleep 0.1; done # a tmpfs is memory
  ]] },
}

box:on("stats", { every = "50ms" }, function(s)
  if s.memory_percent > 60 then
    local limit = 2 * s.memory_limit
    box:update { memory = limit }
    print(("%d %% of %d MiB used, now %d MiB"):format(s.memory_percent, s.memory_limit / 2 ^ 20, limit / 2 ^ 20))
  end
end)
box:on("oom", function() print("too late") end)

local r = box:wait { timeout = "60s" }
print(("exit code %d, oom_killed %s"):format(r.exit_code, tostring(r.oom_killed)))

-- output:
-- * % of 16 MiB used, now 32 MiB
-- * % of 32 MiB used, now 64 MiB
-- * % of 64 MiB used, now 128 MiB
-- exit code 0, oom_killed false
