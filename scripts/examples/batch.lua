#!/usr/bin/env execlua
-- Many jobs, two at a time, each in a container with limits of its own.
local execlua = require("execlua")
local task = require("execlua.task")

local driver = execlua.driver()
local job = execlua.command {
  image = "host",
  process = { "/bin/sh", "-c", "echo $((N * N)); test $N != 3" },
  resources = { memory = "64m", cpus = 0.5, pids = 16 },
}

local results = task.map({ 1, 2, 3, 4, 5 }, { limit = 2 }, function(n)
  return driver:run(job:with { env = { N = n } }, { stdout = "capture", timeout = "30s" })
end)

for n, r in ipairs(results) do -- in the order of the jobs, whichever ended first
  print(("job %d: exit code %d, output %s"):format(n, r.exit_code, r.stdout:gsub("\n", "")))
end

-- output:
-- job 1: exit code 0, output 1
-- job 2: exit code 0, output 4
-- job 3: exit code 1, output 9
-- job 4: exit code 0, output 16
-- job 5: exit code 0, output 25
