-- A result tells how the program ended. Only a failure to run it is an error.
local driver = execlua.driver()
local function job(...) return { image = "host", process = { ... } } end

local r = driver:run(job("true"))
print(r.ok, r.exit_code, r.signal, r.timed_out, r.stopped, r.oom_killed) --> true	0	nil	false	false	false
print(type(r.duration), r.duration >= 0, r.stdout, r.stderr) --> number	true	nil	nil
print((r.id:gsub("%x%x%x%x%x%x%x%x$", "<8 hex>"))) --> run-<8 hex>

r = driver:run(job("exit", 3))
print(r.ok, r.exit_code, r.signal) --> false	3	nil
r = driver:run(job("fault"))
print(r.ok, r.exit_code, r.signal) --> false	139	SEGV
r = driver:run { image = "host", id = "named", "true" }
print(r.id, test.state("named")) --> named	gone

-- With check it is an error, which has the result.
local ok, err = pcall(driver.run, driver, { id = "job", image = "host", "exit", 3 }, { check = true, stderr = "capture" })
print(ok, err.code, err.id, err.message) --> false	exit_status	job	"job" exited with code 3
print(err.result.exit_code, err.result.stderr == "") --> 3	true
ok, err = pcall(driver.run, driver, { id = "job", image = "host", "fault" }, { check = true })
print(err.code, err.message) --> exit_status	"job" was killed by signal SEGV
driver:run(job("exit", 4), { check = true }) --! exited with code 4
---
-- A timeout sends the stop signal and, a grace period later, SIGKILL. The result says so.
local driver = execlua.driver()
local r = driver:run({ image = "host", "on-term", 5 }, { timeout = 0.5 })
print(r.ok, r.timed_out, r.stopped, r.exit_code, r.signal) --> false	true	true	5	nil
r = driver:run({ image = "host", "ignore-term" }, { timeout = "50ms", grace = "50ms" })
print(r.ok, r.timed_out, r.stopped, r.exit_code, r.signal) --> false	true	true	137	KILL
r = driver:run({ image = "host", "true" }, { timeout = "1h" })
print(r.ok, r.timed_out, r.stopped) --> true	false	false

-- Even a program that exits with 0 then is not ok.
r = driver:run({ image = "host", "on-term", 0 }, { timeout = 0.5 })
print(r.ok, r.exit_code) --> false	0
local ok, err = pcall(driver.run, driver, { image = "host", "on-term", 0 }, { timeout = 0.5, check = true })
print(err.code, err.message:match("timed out after"), err.result.timed_out) --> exit_status	timed out after	true
---
-- Where output goes.
local driver = execlua.driver()
local function job(...) return { image = "host", process = { ... } } end

driver:run(job("echo", "inherited")) --> inherited
print(driver:run(job("echo", "dropped"), { stdout = "discard" }).stdout) --> nil
local r = driver:run(job("echo", "captured"), { stdout = "capture", stderr = "capture" })
print(r.stdout == "captured\n", r.stderr == "", r.stdout_truncated) --> true	true	false
print(driver:run(job("no-such-program"), { stderr = "capture" }).stderr:match("no such program")) --> no such program

local chunks = {}
r = driver:run(job("echo", "in chunks"), { stdout = function(chunk) chunks[#chunks + 1] = chunk end })
print(table.concat(chunks) == "in chunks\n", r.stdout == "in chunks\n") --> true	true

-- Line by line: without newlines, with the last one that has none.
r = driver:run(job("cat"), {
  input = "one\ntwo\n\nlast",
  stdout = execlua.lines(function(line) print("[" .. line .. "]") end),
})
--> [one]
--> [two]
--> []
--> [last]
print(r.stdout == "one\ntwo\n\nlast") --> true

-- A result keeps the end of what is too long.
r = driver:run(job("flood", 1025), { stdout = "capture" })
print(#r.stdout, r.stdout_truncated) --> 1048576	true
r = driver:run(job("flood", 1024), { stdout = "capture" })
print(#r.stdout, r.stdout_truncated) --> 1048576	false
local lines = 0
r = driver:run(job("flood", 100), { stdout = execlua.lines(function() lines = lines + 1 end) })
print(lines, #r.stdout, r.stdout_truncated) --> 100	65536	true
r = driver:run(job("echo", "0123456789"), { stdout = execlua.buffer { max = 4 } })
print(r.stdout, r.stdout_truncated)
--> 789
--> 	true

-- What a function raises stops the program, which nobody hears any more, and is raised by run.
local ok, err = pcall(driver.run, driver, job("murmur"), { stdout = function() error({ why = "full" }) end })
print(ok, err.cause.why, err.result.ok, err.result.stopped) --> false	full	false	true
local box = driver:start(job("murmur"), { stdout = execlua.lines(function(line) error("enough of " .. line, 0) end) })
ok, err = pcall(box.wait, box)
print(ok, err.cause, err.result.stdout == "murmur\n") --> false	enough of murmur	true
---
-- Where input comes from.
local driver = execlua.driver()
local function cat(opts)
  opts.stdout = "capture"
  return driver:run({ image = "host", process = { "cat" } }, opts).stdout
end

print(cat {} == "", cat { stdin = "discard" } == "") --> true	true
print(cat { input = "text" }) --> text
print(cat { stdin = "inherit" }) --> typed at the host
local words = { "from ", "a ", "function" }
print(cat { stdin = function() return table.remove(words, 1) end }) --> from a function
print(select(2, pcall(cat, { stdin = function() error("no more", 0) end })).cause) --> no more

-- A program that ends needs no more of it: the function's wait is over.
local r = driver:run({ image = "host", process = { "meet", "reading" } }, {
  stdin = function()
    test.meet("reading")
    test.meet("never")
  end,
})
print(r.ok) --> true
---
-- Mistakes in the options.
local driver, cmd = execlua.driver(), { image = "host", process = { "true" } }
local function message(opts) return select(2, pcall(driver.run, driver, cmd, opts)).message end
print(message { tiemout = 1 }) --> no field "tiemout" in options (did you mean "timeout"?)
print(message { timeout = "soon" }) --> options.timeout: "soon" is no duration: write "500ms", "1m30s" or a number of seconds
print(message { pre_start = print }) --> pre_start: hooks are the third argument
print(message { stdout = "captur" }) --> stdout: "inherit", "discard", "capture", an open file, a function, execlua.lines or execlua.buffer expected, got "captur" (did you mean "capture"?)
print(message { stdin = "capture" }) --> stdin: "discard", "inherit", an open file or a function expected, got "capture"; data goes in input
print(message { stdin = "inherit", input = "x" }) --> input: stdin is set too; one of them
print(message { detach = true }) --> detach = true: run waits for the end of a container; start can detach one
print(test.calls("run")) --> 0
