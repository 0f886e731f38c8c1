#!/usr/bin/env execlua
-- A batch that an ordinary user runs: limits are kept where cgroups are delegated, see docs/guide/rootless.md.
local execlua = require("execlua")
local task = require("execlua.task")

local driver = execlua.driver() -- without root each container has a user namespace of its own
local job = execlua.command {
  image = "host",
  process = { "/bin/sh", "-c", "id -u; echo $((N * N)) > /tmp/result && cat /tmp/result" },
  resources = { memory = "64m", pids = 16 },
}

-- Without cgroups nobody keeps limits, and a container that has some is refused.
local limited, refusal = pcall(driver.run, driver, job:with { env = { N = 0 } }, { stdout = "discard" })
if not limited then
  assert(refusal.code == "unsupported", refusal)
  job = execlua.command { image = job.image, process = job.process_config }
end

local results = task.map({ 1, 2, 3 }, { limit = 2 }, function(n)
  return driver:run(job:with { env = { N = n } }, { stdout = "capture", timeout = "30s", check = true })
end)

for n, r in ipairs(results) do
  print(("job %d: user %s, result %s"):format(n, r.stdout:match("(%d+)\n(%d+)")))
end

-- output:
-- job 1: user 0, result 1
-- job 2: user 0, result 4
-- job 3: user 0, result 9
