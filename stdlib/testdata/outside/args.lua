-- The command line as a table. The script's own arguments are "in.txt", "--n", "5".
local args = require("execlua.args")
local flags = {
  { "--image", "-i", required = true, help = "what to run" },
  { "--replicas", default = 2, type = "integer", help = "how many" },
  { "--dry-run", type = "boolean" },
  { "--colour", default = true },
  { "--timeout", type = "duration", default = "1m" },
  { "--memory", type = "size" },
  { "--label", list = true },
  { "--mode", choices = { "fast", "safe" }, default = "safe" },
  { "source" },
  { "rest", list = true },
}
local function parse(...) return args.parse(flags, { argv = { ... } }) end
local o = parse("--image", "nginx")
print(o.image, o.replicas, o.dry_run, o.colour, o.timeout, o.memory, #o.label, o.mode, o.source, #o.rest) --> nginx	2	false	true	60	nil	0	safe	nil	0
o = parse("-i=x", "--replicas=-3", "--dry-run", "--no-colour", "--timeout", "500ms", "--memory", "64m", "--label", "a", "--label", "b", "src", "--mode", "fast", "--", "--x", "-")
print(o.image, o.replicas, o.dry_run, o.colour, o.timeout, o.memory, table.concat(o.label, ","), o.mode, o.source, table.concat(o.rest, ",")) --> x	-3	true	false	0.5	67108864	a,b	fast	src	--x,-
print(execlua.args { { "file" }, { "--n", type = "number" } }.n) --> 5

-- A wrong declaration is a mistake of the script.
local function wrong(flag) return select(2, pcall(args.parse, { flag })).message end
print(wrong {}) --> flags[1]: a name expected: { "--name", … }
print(wrong { "--n", type = "int" }) --> flags[1].type: "int" is none of string, integer, number, boolean, duration, size
print(wrong { "--n", typ = "integer" }) --> no field "typ" in flags[1] (did you mean "type"?)
print(wrong { "--n", type = "integer", default = "x" }) --> flags[1].default: "x" is no integer
print(wrong { "--n", type = "integer", default = 1.5 }) --> flags[1].default: "1.5" is no integer
print(wrong { "--n", type = "integer", default = {} }) --> flags[1].default: integer expected, got table
print(wrong { "--n", 5 }) --> flags[1][2]: a name expected, such as --name, -n or name
print(wrong { "n", type = "boolean" }) --> flags[1].type: an argument by its place cannot be boolean
print(select(2, pcall(args.parse, { { "--a-b" }, { "--a_b" } })).message) --> flags[2]: --a-b and --a_b would both be a_b
print(select(2, pcall(args.parse, { "--a" })).message) --> flags[1]: a table expected: { "--name", help = "…" }
