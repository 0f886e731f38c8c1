---@meta execlua.shellescape
-- Generated from the declarations: do not edit, run `make gen`.

---Words for a POSIX shell, and back.
---@class execlua.shellescape
local shellescape = {}

---Writes text so that a shell reads it as one word.
---@param text string Raises on a byte of zero, which no argument can hold.
---@return string
function shellescape.quote(text) end

---Writes a list of words as a command line.
---@param words string[]
---@return string
function shellescape.join(words) end

---Reads a command line as words. Quotes and backslashes are those of a shell; nothing is expanded, and $, *, | and # are ordinary characters.
---@param line string
---@return string[]
function shellescape.split(line) end

return shellescape
