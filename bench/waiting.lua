-- N containers that wait until the input ends. usage: waiting.lua ROOTFS N
local execlua = require("execlua")
local driver, boxes = execlua.driver(), {}
for i = 1, tonumber(arg[2]) do
  boxes[i] = driver:start { rootfs = arg[1], process = { "/bin/sleep", "infinity" } }
end
print("ready")
io.read()
for _, box in ipairs(boxes) do box:terminate() end
