-- One of many that want the same id at the same moment, which is when their standard input ends.
-- The winner stays until there is a file "go".
local dir, id = ...
local fs, task = require("execlua.fs"), require("execlua.task")
print("ready")
io.read("*a")
local ok, err = pcall(function()
  execlua.driver():start { id = id, image = "host", stop_signal = "KILL", "sleep", "1000" }
end)
print(ok and "won" or err.code or err)
if ok then
  while not fs.exists(dir .. "/go") do task.sleep("10ms") end
end
