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

---Tasks that are joined together.
---@class execlua.Group
local Group = {}

---Starts fn(...) as a task of the group. In a group that has failed or was cancelled it is cancelled at once.
---@param fn function What runs.
---@param ... any Its arguments.
---@return execlua.Task
function Group:spawn(fn, ...) end

---Waits until all of its tasks have ended; raises the first error.
---@return any[] # The first result of each task, in the order of spawning.
function Group:wait() end

---Makes the blocking calls of its tasks raise, now and later.
function Group:cancel() end

---A queue between tasks.
---@class execlua.Channel
local Channel = {}

---Adds a value at the end; waits while the channel is full. Raises when it is closed.
---@param value any Anything but nil.
function Channel:send(value) end

---Takes the oldest value; waits while there is none.
---@return any # The oldest value; nil when the channel is closed and empty.
function Channel:receive() end

---For a loop: for value in channel:values() do … end receives until the channel is closed and empty.
---@return fun(): any
function Channel:values() end

---Ends it: nothing more can be sent, and what was sent can be received. Closing twice is no error.
function Channel:close() end

---How many values wait in it.
---@return integer
function Channel:length() end

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

---Waits; other tasks run meanwhile.
---@param duration execlua.Duration
function task.sleep(duration) end

---Makes a queue between tasks: what one sends another receives, in order.
---@param capacity? integer How many values it holds before send waits; 1 when nil.
---@return execlua.Channel
function task.channel(capacity) end

---Calls fn(item, index) for each item of a list, each in a task of its own. The first error cancels the others, and is raised when all have ended: with the index of its item, and the results of the calls that had ended well.
---@param list any[]
---@param opts {limit: integer}|fun(item: any, index: integer): any limit: how many run at once, all when nil. May be left out: fn is the second argument then.
---@param fn? fun(item: any, index: integer): any What to call.
---@return any[] # The first result of each call, in the order of the list.
function task.map(list, opts, fn) end

---Makes a group of tasks: the first error cancels the others. With fn it calls fn(group) as one of them, and waits for all.
---@param fn? fun(group: execlua.Group): any ... What spawns the tasks.
---@return execlua.Group|any ... # The group; with fn, what fn returned.
function task.group(fn) end

---Calls the functions, each in a task of its own. When the first has ended the others are cancelled; returns when all have ended.
---@param ... fun(): any ... The functions, or one list of them.
---@return any ... # What the first returned; what it raised is raised.
function task.race(...) end

---Calls fn(...) in a task of its own, and cancels it when it takes too long: raises wait_timeout when it has ended.
---@param duration execlua.Duration How long it may take.
---@param fn fun(...: any): any ... What to call.
---@param ... any Its arguments.
---@return any ... # What fn returned.
function task.timeout(duration, fn, ...) end

return task
