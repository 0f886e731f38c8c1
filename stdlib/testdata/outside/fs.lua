-- Whole files.
local fs = require("execlua.fs")
fs.write("a.txt", "one\n")
fs.append("a.txt", "two\n")
fs.append("new.txt", "x")
print(fs.read("a.txt"), fs.exists("a.txt"), fs.exists("b.txt"), fs.exists("a.txt/b"))
--> one
--> two
--> 	true	false	false
fs.write("bytes", "\0\255")
print(#fs.read("bytes"), fs.read("bytes") == "\0\255") --> 2	true
local s = fs.stat("a.txt")
print(s.name, s.type, s.size, s.mode, math.abs(s.modified - os.time()) < 60) --> a.txt	file	8	0644	true
fs.write("secret", "", { mode = "0600" })
fs.write("secret", "more")
print(fs.stat("secret").mode, fs.stat("secret").size) --> 0600	4
print(table.concat(fs.list("."), " ")) --> a.txt bytes new.txt secret

-- A link stays, and what it names is replaced.
require("execlua.sh").run { "ln", "-s", "a.txt", "link" }
fs.write("link", "three")
print(fs.read("a.txt"), fs.stat("link").type, fs.stat("link", { link = true }).type) --> three	file	link

-- Errors say what was done to what.
local function failure(f, ...)
  local ok, err = pcall(f, ...)
  return err.code, err.op, err.message
end
print(failure(fs.read, "none")) --> not_found	fs.read	fs.read "none": no such file or directory
print(failure(fs.read, ".")) --> invalid	fs.read	fs.read ".": is a directory
print(failure(fs.read, "/dev/zero")) --> invalid	fs.read	fs.read "/dev/zero": invalid argument: not a regular file (io.open has others)
print(failure(fs.write, "/dev/null", "x")) --> invalid	fs.write	fs.write "/dev/null": invalid argument: not a regular file (io.open has others)
print(failure(fs.write, "none/x", "")) --> not_found	fs.write	fs.write "none/x": no such file or directory
print(failure(fs.write, "", "x")) --> not_found	fs.write	fs.write "": no such file or directory
print(failure(fs.list, "a.txt")) --> invalid	fs.list	fs.list "a.txt": not a directory
print(failure(fs.mkdir, "a.txt")) --> exists	fs.mkdir	fs.mkdir "a.txt": file exists
print(failure(fs.write, "m", "", { mode = "0999" })) --> invalid	nil	mode: "0999" is no mode: write it in octal, from "0000" to "0777"
print(failure(fs.write, "m", "", { mod = "0600" })) --> invalid	nil	bad argument #3 to "write" (opts): no field "mod" in opts (did you mean "mode"?)
print(failure(fs.read, "a\0b")) --> invalid	fs.read	fs.read "a\x00b": invalid argument
require("execlua.sh").run { "mkfifo", "fifo" }
print((failure(fs.read, "fifo")), (failure(fs.append, "fifo", "x"))) --> invalid	error
fs.read("none") --! fs.read "none": no such file or directory
---
-- Trees.
local fs = require("execlua.fs")
fs.mkdir("d/e/f", { parents = true })
fs.mkdir("d/e", { parents = true })
fs.mkdir("private", { mode = "0700" })
print(fs.stat("private").mode, fs.stat("d").type) --> 0700	directory
fs.write("d/1", "x")
fs.write("d/e/2", "xx")
for path, info in fs.walk("d") do print(path, info.type, info.size > 0) end
--> d/1	file	true
--> d/e	directory	true
--> d/e/2	file	true
--> d/e/f	directory	true
local names = {}
for path in fs.walk("d", { depth = 1 }) do names[#names + 1] = path end
print(table.concat(names, " ")) --> d/1 d/e
for path in fs.walk("private") do error(path) end
print(select(2, pcall(function() for _ in fs.walk("none") do end end)).code) --> not_found
print(select(2, pcall(fs.walk, "d", { depth = 0 })).message) --> depth: 1 or more expected
print(table.concat(fs.glob("d/*"), " "), #fs.glob("x*")) --> d/1 d/e	0

fs.copy("d/1", "copy")
print(fs.read("copy")) --> x
fs.copy("d", "d2", { recursive = true })
print(fs.read("d2/e/2"), fs.stat("d2/e/f").type) --> xx	directory
local function failure(f, ...) return select(2, pcall(f, ...)).message end
print(failure(fs.copy, "d", "d3")) --> fs.copy "d": is a directory (recursive = true copies one)
print(failure(fs.copy, "d", "d/e/d", { recursive = true })) --> fs.copy "d": invalid argument: d/e/d is inside of it
print(failure(fs.copy, "d/1", "d/../d/1")) --> fs.copy "d/1": invalid argument: d/../d/1 is the same file
print(failure(fs.copy, "d", "d2", { recursive = true })) --> fs.copy "d": file exists
fs.move("d2", "d4")
print(fs.exists("d2"), fs.exists("d4/e/2")) --> false	true
print(failure(fs.move, "none", "x")) --> fs.move "none": no such file or directory

print(failure(fs.remove, "d")) --> fs.remove "d": directory not empty
print(select(2, pcall(fs.remove, "d")).code) --> busy
fs.remove("d", { recursive = true })
fs.remove("d", { recursive = true, missing_ok = true })
print(fs.exists("d"), failure(fs.remove, "d", { recursive = true })) --> false	fs.remove "d": no such file or directory
print(failure(fs.remove, "/tmp/../", { recursive = true })) --> fs.remove "/tmp/../": invalid argument: that is the root
---
-- A temporary directory can be written at once.
local fs, path = require("execlua.fs"), require("execlua.path")
local dir = fs.temp_dir()
fs.write(path.join(dir, "x"), "y")
print(fs.stat(dir).mode, path.base(dir):match("^execlua%-%d+$") ~= nil) --> 0700	true
print(select(2, pcall(fs.temp_dir, "a/b")).code) --> invalid
