---@meta execlua.toml
-- Generated from the declarations: do not edit, run `make gen`.

---TOML 1.0. A map is a table with text for keys, a list one with the keys 1 to n; an empty table is a map unless array marks it. null is nil in a map and the value null in a list. Integers beyond 2^53 are refused unless asked for as text, as are NaN, infinities, text that is not UTF-8, keys that are given twice, tables that contain themselves. TOML has no null. Dates and times are text.
---@class execlua.toml
---@field null userdata Stands for null where nil cannot: in a list. The same value in all modules; it counts as true.
local toml = {}

---Reads a text of up to 256 KiB.
---@param text string
---@param opts? execlua.DecodeOptions
---@return table
function toml.decode(text, opts) end

---Writes a table.
---@param value table
---@return string
function toml.encode(value) end

---Marks a table as a list, so that it is one in the text even when it is empty.
---@param list? any[] A new table when nil. Its metatable is replaced.
---@return any[] # The same table.
function toml.array(list) end

return toml
