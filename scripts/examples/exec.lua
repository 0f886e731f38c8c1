#!/usr/bin/env execlua
-- More processes in a container that runs already.
local execlua = require("execlua")

local driver = execlua.driver()
local box = driver:start {
  image = "host",
  process = { "/bin/sleep", "infinity" },
}

box:exec { "/bin/sh", "-c", "echo written by one process > /tmp/note" }
box:exec { "/bin/cat", "/tmp/note" }

local r = box:exec({ "/bin/sh", "-c", "read word; echo $GREETING $word", env = { GREETING = "hello" } },
  { input = "world\n", stdout = "capture" })
io.write("captured: ", r.stdout)

print("a code is a result, not an error: " .. box:exec({ "/bin/sh", "-c", "exit 7" }).exit_code)

local ok, err = pcall(box.exec, box, { "/bin/nope" })
print("a program that is not there is an error: " .. tostring(not ok) .. ", " .. err.code)
box:terminate()

-- output:
-- written by one process
-- captured: hello world
-- a code is a result, not an error: 7
-- a program that is not there is an error: true, not_found
