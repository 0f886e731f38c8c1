---@meta execlua.strings
-- Generated from the declarations: do not edit, run `make gen`.

---Plain text: nothing here is a pattern. Texts of up to 64 MiB.
---@class execlua.strings
local strings = {}

---Cuts text at each separator.
---@param text string
---@param separator string Not empty.
---@param max? integer How many parts there are at most; the last one is what is left. All when nil.
---@return string[]
function strings.split(text, separator, max) end

---Cuts text at the first separator.
---@param text string
---@param separator string
---@return string before
---@return string? after # nil when there is no separator.
function strings.cut(text, separator) end

---Cuts text at white space, of which nothing is left.
---@param text string
---@return string[]
function strings.words(text) end

---Iterates over the lines of a text, without \n or \r\n.
---@param text string
---@return fun(): string?
function strings.lines(text) end

---Puts a list of texts together. table.concat joins numbers, too.
---@param list string[]
---@param separator? string
---@return string
function strings.join(list, separator) end

---Replaces a text in another.
---@param text string
---@param old string Not empty.
---@param new string
---@param max? integer How many, from the left; all when nil.
---@return string
function strings.replace(text, old, new, max) end

---Removes white space at both ends.
---@param text string
---@return string
function strings.trim(text) end

---Removes a text from the beginning, if it is there.
---@param text string
---@param prefix string
---@return string
function strings.trim_prefix(text, prefix) end

---Removes a text from the end, if it is there.
---@param text string
---@param suffix string
---@return string
function strings.trim_suffix(text, suffix) end

---Tells whether text begins with another.
---@param text string
---@param prefix string
---@return boolean
function strings.starts_with(text, prefix) end

---Tells whether text ends with another.
---@param text string
---@param suffix string
---@return boolean
function strings.ends_with(text, suffix) end

---Tells whether text holds another.
---@param text string
---@param part string
---@return boolean
function strings.contains(text, part) end

---Counts a text in another, without overlaps.
---@param text string
---@param part string Not empty.
---@return integer
function strings.count(text, part) end

---string.upper for all of Unicode.
---@param text string
---@return string
function strings.upper(text) end

---string.lower for all of Unicode.
---@param text string
---@return string
function strings.lower(text) end

---Fills text with blanks up to a width in characters.
---@param text string
---@param width integer Below zero the blanks come first: the text stands at the right.
---@return string
function strings.pad(text, width) end

---Puts a prefix before each line that is not empty.
---@param text string
---@param prefix string
---@return string
function strings.indent(text, prefix) end

---Removes the white space that all lines begin with.
---@param text string
---@return string
function strings.dedent(text) end

return strings
