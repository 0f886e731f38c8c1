local strings = require("execlua.strings")
local function show(list) return #list .. ":" .. table.concat(list, "|") end
print(show(strings.split("a,b,,c", ","))) --> 4:a|b||c
print(show(strings.split("a.b.c", ".", 2)), show(strings.split("", ",")), show(strings.split("abc", "%a"))) --> 2:a|b.c	1:	1:abc
print(strings.cut("key=value=x", "="), select("#", strings.cut("none", "=")), strings.cut("none", "=")) --> key	2	none	nil
print(strings.cut("key=value=x", "=")) --> key	value=x
print(show(strings.words("  a\tb \n c "))) --> 3:a|b|c
for line in strings.lines("one\r\ntwo\n\nlast") do print("<" .. line .. ">") end
--> <one>
--> <two>
--> <>
--> <last>
print(strings.join({ "a", 1, "b" }, "-"), strings.join { "a", "b" }, strings.join({}, "-")) --> a-1-b	ab	
print(strings.replace("a.b.c", ".", "%1"), strings.replace("aaa", "a", "b", 2)) --> a%1b%1c	bba
print("<" .. strings.trim(" \t x y\n") .. ">", strings.trim_prefix("v1.2", "v"), strings.trim_suffix("a.lua", ".lua")) --> <x y>	1.2	a
print(strings.starts_with("a.b", "a."), strings.ends_with("a.b", ".x"), strings.contains("a%d", "%d"), strings.count("a.b.", ".")) --> true	false	true	2
print(strings.upper("äé"), strings.lower("Ä")) --> ÄÉ	ä
print("<" .. strings.pad("ä", 3) .. strings.pad("ä", -3) .. strings.pad("long", 2) .. ">") --> <ä    älong>
print((strings.indent("a\n\nb\n", "> "):gsub("\n", "/"))) --> > a//> b/
print((strings.dedent("  a\n\t\n    b\n  c"):gsub("\n", "/"))) --> a//  b/c
---
require("execlua.strings").split("abc", "") --! separator: a text expected, got an empty one
---
require("execlua.strings").split("abc", "b", 0) --! max: 1 to 524288 expected
---
require("execlua.strings").split(("a"):rep(1e6), "a") --! text: more than 524288 parts
---
require("execlua.strings").replace(("a"):rep(1e6), "a", ("x"):rep(1e6)) --! result: 1000000000000 bytes are too many
---
require("execlua.strings").join({ ("x"):rep(4e7), ("x"):rep(4e7) }) --! list: 80000000 bytes are too many
---
require("execlua.strings").pad("x", 2 ^ 40) --! width: 1099511627776 bytes are too many
---
require("execlua.strings").trim(5) --! bad argument #1 to "trim" (text): string expected, got number (write "5")
