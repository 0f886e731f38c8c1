#!/usr/bin/env execlua
-- A pre_start hook that raises forbids the start: the program never runs.
local execlua = require("execlua")

local driver = execlua.driver()
local cmd = execlua.command {
  image = "host",
  process = { "/bin/echo", "never printed" },
}

local function policy(process_config)
  if process_config.user == "" then
    error("programs of root are not allowed here")
  end
end

local ok, err = pcall(driver.run, driver, cmd, {}, { pre_start = { policy } })
print("started: " .. tostring(ok))
print("code: " .. err.code)
print("op: " .. err.op)
print("stage: " .. err.stage)
print("hook: number " .. err.hook.index .. " of " .. err.hook.stage)
print("cause: " .. tostring(err.cause))

-- output:
-- started: false
-- code: hook_failed
-- op: run
-- stage: pre_start
-- hook: number 1 of pre_start
-- cause: *veto.lua:13: programs of root are not allowed here
