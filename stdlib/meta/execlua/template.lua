---@meta execlua.template
-- Generated from the declarations: do not edit, run `make gen`.

---A compiled template.
---@class execlua.Template
local Template = {}

---Fills its gaps. Other tasks run meanwhile.
---@param data? any What {{.}} is: text, numbers, tables of them, as for json.encode.
---@return string
function Template:render(data) end

---Text with gaps, in the syntax of Go (https://pkg.go.dev/text/template). A field that the data lacks is an error; {{index . "x"}} and {{has "x" .}} ask for one. Nothing is escaped for HTML. Beside Go's own functions there are upper, lower, trim, replace, split, join, contains, has_prefix, has_suffix, indent, default, has, keys, json and shell, which take what is piped into them as their last argument: {{.names | join ", "}}.
---@class execlua.template
local template = {}

---Makes a template of a text of up to 256 KiB.
---@param text string
---@return execlua.Template
function template.compile(text) end

---Fills the gaps of a text once.
---@param text string
---@param data? any What {{.}} is: text, numbers, tables of them, as for json.encode.
---@return string
function template.render(text, data) end

return template
