---@meta execlua.base64
-- Generated from the declarations: do not edit, run `make gen`.

---Bytes as text of 64 letters, as of RFC 4648.
---@class execlua.base64
local base64 = {}

---Writes bytes with + and /, padded with =.
---@param bytes string
---@return string
function base64.encode(bytes) end

---Writes bytes with - and _ in place of + and /, without padding.
---@param bytes string
---@return string
function base64.encode_url(bytes) end

---Reads either form, with or without padding; line breaks are skipped.
---@param text string
---@return string
function base64.decode(text) end

return base64
