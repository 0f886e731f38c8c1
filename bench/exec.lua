-- One container, in which N more processes run. usage: exec.lua ROOTFS N
local execlua = require("execlua")
local box = execlua.driver():start { rootfs = arg[1], process = { "/bin/sleep", "infinity" } }
for _ = 1, tonumber(arg[2]) do
  box:exec({ "/bin/true" }, { check = true })
end
box:terminate()
