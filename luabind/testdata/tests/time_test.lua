-- With t.fake() waiting takes no real time, and things happen in the order of their moments.
local t = require("execlua.test")
local task, time, http = require("execlua.task"), require("execlua.time"), require("execlua.http")

-- took calls fn and gives the seconds that the script saw pass. Exact: time stands still in between.
local function took(fn, ...)
  local begun = time.now()
  fn(...)
  return math.floor((time.now() - begun) * 1000 + 0.5) / 1000
end

t.test("an hour is over at once", function()
  t.fake()
  local begun, elapsed, cpu = os.time(), time.elapsed(), os.clock()
  t.equal(took(task.sleep, "1h"), 3600)
  t.equal(os.time() - begun, 3600)
  t.equal(math.floor(time.elapsed() - elapsed + 0.5), 3600)
  t.equal(os.date("!%Y-%m-%dT%H:%M:%S"), os.date("!%Y-%m-%dT%H:%M:%S", begun + 3600))
  t.equal(time.format(), time.format(time.now()))
  t.ok(os.clock() - cpu < 60, "os.clock is for measuring what really passes")
end)

t.test("a backoff", function()
  local fake, n = t.fake(), 0
  fake:reply({ "flaky" }, function() n = n + 1; return { exit_code = n < 5 and 1 or 0, delay = "10s" } end)
  local function attempt() execlua.driver():run({ image = "host", "flaky" }, { check = true }) end
  t.equal(took(time.retry, { attempts = 5, every = "1m", factor = 2 }, attempt), 5 * 10 + 60 + 120 + 240 + 480)
  t.equal(n, 5)
end)

t.test("a timeout of a run", function()
  t.fake():reply({ "slow" }, { delay = "2h" })
  local result
  t.equal(took(function() result = execlua.driver():run({ image = "host", "slow" }, { timeout = "1h" }) end), 3600)
  t.equal(result.timed_out, true)
  t.equal(result.duration, 3600)
end)

t.test("a program that heeds no signal has its grace", function()
  t.fake():reply({ "web" }, { delay = "1h" })
  local box = execlua.driver():start { image = "host", "web" }
  t.error(function() box:wait { timeout = "1m" } end, { code = "wait_timeout" })
  t.equal(box:wait().duration, 3600)
end)

t.test("tasks in the order of their moments", function()
  t.fake()
  local order = {}
  task.group(function(group)
    for i, seconds in ipairs { 3, 1, 2, 1, 0.001 } do
      group:spawn(function()
        task.sleep(seconds)
        table.insert(order, i)
      end)
    end
  end)
  t.same(order, { 5, 2, 4, 3, 1 })
end)

t.test("timers", function()
  t.fake()
  local seen, begun = {}, time.now()
  local every
  every = time.every("10m", function()
    table.insert(seen, math.floor((time.now() - begun) / 60 + 0.5))
    if #seen == 4 then every:cancel() end
  end)
  time.after("15m", function() table.insert(seen, "after") end)
  every:wait()
  t.same(seen, { 10, "after", 20, 30 })
  t.error(function() task.timeout("1h", task.sleep, "2h") end, { code = "wait_timeout" })
end)

t.test("what a callback does comes before the next moment", function()
  t.fake():reply({ "job" }, { delay = "1s", stdout = "hello\n" })
  local seen = {}
  local box = execlua.driver():start { image = "host", "job" }
  box:on("exit", function(result) table.insert(seen, "exit " .. result.exit_code) end)
  box:on("log", { tail = 5 }, function(line) table.insert(seen, line.line) end)
  for _ in box:stats_stream { every = "300ms" } do table.insert(seen, "stats") end
  task.sleep("1ms")
  table.sort(seen)
  t.same(seen, { "exit 0", "hello", "stats", "stats", "stats", "stats" })
end)

t.test("a channel between tasks", function()
  t.fake()
  local channel, got = task.channel(), {}
  task.spawn(function()
    for i = 1, 3 do
      task.sleep("1h")
      channel:send(i)
    end
    channel:close()
  end)
  for value in channel:values() do
    task.sleep("1m")
    table.insert(got, value)
  end
  t.same(got, { 1, 2, 3 })
end)

t.test("restarts of a detached container", function()
  local fake, lives = t.fake(), 0
  fake:reply({ "web" }, function()
    lives = lives + 1
    return { exit_code = lives < 5 and 1 or 0, delay = "1s" }
  end)
  local box = execlua.driver():start({ image = "host", "web", restart = { on_failure = 9, delay = "10s" } }, { detach = true })
  t.equal(took(box.wait, box), 5 * 1 + 10 + 20 + 40 + 60) -- a minute is the longest
  t.same({ lives, box.restarts }, { 5, 4 })
  t.equal(math.floor(box.finished - box.created + 0.5), 135)
end)

t.test("health checks of a detached container", function()
  local fake, seen = t.fake(), {}
  local begun = time.now()
  fake:reply({ "web" }, { delay = "720h" })
  fake:reply({ "probe" }, function()
    local hours = math.floor((time.now() - begun) / 3600 + 0.01)
    return { delay = hours < 20 and "1s" or "1m" } -- later than its timeout
  end)
  local box = execlua.driver():start({
    image = "host", "web", health_check = { exec = { "probe" }, every = "1h", timeout = "30s", retries = 3, on_failure = "stop" },
  }, { detach = true })
  box:on("health", function(event) table.insert(seen, { event.health, math.floor((time.now() - begun) / 3600) }) end)
  local result = box:wait()
  task.sleep("1ms") -- what happens at one moment has happened by then
  t.same(seen, { { "healthy", 1 }, { "unhealthy", 22 } })
  t.same({ result.stopped, math.floor(result.duration / 3600) }, { true, 22 })
end)

t.test("hooks wait for nothing, too", function()
  t.fake()
  local function hook() task.sleep("20s") end
  t.equal(took(function()
    execlua.driver():run({ image = "host", "true" }, nil, { pre_start = { hook, hook }, post_stop = hook })
  end), 60)
  t.error(function()
    execlua.driver():run({ image = "host", "true" }, { hook_timeout = "10s" }, { pre_start = hook })
  end, "pre_start")
end)

t.test("what is real is waited for", function()
  t.fake()
  local woken = false
  local sleeper = task.spawn(function()
    task.sleep("1h")
    woken = true
  end)
  local server = t.serve(function()
    task.sleep("20ms")
    return { status = 204 }
  end)
  for _ = 1, 3 do t.equal(http.get(server.url).status, 204) end
  t.equal(woken, false)
  sleeper:wait()
  t.equal(woken, true)
end)

t.test("a script", function()
  t.fake():reply({ "tar" }, { exit_code = 1, delay = "5m" })
  t.equal(took(t.script, "nightly.lua"), 3 * 300 + 2 * 3600)
end)

t.test("without the engine time is real", function()
  local begun = os.clock()
  task.sleep("20ms")
  t.ok(os.clock() - begun >= 0.02)
end)
