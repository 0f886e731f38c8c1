-- One container, from nothing to nothing. usage: one.lua ROOTFS
local execlua = require("execlua")
return execlua.driver():run(execlua.command { rootfs = arg[1], process = { "/bin/true" } }).exit_code
