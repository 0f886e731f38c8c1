local t = require("execlua.test")
local task = require("execlua.task")
local driver = execlua.driver()

t.test("what a script detaches outlives it", function()
	local fake = t.fake()
	fake:reply(nil, { delay = "1h" })
	t.equal(t.script("service.lua").exit_code, 0)
	t.same({ fake:state("db"), fake:state("web") }, { "running", "running" })
	local starts = fake:calls("start")
	t.same({ #starts, starts[1].detached, starts[1].argv }, { 2, true, { "db" } })
	t.equal(starts[1].command.restart.on_failure, 2)

	t.equal(t.script("service.lua").exit_code, 0) -- finds both
	t.equal(#fake:calls("start"), 2)
	driver:stop("db")
	t.equal(t.script("service.lua").exit_code, 0) -- and starts one again
	t.equal(fake:calls("restart")[1].id, "db")
	t.equal(fake:state("db"), "running")
end)

t.test("the next test begins without them", function()
	t.same(driver:find(), {})
	local box = driver:start({ image = "host", "true" }, {})
	t.equal(t.fake():calls("start")[1].detached, false)
	box:wait()
end)

t.test("a reply for each life", function()
	local lives = {}
	t.fake():reply({ "web" }, function(call)
		lives[#lives + 1] = call.verb
		return { exit_code = #lives < 3 and 1 or 0, stdout = "life " .. #lives .. "\n" }
	end)
	local box = driver:start({ image = "host", "web", restart = { on_failure = 5, delay = "1ms" } }, { detach = true })
	t.equal(box:wait().exit_code, 0)
	t.same(lives, { "start", "restart", "restart" })
	t.equal(box.restarts, 2)
	local lines = {}
	for l in box:logs() do lines[#lines + 1] = l.line end
	t.same(lines, { "life 1", "life 2", "life 3" })
end)

t.test("a reply for a health check", function()
	local fake, well = t.fake(), true
	fake:reply({ "web" }, { delay = "1h" })
	fake:reply({ "127.0.0.1:80" }, function(call)
		t.equal(call.verb, "health")
		return { exit_code = well and 0 or 1 }
	end)
	t.script("service.lua")
	local box = driver:find({ id = "web" })[1]
	while box.health ~= "healthy" do task.sleep("1ms") end
	well = false
	while box.health ~= "unhealthy" do task.sleep("1ms") end
	t.equal(box.state, "running")
end)

t.test("a life that cannot begin is the last", function()
	local n = 0
	t.fake():reply({ "web" }, function()
		n = n + 1
		if n == 2 then error("no room") end
		return { exit_code = 1 }
	end)
	local box = driver:start({ image = "host", "web", restart = "always" }, { detach = true })
	local warned
	for e in box:events() do
		if e.event == "warning" then warned = e.message break end
	end
	t.ok(warned:find("no room"), warned)
	t.equal(box:wait().exit_code, 1)
end)
