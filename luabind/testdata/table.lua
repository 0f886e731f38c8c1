local t = require("execlua.table")
local original = { 1, { x = 1 }, n = { y = 2 } }
local shallow, deep = t.copy(original), t.deep_copy(original)
print(shallow ~= original, shallow[2] == original[2], deep[2] ~= original[2], deep.n.y, t.equal(deep, original)) --> true	true	true	2	true
deep.n.y = 3
print(original.n.y, t.equal(deep, original), t.equal(1, 1), t.equal({}, nil), t.equal({ 1 }, { 1, 2 })) --> 2	false	true	false	false
local loop = { name = "loop" }
loop.self = loop
deep = t.deep_copy(loop)
print(deep.self == deep, deep ~= loop, t.equal(deep, loop)) --> true	true	true
local class = { __index = { hello = "hi" } }
print(t.deep_copy(setmetatable({}, class)).hello) --> hi
print(table.concat(t.keys { b = 1, a = 2, 10, 20 }, ","), table.concat(t.values { b = 1, a = 2, 10, 20 }, ","), t.count { 1, x = 2 }) --> 1,2,a,b	10,20,2,1	2
local merged = t.merge({ a = 1, b = 1 }, { b = 2 }, { 5 })
print(merged.a, merged.b, merged[1], t.count(t.merge())) --> 1	2	5	0
print(t.contains({ "a", "b" }, "b"), t.contains({ "a" }, "x")) --> true	false
local list = { 1, 2 }
print(t.extend(list, { 3 }, list) == list, table.concat(list, ",")) --> true	1,2,3,1,2
print(table.concat(t.slice({ 1, 2, 3, 4 }, 2, 3), ","), table.concat(t.slice({ 1, 2, 3 }, -2), ","), #t.slice({ 1 }, 5)) --> 2,3	2,3	0
print(table.concat(t.map({ 1, 2, 3 }, function(v, i) return v * 10 + i end), ","), table.concat(t.filter({ 1, 2, 3, 4 }, function(v) return v % 2 == 0 end), ",")) --> 11,22,33	2,4
-- Chains of any length.
local chain = {}
for _ = 1, 1e4 do chain = { chain } end
print(t.equal(t.deep_copy(chain), chain)) --> true
---
require("execlua.table").map({ 1 }, function() error("inside") end) --! inside
---
require("execlua.table").copy(5) --! bad argument #1 to "copy" (table): table expected, got number
---
local list, same = {}, {}
for i = 1, 1e4 do list[i] = i end
for i = 1, 2e3 do same[i] = list end
require("execlua.table").extend({}, unpack(same)) --! more than 16777216 entries
