local regexp = require("execlua.regexp")
local re = regexp.compile [[(?P<user>\w+)@(\w+)(\.org)?]]
print(tostring(re), re:test("a@b"), re:test("none")) --> (?P<user>\w+)@(\w+)(\.org)?	true	false
print(re:match("to: root@example.org")) --> root	example	.org
print(re:match("none"), (re:match("a@b"))) --> nil	a
print(re:find("to: root@example")) --> 5	16	root	example	nil
print(re:find("a@b c@d", 4)) --> 5	7	c	d	nil
local c = re:captures("x root@example.org")
print(c[0], c[1], c[2], c[3], c.user, re:captures("none")) --> root@example.org	root	example	.org	root	nil
local word = regexp.compile [[\bb\w*]]
print(word:match("ab bc"), word:find("ab bc"), word:find("x", 5)) --> bc	4	nil
print(table.concat(word:find_all("b ab bb bbb"), ","), table.concat(word:find_all("b ab bb bbb", 2), ","), #word:find_all("x")) --> b,bb,bbb	b,bb	0
for user, host in re:gmatch("a@b, c@d") do print(user, host) end
--> a	b
--> c	d
print(re:replace("a@b c@d", "$2 at ${user} $$ $0")) --> b at a $ a@b d at c $ c@d	2
print(re:replace("a@b c@d e@f", "-", 2)) --> - - e@f	2
print(re:replace("a@b c@d", function(user, host) return user == "a" and host:upper() or nil end)) --> B c@d	2
print(table.concat(regexp.compile(",\\s*"):split("a, b,c"), "|"), table.concat(regexp.compile(""):split("abc"), "|"), #regexp.compile(","):split("")) --> a|b|c	a|b|c	1
print(table.concat(regexp.compile(","):split("a,b,c", 2), "|"), regexp.escape("a.b*")) --> a|b,c	a\.b\*
print(regexp.compile("(?m)^x"):replace("x\nx", "y")) --> y
--> y	2
-- What backtracks for ever elsewhere is linear here.
print(regexp.compile("(a*)*b"):test(("a"):rep(1e4))) --> false
---
require("execlua.regexp").compile("(a") --! pattern: error parsing regexp: missing closing ): `(a`
---
require("execlua.regexp").compile("(?=a)") --! pattern: error parsing regexp: invalid or unsupported Perl syntax: `(?=`
---
require("execlua.regexp").compile(("a"):rep(9000)) --! pattern: 9000 bytes are too many, the limit is 8192
---
require("execlua.regexp").compile("((a{30}){30}|b){1}"):test(("a"):rep(1e6)) --! bytes are too many for this pattern
---
require("execlua.regexp").compile("a"):replace("a", 5) --! replacement: text or a function expected, got number
---
require("execlua.regexp").compile("a"):replace("a", function() return 5 end) --! the replacement must be text or nil, got number
---
require("execlua.regexp").compile(".*"):replace(("a"):rep(1e6), ("$0"):rep(1e6)) --! result: 1000002000000 bytes are too many
---
-- Many matches may take quadratic time: that ends with the task.
local task, re = require("execlua.task"), require("execlua.regexp").compile("x.*y|x")
local endless = task.spawn(function() return re:find_all(("x"):rep(1e5)) end)
task.sleep("1ms")
endless:cancel()
print((pcall(endless.wait, endless))) --> false
