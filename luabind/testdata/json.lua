-- What is read is what was written.
local json = require("execlua.json")
local text = '{"name":"web","ports":[80,443],"tls":true,"ratio":0.5,"labels":{},"extra":[]}'
local value = json.decode(text)
print(value.name, value.ports[2], #value.ports, value.tls, value.ratio) --> web	443	2	true	0.5
print(json.encode(value)) --> {"extra":[],"labels":{},"name":"web","ports":[80,443],"ratio":0.5,"tls":true}
print(json.encode({ b = { 1, 2 }, a = "<&>é\n" }, { indent = 2 }))
--> {
-->   "a": "<&>é\n",
-->   "b": [
-->     1,
-->     2
-->   ]
--> }
print(json.encode(1), json.encode("x"), json.encode(nil), json.encode(1.5), json.encode(-0.25), json.encode(1e300)) --> 1	"x"	null	1.5	-0.25	1e+300
print(json.encode(execlua.mount { source = "/a", destination = "/b" }):match('"destination":"/b"')) --> "destination":"/b"

-- The empty table is a map; array makes lists.
print(json.encode {}, json.encode(json.array()), json.encode { list = json.array {} }) --> {}	[]	{"list":[]}

-- null: nil in a map, a value of its own in a list.
value = json.decode('{"a":null,"list":[1,null,3]}')
print(value.a, #value.list, value.list[2], value.list[2] == json.null) --> nil	3	null	true
print(json.encode(value), json.decode("null")) --> {"list":[1,null,3]}	nil
value = json.decode('{"a":null}', { nulls = true })
print(value.a == json.null, json.encode(value)) --> true	{"a":null}
print(json.null == require("execlua.yaml").null) --> true

-- Integers are exact or refused.
print(json.encode(2 ^ 53), json.decode("9007199254740992") == 2 ^ 53) --> 9007199254740992	true
print(json.decode('[18446744073709551615, 1]', { big_integers = "text" })[1]) --> 18446744073709551615
print(json.encode(2 ^ 60), json.decode("1.0e3"), json.decode("-0")) --> 1152921504606847000	1000	0

-- A text of many escapes.
print(json.decode([["\ud83d\ude00 \u00e9 \ufffd \\ud800"]])) --> 😀 é � \ud800
print(#json.encode(("\0"):rep(10)), json.decode(json.encode(("\0"):rep(10))) == ("\0"):rep(10)) --> 62	true
---
-- What is wrong with a text is told with its place and its path.
local json = require("execlua.json")
local function fails(text) print((select(2, pcall(json.decode, text)).message)) end
fails('{"servers":[{"port":80},{"port":9007199254740993}]}') --> json: line 1, column 33: servers[2].port: the integer 9007199254740993 would be rounded (big_integers = "text" gives it as text)
fails('{"a":1,\n "a":2}') --> json: line 2, column 2: the key "a" is given twice
fails('[1, 2') --> json: line 1, column 6: the text ends too early
fails('') --> json: line 1, column 1: the text ends too early
fails('[1,]') --> json: line 1, column 4: invalid character ']' looking for beginning of value
fails('{"ä": nope}') --> json: line 1, column 7: ["ä"]: invalid character 'o' in literal null (expecting 'u')
fails('1 2') --> json: line 1, column 3: the text goes on after the value
fails('[1] ]') --> json: line 1, column 5: the text goes on after the value
fails('"a\255"') --> json: line 1, column 3: not UTF-8
fails([["\ud800"]]) --> json: line 1, column 1: half of a surrogate pair in "\ud800"
fails('[1e999]') --> json: line 1, column 2: [1]: the number 1e999 is out of range
fails('{"a b":[NaN]}') --> json: line 1, column 9: ["a b"]: invalid character 'N' looking for beginning of value
print((select(2, pcall(json.decode, ("["):rep(200))).message):match("nested deeper than 128")) --> nested deeper than 128
print((select(2, pcall(json.decode, '{"a":' .. ("["):rep(1e6))).message):match("nested deeper than 128")) --> nested deeper than 128
print(select(2, pcall(json.decode, "[1]x")).code, select(2, pcall(json.decode, 5)).code) --> error	invalid
---
-- What is wrong with a value is told with its path.
local json = require("execlua.json")
local function fails(value) print((select(2, pcall(json.encode, value)).message)) end
fails({ a = { print } }) --> value.a[1]: data expected, got function
fails({ a = 0 / 0 }) --> value.a: NaN is no number that text can hold
fails(1 / 0) --> value: +Inf is no number that text can hold
fails({ "a", nil, "c" }) --> value: the list has a hole at [2]: null can stand there
fails({ "a", x = 1 }) --> value: a list has the keys 1 to n only, got ["x"]
fails({ [0.5] = "x" }) --> value: text expected for keys, got [0.5]
fails({ [{}] = "x" }) --> value: text expected for keys, got a table
fails({ a = "\255" }) --> value.a: not UTF-8 (execlua.base64 makes text of bytes)
fails({ ["\255"] = 1 }) --> value: the key "\xff" is not UTF-8
fails(json.array { x = 1 }) --> value: a list has the keys 1 to n only, got ["x"]
fails(execlua.driver()) --> value: data expected, got userdata
local loop = { next = {} }
loop.next.next = loop
fails(loop) --> value.next.next: the table contains itself
local deep = {}
for _ = 1, 200 do deep = { deep } end
print((select(2, pcall(json.encode, deep)).message):match("tables nest deeper than 128")) --> tables nest deeper than 128
local wide = { "x" }
for _ = 1, 40 do wide = { wide, wide } end
print((select(2, pcall(json.encode, wide)).message):match("the text would be longer than 16 MiB")) --> the text would be longer than 16 MiB
local long, list = ("x"):rep(1e6), {}
for i = 1, 20 do list[i] = long end
fails(list) --> value[17]: the text would be longer than 16 MiB
---
require("execlua.json").encode({}, { ident = 2 }) --! no field "ident" in opts (did you mean "indent"?)
---
require("execlua.json").encode({}, { indent = 9 }) --! 0 to 8 expected
---
require("execlua.json").decode("1", { big_integers = "round" }) --! "text" expected, got "round"
