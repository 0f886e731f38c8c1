local t = require("execlua.test")

t.test("equal", function() t.equal(1, 2) end) --! got 1, want 2
t.test("equal with a message", function()
	t.equal("a", nil, "the answer") --! the answer: got "a", want nil
end)
t.test("tables are equal to themselves", function()
	t.equal({ 1 }, { 1 }) --! got { 1 }, want { 1 }
end)
t.test("same", function()
	t.same({ 1, { a = 1, b = { "x" } } }, { 1, { a = 1, b = { "x" } } })
	local loop, other = {}, {}
	loop.self, other.self = loop, other
	t.same(loop, other)
	t.same(execlua.resources { memory = "1m" }, execlua.resources { memory = 1024 * 1024 })
	t.same({ limits = { memory = 1, pids = 2 }, list = { 1, 2 } }, { limits = { memory = 3, cpus = 1 }, list = { 1 } }) --! limits.cpus: got nil, want 1|limits.memory: got 1, want 3|limits.pids: got 2, want nil|list[2]: got 2, want nil
end)
t.test("same, of what is no table", function()
	t.same({ ["a b"] = true }, 5) --! got { ["a b"] = true }, want 5
end)
t.test("ok", function()
	t.ok(0)
	t.ok(false, "zero is true") --! zero is true: got false
end)
t.test("error", function()
	t.equal(t.error(function() error("a") end), "testdata/tests/assert_test.lua:26: a")
	t.error(function() error({ code = 7 }, 0) end, { code = 7 })
	t.error(function() execlua.driver():stop("gone") end, { code = "not_found", op = "stop", id = "gone" })
	t.error(function() end) --! an error expected, none was raised
end)
t.test("another error", function()
	t.error(function() error("a") end, "^b") --! does not match "^b": testdata/tests/assert_test.lua:32: a
end)
t.test("another code", function()
	t.error(function() execlua.driver():stop("gone") end, { code = "busy" }) --! code: got "not_found", want "busy"
end)
t.test("a failure from below", function()
	local function deep() local x = nil; return x.y end --! attempt to index
	deep()
end)
t.test("a test inside", function()
	t.test("of a test", function() end) --! a test inside of a test
end)
t.test("texts that part late", function()
	local long = ("x"):rep(1000)
	t.equal(long .. "1" .. long, long .. "2") --! from byte 1001 on: got …"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1xxx
end)
