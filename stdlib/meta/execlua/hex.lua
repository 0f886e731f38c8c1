---@meta execlua.hex
-- Generated from the declarations: do not edit, run `make gen`.

---Bytes as text of hexadecimal digits.
---@class execlua.hex
local hex = {}

---Writes two lower case digits for each byte.
---@param bytes string
---@return string
function hex.encode(bytes) end

---Reads digits of either case.
---@param text string
---@return string
function hex.decode(text) end

return hex
