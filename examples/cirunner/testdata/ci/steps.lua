-- What the pipelines of this repository have in common.
local task = require("execlua.task")
local driver = execlua.driver()

local base = execlua.command {
  image = "host", "true",
  working_dir = "/src",
  mounts = { { source = job.repository, destination = "/src" } },
  resources = { memory = "512m", pids = 256 },
}

local steps = {}

function steps.run(step)
  local result = driver:run(base:with { process = step.argv }, { timeout = "10m" })
  ci.done(step.name, result.ok, result.duration)
  return result.ok
end

-- all runs them side by side, and gives the exit code of the pipeline.
function steps.all(list)
  local code = 0
  for _, ok in ipairs(task.map(list, { limit = 4 }, steps.run)) do
    if not ok then code = 1 end
  end
  return code
end

return steps
