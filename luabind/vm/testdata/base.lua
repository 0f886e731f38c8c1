-- Where the base library is Lua 5.1 with the gaps filled, and not gopher-lua's.
local t = setmetatable({}, { __tostring = function() return "T" end, __name = "ignored" })
print(t, nil, true, 1.5, "x") --> T	nil	true	1.5	x
print((tostring({}):gsub("%x+$", "ID"))) --> table: 0xID
print((tostring(setmetatable({}, { __name = "thing" })):gsub("%x+$", "ID"))) --> thing: 0xID
local x = {}
print(tostring(x) == tostring(x), tostring(x) == tostring({})) --> true	false
print(pcall(tostring, setmetatable({}, { __tostring = function() return {} end }))) --> false	base.lua:8: '__tostring' must return a string

for k, v in pairs(setmetatable({}, { __pairs = function(self)
  return function(_, k) if not k then return "key", "value" end end, self, nil
end })) do print(k, v) end --> key	value
for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i < 3 then return i * 10 end end })) do print(i, v) end --> 1	10
--> 2	20
print(pcall(function() ipairs() end)) --> false	base.lua:15: bad argument #1 to ipairs (table expected, got nil)

print(load("return 1 + 1")()) --> 2
print(load("return = 1")) --> nil	[string "return = 1"]:1: syntax error near '='
print(load("x =", "=name")) --> nil	name: syntax error near the end of the file
print(loadstring("break", "@file.lua")) --> nil	file.lua:1: no loop to break
local parts = { "return ", "'in ", "pieces'" }
print(load(function() return table.remove(parts, 1) end)()) --> in pieces
print(load("error('e')", "=chunk") ~= nil, pcall(load("error('e')", "=chunk"))) --> true	false	chunk:1: e

print(unpack({ 1, nil, 3 }, 1, 3)) --> 1	nil	3
print(table.unpack({ 1, 2 }), table.pack(1, nil).n) --> 1	2
print(table.concat({ 1, "b", 3 }, ", "), table.concat({}, "x")) --> 1, b, 3	
print(pcall(table.concat, { {} })) --> false	base.lua:28: invalid value (table) at index 1 in table for 'concat'
print(type(collectgarbage("count")), collectgarbage()) --> number	0
print(newproxy, _printregs, channel, debug.setmetatable) --> nil	nil	nil	nil

print(string.format("%5.2f|%d|%i|%s|%s|%x|%5s|%-5s|%g|%c|%%", 3.14159, 3, 4, t, nil, 255, "ab", "ab", 0.1, 65)) -->  3.14|3|4|T|nil|ff|   ab|ab   |0.1|A|%
print(string.format("%q", 'a"\0\r'), string.format("%05d|%+d|%5.1f|%g|%g", 42, 7, 1 / 0, 1e20, 100000)) --> "a\"\000\r"	00042|+7|  inf|1e+20|100000
print(pcall(string.format, "%v", 1)) --> false	base.lua:34: invalid option '%v' to 'format'
print(pcall(function() string.format("%d", "x") end)) --> false	base.lua:35: bad argument #2 to format (number expected, got string)
print(pcall(function() string.format("%d") end)) --> false	base.lua:36: bad argument #2 to format (number expected, got nil)
print(string.rep("ab", 3, "-"), ("x"):rep(0), ("abc"):byte(1, -1)) --> ab-ab-ab		97	98	99
print(("abc"):byte(), ("abc"):byte(-1), ("abc"):byte(10)) --> 97	99

print(pcall(string.rep, "x", 1e10)) --> false	base.lua:40: string.rep: result is too long (the limit is 268435456 bytes)
print(pcall(string.rep, "", 1e10)) --> true	
print(pcall(unpack, {}, 1, 1e8)) --> false	base.lua:42: too many results to unpack
print(pcall(unpack, {}, -2^53, 2^53)) --> false	base.lua:43: too many results to unpack
print(pcall(string.byte, ("x"):rep(1e6), 1, -1)) --> false	base.lua:44: string slice too long
local big = {}
for i = 1, 200000 do big[i] = "x" end
print(#table.concat(big)) --> 200000
