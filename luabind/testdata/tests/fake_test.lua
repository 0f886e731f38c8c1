local t = require("execlua.test")
local driver = execlua.driver()

t.test("a container that the test before has left is gone", function()
	driver:start { id = "left", image = "host", "sleep", "infinity" }
	t.equal(t.fake():state("left"), "running")
	execlua.defer(function() print("deferred") end)
end)

t.test("each test begins with nothing", function()
	t.equal(t.fake():state("left"), "gone")
	t.same(t.fake():calls(), {})
	driver:run { id = "left", image = "host", "true" }
end)

t.test("replies end in every way", function()
	local fake = t.fake()
	fake:reply({ id = "killed" }, { signal = "SEGV" })
	fake:reply({ id = "coded" }, { exit_code = 42, stdout = "out", stderr = "err" })
	fake:reply({ id = "slow" }, { delay = "1h" })
	fake:reply({ id = "raising" }, function() error("no such luck") end)
	local function run(id, opts) return driver:run({ id = id, image = "host", "anything" }, opts) end
	t.equal(run("killed").signal, "SEGV")
	local coded = run("coded", { stdout = "capture", stderr = "capture" })
	t.same({ coded.exit_code, coded.stdout, coded.stderr }, { 42, "out", "err" })
	t.equal(run("slow", { timeout = 0.01 }).timed_out, true)
	t.error(function() run("raising") end, "fake_test.lua:%d+: no such luck")
	local success = run("success-is-not-known")
	t.equal(success.exit_code, 127)
end)

t.test("exec and the verbs are calls, too", function()
	local fake = t.fake()
	fake:reply({ "psql" }, { stdout = "3 rows" })
	local box = driver:start { id = "db", image = "host", "sleep", "infinity" }
	t.equal(box:exec({ "psql", "-c", "select" }, { stdout = "capture" }).stdout, "3 rows")
	box:update { memory = "32m" }
	fake:oom("db")
	t.equal(box:wait().oom_killed, true)
	t.error(function() driver:stop("db", { signal = "INT" }) end, { code = "not_found" })
	local verbs = {}
	for i, call in ipairs(fake:calls()) do verbs[i] = call.verb end
	t.same(verbs, { "start", "exec", "update", "stop" })
	t.same(fake:calls("exec")[1].argv, { "psql", "-c", "select" })
	t.equal(fake:calls("exec")[1].process.entrypoint, "psql")
	t.equal(fake:calls("update")[1].resources.memory, 32 * 1024 * 1024)
	t.equal(fake:calls("stop")[1].signal, "INT")
end)

t.test("wrong replies", function()
	local fake = t.fake()
	t.error(function() fake:reply({ imagge = "host" }) end, "imagge.*did you mean")
	t.error(function() fake:reply({}, { exitcode = 1 }) end, 'no field "exitcode" in reply')
	t.error(function() fake:reply({}, { exit_code = 256 }) end, "from 0 to 255")
	t.error(function() fake:reply({}, { code = "busy" }) end, { code = "invalid" })
	t.error(function() fake:reply({}, { error = "x", code = "busier" }) end, "no error of code")
	t.error(function() fake:reply({}, { signal = "NOPE" }) end, "no such signal")
	t.error(function() fake:reply({}, { delay = -1 }) end, "reply.delay")
	t.error(function() fake:reply("web") end, "match: ")
	fake:reply({}, function() return { exit = 1 } end)
	t.error(function() driver:run { image = "host", "true" } end, 'no field "exit"')
end)
