#!/usr/bin/env execlua
-- Runs a program in a container, and ends as it does.
local execlua = require("execlua")

local driver = execlua.driver()
return driver:run({
  image = "host", -- this machine's own /usr; nothing is downloaded
  process = { "/bin/echo", "hello from", arg[1] or "execlua" },
  resources = { memory = "64m", pids = 16 },
}).exit_code
