-- A manifest, with what people write into one.
local yaml = require("execlua.yaml")
local value = yaml.decode [[
# a comment
name: web
ports: [80, 0x1F, 1_000]
mode: 0755
on: yes
version: "1.0"
when: 2024-01-01
size: 1e3
none: ~
script: |
  echo one
  echo two
base: &base
  image: host
  env: { A: 1 }
job:
  <<: *base
  env: { B: 2 }
80: port
data: !!binary aGk=
]]
print(value.name, value.ports[2], value.ports[3], value.mode, value.on, value.version, value.when, value.size, value.none) --> web	31	1000	493	yes	1.0	2024-01-01	1000	nil
print((value.script:gsub("\n", "/")), value.job.image, value.job.env.A, value.job.env.B, value["80"], value.data) --> echo one/echo two/	host	nil	2	port	hi
print(value.base.env ~= value.job.env, yaml.decode(""), yaml.decode("# nothing"), yaml.decode("null")) --> true	nil	nil	nil
print(#yaml.decode_all("a: 1\n---\nb: 2\n---\n"), yaml.decode_all("a: 1\n---\nb: 2\n")[2].b, #yaml.decode_all("")) --> 3	2	0

-- What is written is read back as it was.
local hard = { "yes", "1", "null", "", " x", "a\nb\n", "a: b", "# x", "- x", "1e3", "0x10", "~", "<<", "a\tb", "\1", "a\n\n b", ".inf", "'", '"',
  "{a", "&a", "*a", "!x", "%x", "@x", "a #b", "a:", "---", "\n", "a\r\nb", "? a", "2001-01-01", "\239\187\191", "a ", "=", "\n a", "é😀" }
local map = {}
for _, text in ipairs(hard) do map[text] = text end
print(require("execlua.table").equal(yaml.decode(yaml.encode(hard)), hard)) --> true
print(require("execlua.table").equal(yaml.decode(yaml.encode(map)), map)) --> true
print(yaml.encode { b = { 1, { c = "x" } }, a = {}, list = yaml.array {} })
--> a: {}
--> b:
-->   - 1
-->   - c: x
--> list: []
--> 
---
local yaml = require("execlua.yaml")
local function fails(text) print((select(2, pcall(yaml.decode, text)).message)) end
fails("a:\n  - 1\n  - port: 12345678901234567890") --> yaml: line 3, column 11: a[2].port: the integer 12345678901234567890 would be rounded (big_integers = "text" gives it as text)
fails("99999999999999999999999") --> yaml: line 1, column 1: the integer 99999999999999999999999 would be rounded (big_integers = "text" gives it as text)
fails("a: 1\na: 2") --> yaml: line 2, column 1: the key "a" is given twice
fails("a: .nan") --> yaml: line 1, column 4: a: .nan is no number for data
fails("a: -.inf") --> yaml: line 1, column 4: a: -.inf is no number for data
fails("a: !ruby/object x") --> yaml: line 1, column 4: a: the tag !ruby/object is not known
fails("? [a]\n: 1") --> yaml: line 1, column 3: a key is text
fails("a: *nope") --> yaml: unknown anchor 'nope' referenced
fails("a: b: c") --> yaml: mapping values are not allowed in this context
fails("a:\n\t- x") --> yaml: line 2: found character that cannot start any token
fails("a: \255") --> yaml: line 1, column 4: not UTF-8
fails("--- 1\n--- 2") --> yaml: line 2, column 5: a second document (decode_all reads several)
fails("<<: 1") --> yaml: line 1, column 5: ["<<"]: a map, or a list of maps, expected
fails("!!int x") --> yaml: line 1, column 1: "x" is no number of the kind
fails("!!bool x") --> yaml: line 1, column 1: "x" is no boolean

-- Texts that are larger than they look.
local bomb = { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" }
for i = 1, 9 do bomb[i + 1] = ("a%d: &a%d [%s]"):format(i, i, (("*a%d, "):format(i - 1)):rep(10)) end
print((select(2, pcall(yaml.decode, table.concat(bomb, "\n"))).message):match("more than %d+ entries")) --> more than 524288 entries
print((select(2, pcall(yaml.decode, "a: &a [*a]")).message):match("[^ ]+ deeper than 128")) --> nested deeper than 128
print((select(2, pcall(yaml.decode, "a: &a {<<: *a}")).message):match("[^ ]+ deeper than 128")) --> nested deeper than 128
for _, open in ipairs { "[", "{a: ", "- ", "? ", "!a ", "&a " } do
  print((pcall(yaml.decode, open:rep(1e5))))
end
--> false
--> false
--> false
--> false
--> false
--> false
---
require("execlua.yaml").decode(("x"):rep(2 ^ 20 + 1)) --! text: 1048577 bytes are too many, the limit is 1048576
