-- A Go panic is an error of the call that panicked, and wedges nothing.
local test = require("test")
print(pcall(test.panic)) --> false	a bug
print(pcall(test.panic_unlocked)) --> false	a bug
print(coroutine.resume(coroutine.create(test.panic_unlocked))) --> false	a bug
local co = coroutine.wrap(function() print(pcall(test.panic_unlocked)) coroutine.yield("yielded") end) --> false	a bug
print(co()) --> yielded
print(pcall(test.wait, test.spawn(test.panic_unlocked))) --> false	a bug
print(pcall(test.callback, test.panic)) --> false	a bug
print(test.wait(test.spawn(function() return "alive" end))) --> alive
