---@meta execlua.json
-- Generated from the declarations: do not edit, run `make gen`.

---JSON, as of RFC 8259. A map is a table with text for keys, a list one with the keys 1 to n; an empty table is a map unless array marks it. null is nil in a map and the value null in a list. Integers beyond 2^53 are refused unless asked for as text, as are NaN, infinities, text that is not UTF-8, keys that are given twice, tables that contain themselves.
---@class execlua.json
---@field null userdata Stands for null where nil cannot: in a list. The same value in all modules; it counts as true.
local json = {}

---Reads a text of up to 16 MiB.
---@param text string
---@param opts? execlua.DecodeOptions
---@return any
function json.decode(text, opts) end

---Writes a value, on one line unless told otherwise.
---@param value any
---@param opts? execlua.JSONOptions
---@return string
function json.encode(value, opts) end

---Marks a table as a list, so that it is one in the text even when it is empty.
---@param list? any[] A new table when nil. Its metatable is replaced.
---@return any[] # The same table.
function json.array(list) end

return json
