---@meta execlua.path
-- Generated from the declarations: do not edit, run `make gen`.

---Names of files. No function looks at a file.
---@class execlua.path
local path = {}

---Joins parts with / and cleans the result. Empty parts are left out.
---@param ... string
---@return string
function path.join(...) end

---Gives the last part.
---@param path string
---@return string
function path.base(path) end

---Gives all but the last part; "." when there is none.
---@param path string
---@return string
function path.dir(path) end

---Gives the extension with its dot: ".gz" of "a.tar.gz", "" when there is none.
---@param path string
---@return string
function path.ext(path) end

---Gives the shortest path that says the same, by its text alone: "." and ".." are resolved, links are not.
---@param path string
---@return string
function path.clean(path) end

---Tells whether a path begins at the root.
---@param path string
---@return boolean
function path.is_abs(path) end

---Gives a path that begins at the root.
---@param path string
---@param base? string Where a relative path begins; nil is the working directory.
---@return string
function path.abs(path, base) end

---Gives the way from base to path; raises invalid when only a look at the files could tell.
---@param path string
---@param base string
---@return string
function path.rel(path, base) end

---Tells whether a path matches a pattern: * and ? stand for anything but /, [a-z] for one character.
---@param pattern string
---@param path string
---@return boolean
function path.match(pattern, path) end

return path
