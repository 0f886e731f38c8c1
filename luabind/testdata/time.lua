local time, task = require("execlua.time"), require("execlua.task")
print(math.abs(time.now() - os.time()) < 5, time.elapsed() < 60) --> true	true
print(time.format(0), time.format(1.5, "+02:00"), time.format(1e9, "UTC")) --> 1970-01-01T00:00:00Z	1970-01-01T02:00:01.5+02:00	2001-09-09T01:46:40Z
print(time.parse("2001-09-09T01:46:40Z"), time.parse("1970-01-01T02:00:01.5+02:00")) --> 1000000000	1.5
local now = time.now()
print(math.abs(time.parse(time.format(now)) - now) < 1e-5, time.parse(time.format(now, "local")) == time.parse(time.format(now))) --> true	true

-- retry calls until there is no error.
print(time.retry({ attempts = 5, every = "1ms" }, function(attempt)
  if attempt < 3 then error("not yet") end
  return attempt, "done"
end)) --> 3	done
local calls = 0
local mark = {}
local ok, err = pcall(time.retry, { attempts = 3, every = "1ms", factor = 2, max_every = "2ms" }, function() calls = calls + 1 error(mark) end)
print(ok, err == mark, calls) --> false	true	3
calls = 0
print(pcall(time.retry, { timeout = "20ms", every = "5ms" }, function() calls = calls + 1 error("late", 0) end)) --> false	late
print(calls > 1 and calls < 6) --> true

-- What another attempt would not mend is raised at once: misuse …
calls = 0
ok, err = pcall(time.retry, { attempts = 9, every = "1ms" }, function() calls = calls + 1 execlua.driver():kill {} end)
print(ok, err.code, calls) --> false	invalid	1
-- … and the end of the task, be it in the call or between two.
for _, wait in ipairs { function() task.sleep("1h") end, function() error("again") end } do
  local seen = 0
  local t = task.spawn(time.retry, { attempts = 9, every = "1h" }, function() seen = seen + 1 wait() end)
  repeat task.sleep("1ms") until seen > 0
  t:cancel()
  local _, why = pcall(t.wait, t)
  print(why.code, seen)
end
--> cancelled	1
--> cancelled	1
---
-- Timers are tasks.
local time = require("execlua.time")
local after = time.after("1ms", function() print("after") end)
print(after:done()) --> false
after:wait() --> after
print(after:done()) --> true

local ticks, timer = 0, nil
timer = time.every("1ms", function()
  ticks = ticks + 1
  if ticks == 3 then
    timer:cancel()
    time.sleep("1ms") -- the call goes on
    print("third") --> third
  end
end)
timer:wait()
print(ticks, timer:done()) --> 3	true
local never = time.after("1h", print)
never:cancel()
never:cancel()
never:wait()
print(pcall(function() time.every("1ms", function() error("in a tick", 0) end):wait() end)) --> false	in a tick
time.after("1ms", function() print("the script waits for it") end)
print("end") --> end
--> the script waits for it
---
-- The error of a timer that nobody waits for is the script's.
require("execlua.time").after(0, function()
  error("unheard") --! unheard
end)
---
require("execlua.time").every(0, print) --! duration: 1 ms or more expected
---
require("execlua.time").retry({}, print) --! attempts: missing: set attempts or timeout
---
require("execlua.time").retry({ attempts = 1, factor = 0.5 }, print) --! factor: a number from 1 on expected
---
require("execlua.time").retry({ attempt = 1 }, print) --! no field "attempt" in opts (did you mean "attempts"?)
---
require("execlua.time").parse("yesterday") --! "yesterday" is no moment: write 2026-05-17T12:30:00Z
---
require("execlua.time").format(0, "CET") --! zone: "UTC", "local" or an offset such as "+02:00" expected, got "CET"
---
require("execlua.time").format(1e300) --! out of range: seconds since 1970
