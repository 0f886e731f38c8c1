#!/usr/bin/env execlua
-- One container, from this machine's own programs. Nothing is downloaded.
local execlua = require("execlua")

local driver = execlua.driver()
return driver:run(execlua.command {
  image = "host", -- overlays over this machine's own /usr: what is written is gone afterwards
  process = { "/bin/echo", "hello from", arg[1] or "execlua" },
}).exit_code

-- output:
-- hello from execlua
