local sh = require("execlua.sh")

local r = sh.run({ "no-such-program", "-C", "dir" }, { stdout = "capture", input = "x", check = true }) --> * sh.run no-such-program -C dir
print(r.ok, r.exit_code, r.stdout == "", r.signal) --> true	0	true	nil
print(sh.output { "date" } == "")              --> * sh.run date
                                               --> true
local p = sh.start({ "sleep", "3600" }, { stdin = "inherit" }) --> * sh.run sleep 3600
print(p:done(), p.pid)                         --> true	0
p:kill()
print(p:wait().ok, p:stop().ok)                --> true	true
sh.run {} --! a program expected
