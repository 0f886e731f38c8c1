-- Three attempts, an hour apart.
local time = require("execlua.time")
pcall(time.retry, { attempts = 3, every = "1h" }, function()
  execlua.driver():run({ image = "host", "tar", "-c", "/srv" }, { check = true })
end)
