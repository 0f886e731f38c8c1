-- execlua test runs this with an engine in memory: no root, no containers.
local t = require("execlua.test")

t.test("the program's exit code is the script's", function()
  local fake = t.fake()
  fake:reply({ image = "host" }, { exit_code = 3 })
  t.equal(t.script("main.lua").exit_code, 3)
  t.equal(#fake:calls("run"), 1)
end)
