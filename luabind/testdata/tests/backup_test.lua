local t = require("execlua.test")

t.test("two failures, then success", function()
	local fake, n = t.fake(), 0
	fake:reply({ image = "host", "tar" }, function(call)
		t.same(call.argv, { "tar", "-c", "/srv" })
		n = n + 1
		return { exit_code = n < 3 and 1 or 0, stderr = "tar: changed\n", delay = "1ms" }
	end)
	local result = t.script("backup.lua")
	t.equal(result.exit_code, 0)
	t.equal(result.error, nil)
	t.equal(result.stdout, "done after 3\n")
	t.equal(result.stderr, "tar: changed\ntar: changed\n")
	t.equal(#fake:calls("run"), 3)
	t.equal(fake:calls("run")[1].command.resources.memory, 64 * 1024 * 1024)
end)

t.test("it gives up", function()
	t.fake():reply(nil, { exit_code = 1 })
	t.equal(t.script("backup.lua", { 2 }).exit_code, 3)
	t.equal(#t.fake():calls("run"), 2, "calls of this test")
end)

t.test("lack of memory is an error of the script", function()
	t.fake():reply({ resources = { memory = "64m" } }, { oom = true })
	local result = t.script("backup.lua")
	t.equal(result.exit_code, 1)
	t.equal(result.error.message, "too little memory")
	t.ok(tostring(result.error):find("backup.lua:12: too little memory", 1, true))
end)

t.test("the engine refuses", function()
	t.fake():reply({ id = "backup" }, { error = "no space left", code = "busy" })
	local result = t.script("backup.lua")
	t.equal(result.error.code, "busy")
	t.ok(tostring(result.error):find('run "backup": no space left', 1, true))
end)

t.test("a script that is not there", function()
	local result = t.script("nowhere.lua")
	t.equal(result.exit_code, 1)
	t.equal(result.error.code, "not_found")
end)
