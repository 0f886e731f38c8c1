-- While a task waits inside a coroutine, others run coroutines of their own. Back
-- in the first, the running coroutine is still the one that waited.
local test = require("test")

local other = test.spawn(function()
  test.meet("a is inside")
  local co = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)
  co() co()
  test.meet("b has run")
end)

local co
co = coroutine.create(function(...)
  test.meet("a is inside")
  test.meet("b has run")
  print(coroutine.running() == co, coroutine.status(co)) --> true	running
  print(coroutine.resume(co)) --> false	cannot resume running coroutine
  local inner = coroutine.create(function() return coroutine.status(co), "from inner" end)
  print(coroutine.resume(inner)) --> true	normal	from inner
  local got = coroutine.yield("yielded")
  print(got, coroutine.running() == co)
  return "done"
end)
local ok, value = coroutine.resume(co)
print(ok, value) --> true	yielded
print(coroutine.status(co), coroutine.running()) --> suspended	nil
print(coroutine.resume(co, "again")) --> again	true
--> true	done
print(coroutine.status(co)) --> dead
print(coroutine.resume(co)) --> false	cannot resume dead coroutine
test.wait(other)
