-- Methods of strings cannot be poisoned, new ones can be added.
print(getmetatable("")) --> false
print(pcall(function() setmetatable("", {}) end)) --> false	metatables.lua:3: bad argument #1 to setmetatable (table expected, got string)
print(pcall(function() setmetatable(print, {}) end)) --> false	metatables.lua:4: bad argument #1 to setmetatable (table expected, got function)
local upper = string.upper
string.upper = function() return "poisoned" end
print(("abc"):upper()) --> ABC
string.upper = upper
function string.shout(s) return s:upper() .. "!" end
print(("abc"):shout()) --> ABC!
print(("abc").nothing) --> nil

local locked = setmetatable({}, { __metatable = "locked" })
print(getmetatable(locked), pcall(setmetatable, locked, {})) --> locked	false	metatables.lua:14: cannot change a protected metatable
print(getmetatable(setmetatable({}, nil)), pcall(function() setmetatable({}) end)) --> nil	false	metatables.lua:15: bad argument #2 to setmetatable (table expected, got nil)
print(getmetatable(io.stdout)) --> false
