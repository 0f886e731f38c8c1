-- What is read is what was written; dates and times are text.
local toml, equal = require("execlua.toml"), require("execlua.table").equal
local value = toml.decode [==[
title = "web"
ratio = 0.5
born = 1979-05-27T07:32:00Z
day = 1979-05-27
owner.name = 'x'
[[server]]
ports = [80, 443]
[[server]]
ports = []
]==]
print(value.title, value.ratio, value.born, value.day, value.owner.name, #value.server) --> web	0.5	1979-05-27T07:32:00Z	1979-05-27	x	2
print(equal(toml.decode(toml.encode(value)), value)) --> true
print(toml.encode { b = 1, a = { c = "x", list = toml.array() } })
--> b = 1
--> 
--> [a]
--> c = 'x'
--> list = []
--> 
local hard = { ["a.b"] = "'", [""] = '"', x = "a\nb\r\n\t\\ \1 é", d = { { e = { 1.5, 2 } } } }
print(equal(toml.decode(toml.encode(hard)), hard)) --> true
---
local toml = require("execlua.toml")
local function fails(text) print((select(2, pcall(toml.decode, text)).message)) end
fails("a = 1\na = 2") --> toml: line 2, column 1: a: key a is already defined
fails("[a.b]\n[a.b]") --> toml: line 2, column 2: a.b: table b already exists
fails("a = [1, 2") --> toml: line 1, column 9: array is incomplete
fails("x = [0, 9007199254740993]") --> toml: x[2]: the integer 9007199254740993 would be rounded (big_integers = "text" gives it as text)
fails("a = 99999999999999999999") --> toml: line 1, column 5: decimal number is too large to fit in a 64-bit signed integer
fails("a.b = nan") --> toml: a.b: NaN is no number for data
fails("a = '\255'") --> toml: line 1, column 6: not UTF-8
print((select(2, pcall(toml.decode, "a = " .. ("["):rep(1e5))).message):match("nested")) --> nested
print((select(2, pcall(toml.decode, ("a."):rep(1e3) .. "a = 1")).message):match("nested deeper than 128")) --> nested deeper than 128
---
require("execlua.toml").encode { a = { 1, require("execlua.json").null } } --! value.a[2]: TOML has no null
---
require("execlua.toml").encode { 1, 2 } --! value: a map expected: a TOML text is one
