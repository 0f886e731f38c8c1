-- An error in a wrapped coroutine reaches the caller as it is; the coroutine is dead.
local mark = { code = "mark" }
local co = coroutine.wrap(function() error(mark) end)
local ok, err = pcall(co)
print(ok, err == mark, coroutine.running()) --> false	true	nil
print(pcall(co)) --> false	coroutines.lua:6: cannot resume dead coroutine
print(select("#", coroutine.resume(coroutine.create(function() end)))) --> 1
print(pcall(coroutine.wrap, 1)) --> false	coroutines.lua:8: bad argument #1 to ? (function expected, got number)

local outer
outer = coroutine.create(function()
  local inner = coroutine.wrap(function() return coroutine.resume(outer) end)
  return inner()
end)
print(coroutine.resume(outer)) --> true	false	cannot resume normal coroutine

-- Coroutines that resume each other without end stop at a limit, not at the end of the Go stack.
local depth = 0
local function deeper()
  depth = depth + 1
  return coroutine.wrap(deeper)()
end
print(pcall(deeper)) --> false	coroutines.lua:21: stack overflow (64 nested coroutines and protected calls)
print(depth) --> 64

-- So does plain recursion.
local function recurse(n) return 1 + recurse(n) end
print(pcall(recurse, 1)) --> false	stack overflow
local function nested() return pcall(nested) end
print(type(nested())) --> boolean
local t = setmetatable({}, {})
getmetatable(t).__index = function(_, k) return t[k .. "x"] end
print((pcall(function() return t.x end))) --> false
