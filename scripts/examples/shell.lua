#!/usr/bin/env execlua
-- A shell in a container that runs already. On a terminal it is interactive: raw mode and the window's size are
-- taken care of. Otherwise it runs what it reads: echo 'id -un' | execlua shell.lua
local execlua = require("execlua")

local driver = execlua.driver()
local box = driver:start {
  image = "host",
  hostname = "box",
  process = { "/bin/sleep", "infinity" },
}

local shell = box:exec({ "/bin/bash", tty = execlua.isatty(0) }, { stdin = "inherit" })
box:terminate()
print("the shell exited with code " .. shell.exit_code)
return shell.exit_code

-- output:
-- the shell exited with code 0
