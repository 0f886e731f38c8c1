-- Without Host a script reaches nothing outside the VM.
local names = {}
for name in pairs(_G) do names[#names + 1] = name end
table.sort(names)
print(table.concat(names, " ")) --> _G _VERSION assert collectgarbage coroutine debug error getfenv getmetatable ipairs load loadstring math next os package pairs pcall print rawequal rawget rawset require select setfenv setmetatable string table tonumber tostring type unpack utf8 xpcall
local function list(name)
  local keys = {}
  for key in pairs(_G[name]) do keys[#keys + 1] = key end
  table.sort(keys)
  print(name .. ": " .. table.concat(keys, " "))
end
list("os") --> os: clock date difftime execute exit time
list("debug") --> debug: traceback
list("package") --> package: config loaded preload
list("coroutine") --> coroutine: create resume running status wrap yield
list("string") --> string: byte char find format gmatch gsub len lower match rep reverse sub upper
print(io, dofile, loadfile, module) --> nil	nil	nil	nil
print(pcall(require, "simple"))
--> false	globals.lua:18: module 'simple' not found:
--> 	no field package.preload['simple']
--> 	no module 'simple' of the host
print(type(require("test").fail)) --> function
