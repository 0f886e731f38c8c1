#!/usr/bin/env execlua
-- A worker that runs out of memory gets more, and tries again: its limits change while it runs.
local execlua = require("execlua")

local driver = execlua.driver()
local box = driver:start {
  image = "host",
  resources = { memory = "16m" },
  process = { "/bin/sh", "-c", [[
    exec 2>/dev/null # where the shell says "Killed"
    until head -c 24m /dev/zero | tail -c 24m >/dev/null; do sleep 1; done
    echo "worker: done"
  ]] },
}

local limit = 16
box:on("oom", function() -- the kernel has killed a process of the container
  print(("out of memory at %d MiB, now %d MiB"):format(limit, 2 * limit))
  limit = 2 * limit
  box:update { memory = limit .. "m" } -- what is not set stays as it is
end)

local r = box:wait()
print(("exit code %d, oom_killed %s"):format(r.exit_code, tostring(r.oom_killed))) -- of any of its processes

-- output:
-- out of memory at 16 MiB, now 32 MiB
-- worker: done
-- exit code 0, oom_killed true
