#!/usr/bin/env execlua
-- What a running container uses, and the verbs that act on it as a whole.
local execlua = require("execlua")

local driver = execlua.driver()
local box = driver:start {
  image = "host",
  process = { "/bin/sleep", "infinity" },
  resources = { memory = "64m", pids = 16 },
}

local s = box:stats()
print(("memory: at most %d MiB, uses some: %s"):format(s.memory_limit / 2 ^ 20, tostring(s.memory_usage > 0)))
print(("at most %d processes and threads"):format(s.pids_limit))
print("pids on the host: " .. table.concat(box:pids(), " "))

box:pause() -- the whole container stands still …
box:unpause() -- … and goes on

box:kill("KILL")
local r = box:wait()
print(("ended by %s, exit code %d"):format(r.signal, r.exit_code))

-- output:
-- memory: at most 64 MiB, uses some: true
-- at most 16 processes and threads
-- pids on the host: *
-- ended by KILL, exit code 137
