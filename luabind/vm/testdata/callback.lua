-- Go calls back into Lua while the task that gave the function waits: in a
-- coroutine, below pcall, table.sort, gsub, a metamethod or an iterator.
local test = require("test")
local count = 0
local function hook(x)
  count = count + 1
  local gen = coroutine.wrap(function() coroutine.yield(x) end)
  return gen(), coroutine.running()
end
local function call(x) return (test.callback(hook, x)) end

print(test.callback(hook, "plain")) --> plain	nil
local co
co = coroutine.wrap(function()
  print(call("coroutine")) --> coroutine
  print(pcall(call, "pcall")) --> true	pcall
  local t = { 3, 1, 2 }
  table.sort(t, function(a, b) return call(a) < b end)
  print(t[1], t[2], t[3]) --> 1	2	3
  print((("abc"):gsub("%w", call))) --> abc
  print(setmetatable({}, { __index = function(_, k) return call(k) end }).meta) --> meta
  local i = 0
  for x in function() i = i + 1 return i < 3 and call(i) or nil end do print(x) end --> 1
  --> 2
  coroutine.yield("still a coroutine")
end)
print(co()) --> still a coroutine
print(count > 8) --> true

local ok, err = pcall(test.callback, function() error({ code = 7 }) end)
print(ok, err.code) --> false	7
local nested = function() return test.callback(function() return test.callback(function() return "deep" end) end) end
print(test.callback(nested)) --> deep
