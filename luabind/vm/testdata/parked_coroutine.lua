-- A coroutine whose task waits in Go belongs to that task.
local test = require("test")

local parked = coroutine.create(function()
  test.meet("parked")
  test.meet("looked at")
  return "finished"
end)
local wrapped = coroutine.wrap(function()
  test.meet("wrapped parked")
  test.meet("wrapped looked at")
end)

local owner = test.spawn(function() return coroutine.resume(parked) end)
test.meet("parked")
print(coroutine.status(parked)) --> normal
print(coroutine.resume(parked)) --> false	cannot resume a coroutine that is running in another task
test.meet("looked at")
print(test.wait(owner)) --> true	finished
print(coroutine.status(parked)) --> dead

owner = test.spawn(wrapped)
test.meet("wrapped parked")
print(pcall(wrapped)) --> false	parked_coroutine.lua:24: cannot resume a coroutine that is running in another task
test.meet("wrapped looked at")
test.wait(owner)
