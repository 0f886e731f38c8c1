-- Two tasks wait at the same time: each needs the other to get there.
local test = require("test")
local a = test.spawn(function(...) test.meet("x") return select("#", ...), ... end, "a", nil)
local b = test.spawn(function() test.meet("x") return "b" end)
print(test.wait(a)) --> 2	a	nil
print(test.wait(b)) --> b
print(test.wait(b)) --> b

-- A cancelled task's blocking calls raise, each of them; deferred functions still work.
local t = test.spawn(function()
  test.defer(function() print("deferred first, runs last") end)
  test.defer(function() test.meet("clean-up") print("clean-up could wait") end)
  print(pcall(test.meet, "never")) --> false	the task was cancelled
  print(pcall(test.meet, "never")) --> false	the task was cancelled
  test.meet_cleanup("put back")
  return "the end"
end)
test.cancel(t)
test.meet("put back")
test.meet("clean-up")
print(test.wait(t))
--> clean-up could wait
--> deferred first, runs last
--> the end

print(pcall(test.wait, test.spawn(function()
  test.defer(function() print("deferred after an error") end) --> deferred after an error
  error("failed", 0)
end))) --> false	failed

-- Waits in a circle are an error.
local one, two
one = test.spawn(function() test.meet("both") return test.wait(two) end)
two = test.spawn(function() test.meet("both") return test.wait(one) end)
local ok1, err1 = pcall(test.wait, one)
print(ok1, err1:match("deadlock.*")) --> false	deadlock: the task would wait for itself
print((pcall(test.wait, two))) --> false

-- A task that fails and that nobody waits for fails the script.
test.spawn(function()
  error("nobody waits") --! nobody waits
end)
