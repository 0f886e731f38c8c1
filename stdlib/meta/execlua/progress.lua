---@meta execlua.progress
-- Generated from the declarations: do not edit, run `make gen`.

---One bar. A task that is cancelled can still move it.
---@class execlua.Bar
local Bar = {}

---Moves it on.
---@param n? number By how much; nil is 1.
function Bar:add(n) end

---Moves it to a place.
---@param n number
function Bar:set(n) end

---Shows it for the last time. One that reaches its total is done, and so are all when the script ends.
function Bar:done() end

---How far something is, on stderr: a bar on a terminal, a line now and then elsewhere.
---@class execlua.progress
local progress = {}

---Shows a bar until it is done.
---@param opts execlua.BarOptions
---@return execlua.Bar
function progress.bar(opts) end

return progress
