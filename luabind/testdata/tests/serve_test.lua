local t = require("execlua.test")
local http = require("execlua.http")

t.test("two failures, then success", function()
	local fake, n = t.fake(), 0
	fake:reply({ image = "host" }, function() n = n + 1; return { exit_code = n < 3 and 1 or 0, stderr = "tar: changed" } end)
	local hook = t.serve(function() return { status = 204 } end)
	t.equal(t.script("backup.lua", { "--webhook", hook.url }).exit_code, 0)
	t.equal(#fake:calls("run"), 3)
	t.equal(#hook.requests, 0)
end)

t.test("a failure is told", function()
	t.fake():reply({ image = "host" }, { exit_code = 1 })
	local hook = t.serve(function() return { status = 204 } end)
	t.equal(t.script("backup.lua", { "--webhook", hook.url }).exit_code, 3)
	t.equal(#hook.requests, 1)
	local request = hook.requests[1]
	t.equal(request.method .. " " .. request.path, "POST /failed")
	t.same(request.query, { tries = "3" })
	t.equal(request.headers["content-type"], "application/json")
	t.equal(request.body, '{"job":"backup"}')
end)

local url

t.test("what the handler returns is answered", function()
	local server = t.serve(function(request)
		if request.path == "/nothing" then return nil end
		if request.path == "/broken" then error("a handler that fails") end
		return { status = 201, headers = { ["X-Kind"] = "test" }, body = request.body:upper() }
	end)
	url = server.url
	local r = http.post(url, { body = "text" })
	t.equal(r.status, 201)
	t.equal(r.headers["x-kind"], "test")
	t.equal(r.body, "TEXT")
	t.equal(http.get(url .. "/nothing").status, 204)
	t.equal(http.get(url .. "/broken").status, 500)
	t.equal(#server.requests, 3)
end)

t.test("a server ends with its test", function()
	t.error(function() http.get(url) end, "connection refused")
end)

t.test("calls tell their options", function()
	local driver = execlua.driver()
	driver:run({ image = "host", "true" }, { input = "text", stdout = "capture", stderr = function() end, timeout = "90s", check = true })
	driver:run { image = "host", "true" }
	local box = driver:start({ id = "box", image = "host", "sleep", "infinity" }, { grace = 1, stdout = io.stderr })
	box:exec({ "true" }, { timeout = 5 })
	t.same(t.fake():calls("run")[1].opts, { input = "text", stdout = "capture", stderr = "function", timeout = 90, check = true, detach = false })
	t.same(t.fake():calls("run")[2].opts, { check = false, detach = false })
	t.same(t.fake():calls("start")[1].opts, { grace = 1, stdout = "file", check = false, detach = false })
	t.equal(t.fake():calls("exec")[1].opts.timeout, 5)
end)
