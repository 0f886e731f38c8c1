---@meta execlua.env
-- Generated from the declarations: do not edit, run `make gen`.

---The environment as the script sees it. os.getenv sees the same.
---@class execlua.env
local env = {}

---Gives the value of a variable.
---@param name string
---@param default? string What to give when it is not set.
---@return string?
function env.get(name, default) end

---Gives the value of a variable; raises not_found when it is not set or empty.
---@param name string
---@return string
function env.require(name) end

---Gives all variables as a table, a copy.
---@return table<string, string>
function env.all() end

---Sets a variable for this script and the host commands that it runs; nil removes it. Containers have environments of their own.
---@param name string
---@param value? string
function env.set(name, value) end

return env
