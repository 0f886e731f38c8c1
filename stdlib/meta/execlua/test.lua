---@meta execlua.test
-- Generated from the declarations: do not edit, run `make gen`.

---The engine of a test, in memory.
---@class execlua.Fake
local Fake = {}

---Says what processes do in the place of programs: those of each run, start, exec and exec_start that match selects, of each start of a detached container again, and of its health checks, whose argv is the address of one by tcp or http. Of several replies that match, the one given last counts. Without one a few programs are known (true, false, echo, cat, sleep, printenv, pwd, exit, sh -c), and others end with 127.
---@param match? execlua.Command|nil What the Command has, as execlua.command takes it: unset fields may be anything, an argv is compared from its beginning, and of other lists and maps each entry must be there. For an exec the argv is that of its process. nil selects all.
---@param reply? execlua.Reply|fun(call: execlua.Call): execlua.Reply? What to do, or a function that is asked each time, before anything exists; nil is success at once. What the function raises, the call raises.
function Fake:reply(match, reply) end

---Lists what the engine was asked for, in its order, refused calls included.
---@param verb? string "run", "start", "restart", "exec" (exec_start is one, too), "stop", …; nil is all of them.
---@return execlua.Call[]
function Fake:calls(verb) end

---Lists what was recorded since the test began, in its order.
---@param module? string "fs" (io and os are told as fs), "http", "net" or "sh"; nil is all of them.
---@return execlua.Change[]
function Fake:changes(module) end

---Does to a running container what the kernel does when its memory is used up.
---@param id string
function Fake:oom(id) end

---Tells where in its life a container is: "pre_start", "running", "paused", "stopping", "exited", or "gone" when there is none.
---@param id string
---@return string
function Fake:state(id) end

---Tests of scripts, for `execlua test`: only there it can be required. Each file of tests has a VM of its own, and an engine in memory that serves every `execlua.driver(…)`, whatever its name, of the file and of the scripts that it runs. Each test begins with an engine that has no containers, replies and calls, and its containers are gone when it has ended.
---@class execlua.test
local test = {}

---Runs a test, at once. It fails when fn raises, and the file goes on.
---@param name string
---@param fn fun()
function test.test(name, fn) end

---Raises unless got == want. Tables and objects are equal to themselves alone: see same.
---@param got? any
---@param want? any
---@param message? any What is wrong then, for the report; what is no text is ignored, as of ok(text:find(word)).
function test.equal(got, want, message) end

---Raises unless both hold the same, at any depth, and tells each difference. A Command or a part of one counts as the table of its fields.
---@param got? any
---@param want? any
---@param message? any What is wrong then, for the report; what is no text is ignored, as of ok(text:find(word)).
function test.same(got, want, message) end

---Raises if the value is false or nil.
---@param value? any
---@param message? any What is wrong then, for the report; what is no text is ignored, as of ok(text:find(word)).
function test.ok(value, message) end

---Raises unless fn raises what is wanted.
---@param fn fun()
---@param want? string|table<string, any> A pattern for the error's text, or fields that the error value has: { code = "busy" }.
---@return any # What fn raised.
function test.error(fn, want) end

---Gives the engine of the test, to tell it what programs do and to ask what was called. From then on to the end of the test fs, io, os, http, net and sh record what would change the world, and do not do it, in the test and in the scripts that it runs: see changes. Requests to the servers of serve are sent. So long the time is virtual, too: when all that is left to do is to wait for a moment, that moment has come.
---@return execlua.Fake
function test.fake() end

---Answers HTTP requests on this machine until the end of the test, as execlua.http.serve does.
---@param fn fun(request: execlua.Request): execlua.Answer|string|nil
---@return {url: string, requests: execlua.Request[]} # Where it answers, and the requests so far, in their order.
function test.serve(fn) end

---Runs a script to its end, in a VM of its own with the engine of the test.
---@param path string Relative to the directory of the test file.
---@param args? string[] The script's arguments.
---@return execlua.ScriptResult
function test.script(path, args) end

return test
