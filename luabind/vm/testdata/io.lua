print(io.read()) --> first line
print(io.read("*n", "n")) --> 12	16
print(io.read(5), io.read(0)) -->  rest	
print(io.read("*l"), io.read("*a")) --> 	last
print(io.read("*l"), io.read(0)) --> nil	nil
io.write("a", 1, "\n") --> a1
io.stdout:write("chain"):write("ed\n") --> chained

local name = os.tmpname()
local f = assert(io.open(name, "w"))
print(io.type(f), io.type(1), f:write("one\ntwo\n", 3.5, "\n") == f, f:close()) --> file	nil	true	true
print(io.type(f), pcall(f.write, f, "x")) --> closed file	false	attempt to use a closed file
for line in io.lines(name) do print(line) end --> one
--> two
--> 3.5
f = io.open(name, "r+")
print(f:read("*l"), f:seek(), f:seek("end")) --> one	4	12
f:seek("set", 4)
f:write("TWO")
f:seek("set")
print(f:read("*a")) --> one
--> TWO
--> 3.5
-->
f:close()
print(os.rename(name, name .. "x"), os.remove(name .. "x")) --> true	true
print(io.open("/nonexistent/file")) --> nil	/nonexistent/file: no such file or directory	2
print(pcall(io.lines, "/nonexistent/file")) --> false	open /nonexistent/file: no such file or directory
print(io.close()) --> nil	a standard stream stays open	0
print(pcall(io.popen, "true")) --> false	io.lua:30: io.popen is not available: a script runs programs in containers
print(pcall(os.execute, "true")) --> false	io.lua:31: os.execute is not available: a script runs programs in containers
print(os.getenv("EXECLUA_SURELY_UNSET"), type(os.getenv("PATH"))) --> nil	string
local tmp = io.tmpfile()
tmp:write("kept"):seek("set")
print(tmp:read("*a")) --> kept
