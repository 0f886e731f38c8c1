-- A script sees what it has written, and nobody else does. "*" is what was recorded.
local fs = require("execlua.fs")

fs.write("conf", "a=1")                        --> * fs.write conf 3
fs.append("conf", "\nb=2")                     --> * fs.append conf
print((fs.read("conf"):gsub("\n", " ")))       --> a=1 b=2
local info = fs.stat("conf")
print(info.name, info.type, info.size, info.mode) --> conf	file	7	0644
fs.write("secret", "", { mode = "0600" })      --> * fs.write secret 0
print(fs.stat("secret").mode)                  --> 0600

fs.mkdir("a/b", { parents = true })            --> * fs.mkdir a
                                               --> * fs.mkdir a/b
fs.mkdir("a/b", { parents = true })
fs.move("conf", "a/b/conf")                    --> * fs.move conf -> a/b/conf
print(fs.exists("conf"), fs.exists("a/b/conf")) --> false	true
fs.copy("a", "c", { recursive = true })        --> * fs.mkdir c
                                               --> * fs.mkdir c/b
                                               --> * fs.write c/b/conf 7
for path, it in fs.walk("c") do print(path, it.type) end --> c/b	directory
                                               --> c/b/conf	file
print(table.concat(fs.glob("*/b/c*"), " "))    --> a/b/conf c/b/conf
print(table.concat(fs.list("."), " "))         --> a c secret
fs.remove("c", { recursive = true })           --> * fs.remove c
fs.remove("c", { missing_ok = true })
print(table.concat(fs.list("."), " "))         --> a secret
---
-- A directory that is moved takes what is really in it along.
local fs = require("execlua.fs")
local before = fs.read("/etc/passwd")
fs.move("/etc", "here")                        --> * fs.move /etc -> here
print(fs.exists("/etc/passwd"), fs.read("here/passwd") == before) --> false	true
fs.append("here/passwd", "x")                  --> * fs.append here/passwd
fs.move("here/passwd", "/passwd")              --> * fs.move here/passwd -> /passwd
print(fs.exists("here/passwd"), fs.read("/passwd") == before .. "x") --> false	true
fs.mkdir("/etc")                               --> * fs.mkdir /etc
print(#fs.list("/etc"))                        --> 0
---
-- What would fail fails, and is not recorded.
local fs = require("execlua.fs")
for _, call in ipairs {
	function() fs.read("none") end,
	function() fs.write("none/file", "") end,
	function() fs.append("/etc", "") end,
	function() fs.mkdir("/etc") end,
	function() fs.mkdir("/etc/passwd/x") end,
	function() fs.remove("/etc") end,
	function() fs.move("/etc", "/etc/below") end,
	function() fs.move("/etc/passwd", "/etc") end,
} do
	local _, err = pcall(call)
	print(err.code)
end
--> not_found
--> not_found
--> invalid
--> exists
--> invalid
--> busy
--> invalid
--> invalid
---
-- io and os are told as fs.
local f = io.open("log", "w")                  --> * fs.write log
f:write("one\ntwo\n")
f:close()
for line in io.lines("log") do print(line) end --> one
                                               --> two
f = io.open("log", "r+")                       --> * fs.write log
f:write("ONE")
f:seek("set")
print(f:read("*l"))                            --> ONE
print(os.rename("log", "old"))                 --> * fs.move log -> old
                                               --> true
print(os.remove("old"))                        --> * fs.remove old
                                               --> true
print(io.open("old"))                          --> nil	old: no such file or directory	2
io.open("code.lua", "w"):write("return 42")    --> * fs.write code.lua
print(dofile("code.lua"))                      --> 42
io.open("/dev/null", "w"):write("nowhere")     --> * fs.write /dev/null
print(#io.open("/dev/null"):read("*a"), io.open("/proc/self/fd/0") ~= nil) --> 0	true
