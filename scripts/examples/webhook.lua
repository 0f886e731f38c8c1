#!/usr/bin/env execlua
-- A webhook that runs a container for each request. Handlers run at the same time.
local execlua = require("execlua")
local http, log = require("execlua.http"), require("execlua.log")

local driver = execlua.driver()
local server = http.serve("127.0.0.1:0", function(request)
  log.debug("asked", { path = request.path, from = request.remote })
  local r = driver:run({ image = "host", process = { "/bin/echo", "built", request.query.ref } }, { stdout = "capture" })
  return { status = r.ok and 200 or 500, json = { output = r.stdout } }
end)

-- What a forge would do. A server of one's own says server:wait() here.
local answer = http.post(server.url .. "/build", { query = { ref = "main" } })
io.write(answer.status, " ", answer:json().output)

-- output:
-- 200 built main
