-- A bar on something that is no terminal: a line at the end, as it is short. It is on stderr.
local progress = require("execlua.progress")
local bar = progress.bar { total = 4, label = "encode", unit = "files" }
bar:add()
bar:add(2)
bar:set(4)
bar:add(1) -- it is done: nothing happens
bar:done()
print(select(2, pcall(progress.bar, { total = -1 })).message) --> opts.total: a number from 0 on expected
print(select(2, pcall(progress.bar, { totl = 1 })).code) --> invalid
---
-- Lines of the log go to the host's.
local log = require("execlua.log")
print(log.enabled("debug"), log.enabled("info")) --> false	false
print(select(2, pcall(log.enabled, "loud")).message) --> level: "loud" is none of trace, debug, info, warn, error
