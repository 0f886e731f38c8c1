-- N containers, LIMIT of them at a time. usage: many.lua ROOTFS N LIMIT
local execlua, task = require("execlua"), require("execlua.task")
local driver = execlua.driver()
local command = execlua.command { rootfs = arg[1], process = { "/bin/true" } }
local n, limit = tonumber(arg[2]), tonumber(arg[3])

local function run() driver:run(command, { check = true }) end

if limit == 1 then
  for _ = 1, n do run() end
else
  local jobs = {}
  for i = 1, n do jobs[i] = i end
  task.map(jobs, { limit = limit }, run)
end
