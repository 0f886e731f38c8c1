---@meta execlua.task
-- Generated from the declarations: do not edit, run `make gen`.

---A task that was spawned.
---@class execlua.Task
local Task = {}

---Waits for its end; raises what it raised.
---@return any ... # What its function returned.
function Task:wait() end

---Makes its blocking calls raise, now and later. Does not wait for its end.
function Task:cancel() end

---Tells whether it has ended.
---@return boolean
function Task:done() end

---Strands of a script that wait at the same time.
---@class execlua.task
local task = {}

---Starts fn(...) as a task. An error that nobody waits for is the script's in the end.
---@param fn function What runs.
---@param ... any Its arguments.
---@return execlua.Task
function task.spawn(fn, ...) end

---Waits for the end of a task; raises what it raised.
---@param task execlua.Task
---@return any ... # What its function returned.
function task.wait(task) end

---Calls fn(item, index) for each item of a list, each in a task of its own. The first error cancels the others, and is raised when all have ended.
---@param list any[]
---@param opts {limit: integer}|fun(item: any, index: integer): any limit: how many run at once, all when nil. May be left out: fn is the second argument then.
---@param fn? fun(item: any, index: integer): any What to call.
---@return any[] # The first result of each call, in the order of the list.
function task.map(list, opts, fn) end

---Waits; other tasks run meanwhile.
---@param duration execlua.Duration
function task.sleep(duration) end

return task
