-- A container with everything that a life can have. It says on its standard output at which
-- stage it is, with the pid of the container, and stays at the one that it is told until there
-- is a file "go".
local stage, dir, id, rootfs = ...
local fs, task = require("execlua.fs"), require("execlua.task")
local driver = execlua.driver()
local init = 0

local function at(name, pid)
  init = pid or init
  print(name, init)
  if name ~= stage then return end
  while not fs.exists(dir .. "/go") do task.sleep("10ms") end
end

local function hook(name)
  return function(_, pid) at(name, pid) end
end

local box = driver:start({
  id = id,
  image = rootfs == "" and "host" or nil,
  rootfs = rootfs ~= "" and rootfs or nil,
  process = { "/bin/sh", "-c", "trap 'echo stopping' TERM; while :; do sleep 0.05; done" },
  stop_grace = stage == "stopping" and "2s" or "300ms",
}, {
  hook_timeout = "10m",
  stdout = execlua.lines(at),
}, {
  pre_start = { hook("pre_start"), hook("between hooks") },
  start = hook("started"),
  post_stop = hook("post_stop"),
})
at("running")
box:exec_start { "sleep", "1000" }
at("exec running")
box:pause()
at("paused")
box:unpause()
box:stop()
at("over")
