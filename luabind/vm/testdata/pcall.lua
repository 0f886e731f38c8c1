-- pcall around a blocking call: the lock is free inside, values stay what they are.
local test = require("test")
local mark = setmetatable({}, { __tostring = function() return "mark" end })

local other = test.spawn(function() test.meet("inside pcall") return "other ran" end)
print(pcall(function()
  test.meet("inside pcall")
  error(mark)
end)) --> false	mark
print(test.wait(other)) --> other ran

print(select(2, pcall(error, mark)) == mark) --> true
print(select(2, pcall(assert, nil, mark)) == mark, pcall(assert, false)) --> true	false	pcall.lua:13: assertion failed!
print(assert(1, 2, 3)) --> 1	2	3
print(pcall(error)) --> false	nil
print(pcall(error, nil)) --> false	nil

local function level1() error("here") end
local function level2() error("caller", 2) end
local function level0() error("bare", 0) end
print(pcall(level1)) --> false	pcall.lua:18: here
print(pcall(function()
  level2()
end)) --> false	pcall.lua:23: caller
print(pcall(level0)) --> false	bare

-- xpcall takes arguments; its handler's traceback shows where the error was raised.
print(xpcall(function(...) return ... end, print, 1, nil, 3)) --> true	1	nil	3
local ok, trace = xpcall(function() level1() end, debug.traceback)
print(ok, trace:match("^[^\n]+"), trace:find("in function 'level1'", 1, true) ~= nil) --> false	pcall.lua:18: here	true
print(xpcall(error, function(e) return e == mark end, mark)) --> false	true
print(xpcall(error, debug.traceback, mark)) --> false	mark
print(xpcall(error, function() error("handler", 0) end)) --> false	handler

-- A closure that outlives an error keeps its variables.
local get
xpcall(function() local x = 1 get = function() return x end error("e") end, tostring)
local function clobber() local a, b, c, d, e = 9, 9, 9, 9, 9 return get() end
print(clobber()) --> 1

-- A caught error leaves variables shared between a function and its closures.
local n = 0
local function inc() n = n + 1 end
inc() pcall(error) inc() xpcall(error, tostring) inc()
n = n + 10
inc()
print(n) --> 14

-- wait raises the very value that the task raised, and a Go error stays one.
print(select(2, pcall(test.wait, test.spawn(error, mark))) == mark) --> true
print(pcall(test.fail)) --> false	sentinel
