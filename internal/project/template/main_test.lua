-- execlua test runs this with an engine in memory: no root, no containers.
local t = require("execlua.test")

t.test("the program's exit code is the script's", function()
  local fake = t.fake() -- serves every execlua.driver() of this test
  fake:reply({ image = "host" }, function(call)
    t.same(call.argv, { "/bin/echo", "hello from", "a test" })
    return { exit_code = 3, stdout = "hello from a test\n" }
  end)
  local result = t.script("main.lua", { "a test" })
  t.equal(result.exit_code, 3)
  t.equal(result.stdout, "hello from a test\n")
  t.equal(#fake:calls("run"), 1)
end)
