-- Programs of the host.
local sh, env = require("execlua.sh"), require("execlua.env")
local r = sh.run({ "sh", "-c", "echo out; echo err >&2; exit 3" }, { stdout = "capture", stderr = "capture" })
print(r.ok, r.exit_code, r.signal, r.timed_out, r.stdout, r.stderr, r.duration > 0)
--> false	3	nil	false	out
--> 	err
--> 	true
print(sh.run({ "true" }).ok, sh.run({ "true" }).stdout) --> true	nil
sh.run { "echo", "inherited" } --> inherited
sh.run({ "echo", "nothing" }, { stdout = "discard" })
print(sh.output { "printf", "a\nb\n\n" })
--> a
--> b
--> 
print(sh.run({ "sh", "-c", "kill -SEGV $$" }).signal, sh.run({ "sh", "-c", "kill -SEGV $$" }).exit_code) --> SEGV	139

-- Input and output go through Lua.
local words = { "one\n", "two\n" }
sh.run({ "cat" }, { stdin = function() return table.remove(words, 1) end, stdout = execlua.lines(function(l) print("[" .. l .. "]") end) })
--> [one]
--> [two]
print(sh.output({ "cat" }, { input = "text" }), sh.output({ "cat" }, { stdin = "inherit" }), sh.output { "cat" } == "") --> text	typed	true
print(#sh.output({ "cat" }, { input = ("x"):rep(1000000) })) --> 1000000

-- Surroundings.
env.set("FROM_SCRIPT", "seen")
print(sh.output({ "sh", "-c", "echo $FROM_SCRIPT $EXTRA $HOME; pwd" }, { env = { EXTRA = 5 }, cwd = "/" }))
--> seen 5 /home/someone
--> /
print(sh.which("sh") ~= nil, sh.which("no-such-program"), sh.which("/x/y")) --> true	nil	/x/y

-- A timeout ends the whole group, with the program that catches the signal and the one behind it.
r = sh.run({ "sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000" }, { timeout = "50ms", grace = "50ms", stdout = "capture" })
print(r.ok, r.timed_out, r.signal, r.exit_code, r.duration < 5) --> false	true	KILL	137	true

-- What fails.
local function failure(...)
  local ok, err = pcall(...)
  return err.code, err.message
end
print(failure(sh.run, { "no-such-program" })) --> not_found	sh "no-such-program": file does not exist: no such program in PATH
print(failure(sh.run, { "/etc/passwd" })) --> denied	sh "/etc/passwd": permission denied
print(failure(sh.run, { "true" }, { cwd = "/none" })) --> not_found	sh "true": no such file or directory
print(failure(sh.run, {})) --> invalid	argv: a program expected: { "name", … }
print((failure(sh.run, "true"))) --> invalid
print(failure(sh.run, { "a\0b" })) --> invalid	argv: a word with a zero byte
print(failure(sh.run, { "true" }, { timout = 1 })) --> invalid	bad argument #2 to "run" (opts): no field "timout" in opts (did you mean "timeout"?)
print(failure(sh.run, { "true" }, { stdout = "captur" })) --> invalid	stdout: "inherit", "discard", "capture", an open file, a function, execlua.lines or execlua.buffer expected, got "captur" (did you mean "capture"?)
print(failure(sh.output, { "sh", "-c", "exit 4" })) --> exit_status	"sh" exited with code 4
local ok, err = pcall(sh.run, { "sh", "-c", "echo why; exit 4" }, { check = true, stdout = "capture" })
print(err.result.exit_code, err.result.stdout)
--> 4	why
--> 
print(select(2, pcall(sh.run, { "yes" }, { stdout = function() error("enough", 0) end })).cause) --> enough
---
-- A program that runs beside the script.
local sh, task = require("execlua.sh"), require("execlua.task")
local p = sh.start({ "sh", "-c", "echo up; read x; echo $x; exit 2" }, { input = "down", stdout = "capture" })
print(p.pid > 0, tostring(p) == ("process %d (sh)"):format(p.pid)) --> true	true
local r = p:wait()
print(r.exit_code, r.stdout, p:done())
--> 2	up
--> down
--> 	true
p:kill() -- it has ended: nothing happens
p = sh.start { "sleep", "1000" }
print(p:done(), select(2, pcall(p.wait, p, { timeout = "10ms" })).code) --> false	wait_timeout
p:kill("TERM")
print(p:wait().signal) --> TERM
p = sh.start({ "sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done" }, { stdout = execlua.lines(print) }) --> ready
task.sleep("100ms")
print(p:stop().exit_code) --> 7

-- A task that is cancelled takes its program along.
local t = task.spawn(function() sh.run({ "sleep", "1000" }) end)
task.sleep("20ms")
t:cancel()
print(select(2, pcall(t.wait, t)).code) --> cancelled
---
-- What the script leaves running ends with it.
require("execlua.sh").start { "sleep", "1000" }
