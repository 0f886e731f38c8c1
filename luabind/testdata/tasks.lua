-- Runs of two tasks overlap: each of these programs ends only when the other one runs.
local driver, task = execlua.driver(), require("execlua.task")
local function run(argv) return driver:run { image = "host", process = argv } end
local a = task.spawn(run, { "meet", "x" })
local b = task.spawn(run, { "meet", "x" })
print(a:wait().ok, task.wait(b).ok, a:done()) --> true	true	true

-- map keeps the order, and no more than limit run at once: the pairs can meet, and no third is there.
local now, most = 0, 0
local results = task.map({ "first", "first", "second", "second" }, { limit = 2 }, function(name, index)
  now = now + 1
  most = math.max(most, now)
  local r = run { "meet", name }
  now = now - 1
  return index .. " " .. name .. " " .. r.exit_code
end)
print(table.concat(results, ", "), most) --> 1 first 0, 2 first 0, 3 second 0, 4 second 0	2

-- An error cancels the siblings, whose containers are stopped, and is raised with its place.
local cancelled
local ok, err = pcall(task.map, { 1, 2 }, function(i)
  if i == 1 then
    test.meet("the other runs")
    error({ item = i })
  end
  local done, why = pcall(driver.run, driver, { id = "sibling", image = "host", process = { "sleep", "infinity" } }, {}, {
    start = function() test.meet("the other runs") end,
  })
  cancelled = why.code .. " " .. tostring(why.result.stopped)
end)
print(ok, err.index, err.cause.item, cancelled, test.state("sibling")) --> false	1	1	cancelled true	gone

-- The results of those that had ended come with it. It reads as the error of the item does.
ok, err = pcall(task.map, { "true", "exit", "true" }, { limit = 1 }, function(program)
  return driver:run({ image = "host", process = { program, "3" } }, { check = true }).exit_code
end)
print(ok, err.index, #err.results, err.results[1], err.code, err.result.exit_code) --> false	2	1	0	exit_status	3
ok, err = pcall(task.map, { 5 }, function() error("odd") end)
print(err.index, err.code, err.message, err.cause, err) --> 1	error	odd	tasks.lua:38: odd	tasks.lua:38: odd
print(select(2, pcall(error)) == nil, select(2, pcall(driver.info, driver, "nobody")).index) --> true	nil

-- A cancelled task keeps raising, but what puts things back works.
local helper = driver:start { id = "helper", image = "host", process = { "sleep", "infinity" } }
local t = task.spawn(function()
  local first = pcall(test.meet, "never")
  local again, why = pcall(run, { "true" })
  helper:stop()
  return first, again, why.code
end)
t:cancel()
print(t:wait()) --> false	false	cancelled
print(helper:info().running, test.calls("stop")) --> false	1
---
-- Hooks run while another task computes, wherever in Lua it is: in a coroutine, in
-- pcall, in the callbacks of table.sort and gsub. Each of these waits for one.
local driver, task = execlua.driver(), require("execlua.task")
local function run_with_hook(name)
  return driver:run({ image = "host", process = { "true" } }, {}, { pre_start = function() test.meet(name) end }).ok
end

local function during(name, compute)
  local runs = task.spawn(run_with_hook, name)
  local result = compute(function() test.meet(name) end)
  print(name, result, runs:wait())
end

during("coroutine", function(wait)
  return coroutine.wrap(function(x) wait() return coroutine.running() ~= nil and x end)("resumed")
end) --> coroutine	resumed	true
during("pcall", function(wait)
  return select(2, pcall(function() wait() error("caught", 0) end))
end) --> pcall	caught	true
during("sort", function(wait)
  local list, waited = { 3, 1, 2 }, false
  table.sort(list, function(x, y)
    if not waited then waited = true wait() end
    return x < y
  end)
  return table.concat(list)
end) --> sort	123	true
during("gsub", function(wait)
  return (("a-b"):gsub("-", function() wait() return "+" end))
end) --> gsub	a+b	true

-- A coroutine that yields goes on where it was, although hooks ran in between.
local generator = coroutine.wrap(function()
  for i = 1, 3 do
    local runs = task.spawn(run_with_hook, "step" .. i)
    test.meet("step" .. i)
    runs:wait()
    coroutine.yield(i)
  end
end)
print(generator(), generator(), generator()) --> 1	2	3
---
-- defer runs at the end of the task, the last first; blocking calls work in it.
local driver, task = execlua.driver(), require("execlua.task")
execlua.defer(function() print("script over") end)
print(pcall(function()
  task.spawn(function()
    local box = driver:start { id = "box", image = "host", process = { "sleep", "infinity" } }
    execlua.defer(function() print("first", test.state("box")) end)
    execlua.defer(function() print("second", box:stop().signal) end)
    error("task over", 0)
  end):wait()
end))
--> second	TERM
--> first	gone
--> false	task over
--> script over
---
-- A task that nobody waits for fails the script.
require("execlua.task").spawn(function()
  error("unheard") --! unheard
end)
---
-- A group joins its tasks: their containers have ended when it is over.
local driver, task = execlua.driver(), require("execlua.task")
local ok, err = pcall(task.group, function(group)
  group:spawn(function()
    driver:run({ id = "member", image = "host", process = { "sleep", "infinity" } }, {}, {
      start = function() test.meet("member runs") end,
    })
  end)
  test.meet("member runs")
  error({ code = "mine" })
end)
print(ok, err.code, test.state("member")) --> false	mine	gone

-- timeout raises an error value, when what it called has ended.
ok, err = pcall(task.timeout, "20ms", function()
  driver:run { id = "slow", image = "host", process = { "sleep", "infinity" } }
end)
print(ok, err.code, err.message, test.state("slow")) --> false	wait_timeout	timed out after 20ms	gone

-- The first of a race stops the programs of the others.
print(task.race(
  function() return "first" end,
  function() driver:run { id = "second", image = "host", process = { "sleep", "infinity" } } end)) --> first

-- A channel joins a container's output to tasks that work on it.
local lines = task.channel(10)
local reader = task.spawn(function()
  local n = 0
  for line in lines:values() do n = n + #line end
  return n
end)
driver:run({ image = "host", process = { "echo", "twelve bytes" } }, { stdout = execlua.lines(function(line) lines:send(line) end) })
lines:close()
print(reader:wait()) --> 12
