-- yield works through Lua calls, tail calls included ...
local function tail() return coroutine.yield("tail") end
local co = coroutine.wrap(function(...)
  print(select("#", ...), ...) --> 2	a	nil
  print(coroutine.yield(1, 2))
  local got = tail()
  print(got)
  return coroutine.yield("last")
end)
print(co("a", nil)) --> 1	2
print(co("x", "y")) --> x	y
--> tail
print(co(7)) --> 7
--> last
print(co("result")) --> result
print(pcall(co)) --> false	yield.lua:16: cannot resume dead coroutine
print(coroutine.resume(coroutine.create(coroutine.yield), 5)) --> true	5

-- ... and is refused below a call that Go makes.
local function refused(fn)
  local ok, err = coroutine.resume(coroutine.create(fn))
  print(ok, (err:gsub("^.*:%d+: ", "")))
end
local function yield() coroutine.yield() end
refused(function() local ok, err = pcall(yield) error(err, 0) end) --> false	attempt to yield across pcall
refused(function() local ok, err = pcall(coroutine.yield) error(err, 0) end) --> false	attempt to yield across pcall
refused(function() local ok, err = xpcall(yield, tostring) error(err, 0) end) --> false	attempt to yield across pcall
refused(function() table.sort({ 3, 2, 1 }, function() yield() return false end) end) --> false	attempt to yield across sort
refused(function() ("abc"):gsub("%w", yield) end) --> false	attempt to yield across gsub
refused(function() load(function() yield() end) end) --> false	attempt to yield across load
refused(function() for _ in yield do end end) --> false	attempt to yield across the iterator of a for loop
refused(function() for _ in coroutine.yield do end end) --> false	attempt to yield across the iterator of a for loop
local mt = { __index = yield, __newindex = yield, __add = yield, __eq = yield, __lt = yield, __le = yield,
  __concat = yield, __len = yield, __unm = yield, __tostring = yield, __call = function() yield() return "called" end }
local a, b = setmetatable({}, mt), setmetatable({}, mt)
refused(function() return a.x end) --> false	attempt to yield across a metamethod
refused(function() a.x = 1 end) --> false	attempt to yield across a metamethod
refused(function() return a + 1 end) --> false	attempt to yield across a metamethod
refused(function() return a == b end) --> false	attempt to yield across a metamethod
refused(function() return a < b end) --> false	attempt to yield across a metamethod
refused(function() return a <= b end) --> false	attempt to yield across a metamethod
refused(function() return a .. "x" end) --> false	attempt to yield across a metamethod
refused(function() return -a end) --> false	attempt to yield across a metamethod
refused(function() return tostring(a) end) --> false	attempt to yield across tostring
refused(function() local x = a:method() end) --> false	attempt to yield across a metamethod
co = coroutine.wrap(function() return a() end) -- __call is a call like others
print(co()) -->
print(co()) --> called

-- pcall inside a coroutine that yields elsewhere is fine, and so is a generator in a for loop.
co = coroutine.wrap(function()
  for i = 1, 3 do
    assert(pcall(function() return i end))
    coroutine.yield(i)
  end
end)
for i in co do print(i) end --> 1
--> 2
--> 3
local function loop(n) -- replaced frames count as levels of the stack
  if n == 0 then coroutine.yield("deep") return "end" end
  return loop(n - 1)
end
co = coroutine.wrap(loop)
print(co(100)) --> deep
print(co()) --> end
coroutine.yield() --! attempt to yield from outside a coroutine
