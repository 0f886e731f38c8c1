---@meta execlua.regexp
-- Generated from the declarations: do not edit, run `make gen`.

---A compiled regular expression.
---@class execlua.Regexp
local Regexp = {}

---Tells whether there is a match in a text.
---@param text string
---@return boolean
function Regexp:test(text) end

---Finds the first match, as string.find does.
---@param text string
---@param init? integer Where to begin, from 1; what is before does not exist for ^ and \b.
---@return any ... # First and last position and the captures; nil without a match. A group that has no part in the match is nil.
function Regexp:find(text, init) end

---Gives the captures of the first match, as string.match does.
---@param text string
---@param init? integer Where to begin, from 1; what is before does not exist for ^ and \b.
---@return any ... # The captures, or the match if there are no groups; nil without a match.
function Regexp:match(text, init) end

---Gives the captures of the first match by number and, for (?P<name>…), by name.
---@param text string
---@return table? # [0] is the match; nil without one.
function Regexp:captures(text) end

---Lists the matches in a text, without captures.
---@param text string
---@param max? integer All when nil.
---@return string[]
function Regexp:find_all(text, max) end

---Iterates over the captures of all matches, as string.gmatch does.
---@param text string
---@return fun(): ...any
function Regexp:gmatch(text) end

---Replaces the matches in a text.
---@param text string
---@param replacement string|fun(...: string?): string? A text, in which $1 or ${name} is a group, $0 the match and $$ a dollar. Or a function that is called with the captures and gives a text, or nil to leave the match as it is.
---@param max? integer All when nil.
---@return string text
---@return integer count
function Regexp:replace(text, replacement, max) end

---Cuts text at the matches.
---@param text string
---@param max? integer How many parts there are at most; all when nil.
---@return string[]
function Regexp:split(text, max) end

---Regular expressions in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), which take linear time.
---@class execlua.regexp
local regexp = {}

---Makes a regular expression.
---@param pattern string In Lua best written in [[…]]: \ then needs no \.
---@return execlua.Regexp
function regexp.compile(pattern) end

---Makes a pattern that matches a text and nothing else.
---@param text string
---@return string
function regexp.escape(text) end

return regexp
