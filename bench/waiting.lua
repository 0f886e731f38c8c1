-- Containers that wait until the input ends; each line of it, and the beginning,
-- is a step to the next number. usage: waiting.lua ROOTFS N...
local execlua = require("execlua")
local driver, boxes = execlua.driver(), {}
for _, n in ipairs({ select(2, ...) }) do
  for i = #boxes + 1, tonumber(n) do
    boxes[i] = driver:start { rootfs = arg[1], process = { "/bin/sleep", "infinity" } }
  end
  print("ready")
  io.read()
end
for _, box in ipairs(boxes) do box:terminate() end
