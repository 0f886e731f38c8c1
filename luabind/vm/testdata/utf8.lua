-- utf8 is that of Lua 5.3; positions are bytes from 1.
print(utf8.char(72, 228, 8364, 128512), utf8.char()) --> Hä€😀	
print(utf8.len("Hä€😀"), utf8.len("Hä€", -3), utf8.len("")) --> 4	1	0
print(utf8.len("a\255b")) --> nil	2
print(utf8.codepoint("ä€")) --> 228
print(utf8.codepoint("ä€", 1, -1)) --> 228	8364
print(utf8.offset("aä€", 3), utf8.offset("aä€", -1), utf8.offset("aä€", 0, 3), utf8.offset("a", 2), utf8.offset("a", 3)) --> 4	4	2	2	nil
for position, code in utf8.codes("aä€") do print(position, code) end
--> 1	97
--> 2	228
--> 4	8364
for char in ("aä\0€"):gmatch(utf8.charpattern) do io.write(#char, " ") end print() --> 1 2 1 3 
print(pcall(utf8.char, 0xD800)) --> false	utf8.lua:13: bad argument #1 to ? (value out of range)
print(pcall(utf8.char, -1)) --> false	utf8.lua:14: bad argument #1 to ? (value out of range)
print((pcall(utf8.codepoint, "\255")), (pcall(utf8.codepoint, "a", 1, 9))) --> false	false
print((pcall(utf8.offset, "ä", 1, 2)), (pcall(utf8.len, "a", 9))) --> false	false
print((pcall(function() for _ in utf8.codes("a\255") do end end))) --> false
print(require("utf8") == utf8, table.unpack(table.pack(1, nil, 3), 1, 3)) --> true	1	nil	3
print(load("return 1 + 1")()) --> 2
