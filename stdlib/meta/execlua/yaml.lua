---@meta execlua.yaml
-- Generated from the declarations: do not edit, run `make gen`.

---YAML 1.2. A map is a table with text for keys, a list one with the keys 1 to n; an empty table is a map unless array marks it. null is nil in a map and the value null in a list. Integers beyond 2^53 are refused unless asked for as text, as are NaN, infinities, text that is not UTF-8, keys that are given twice, tables that contain themselves. Anchors, aliases and merge keys (<<) are resolved: each alias is a table of its own. Keys are text: 80 is "80". yes, no, on and off are text; so are dates, and bytes are what !!binary holds.
---@class execlua.yaml
---@field null userdata Stands for null where nil cannot: in a list. The same value in all modules; it counts as true.
local yaml = {}

---Reads a text of up to 1 MiB with one document.
---@param text string
---@param opts? execlua.DecodeOptions
---@return any
function yaml.decode(text, opts) end

---Reads a text of up to 1 MiB with any number of documents.
---@param text string
---@param opts? execlua.DecodeOptions
---@return any[]
function yaml.decode_all(text, opts) end

---Writes a document.
---@param value any
---@return string
function yaml.encode(value) end

---Marks a table as a list, so that it is one in the text even when it is empty.
---@param list? any[] A new table when nil. Its metatable is replaced.
---@return any[] # The same table.
function yaml.array(list) end

return yaml
