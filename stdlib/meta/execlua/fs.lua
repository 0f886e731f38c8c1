---@meta execlua.fs
-- Generated from the declarations: do not edit, run `make gen`.

---Files and directories. A path that is relative begins at the working directory.
---@class execlua.fs
local fs = {}

---Reads a file, up to 256 MiB; raises limit beyond.
---@param path string
---@return string
function fs.read(path) end

---Writes a file atomically: whoever reads it sees the old text or the new one, whatever happens. A link stays, the file that it names is replaced.
---@param path string
---@param text string
---@param opts? execlua.FileOptions
function fs.write(path, text, opts) end

---Adds to the end of a file, and makes it when there is none.
---@param path string
---@param text string
---@param opts? execlua.FileOptions
function fs.append(path, text, opts) end

---Tells whether there is something of that name. What may not be looked at raises denied.
---@param path string
---@return boolean
function fs.exists(path) end

---Tells what a file is; raises not_found.
---@param path string
---@param opts? execlua.StatOptions
---@return execlua.FileInfo
function fs.stat(path, opts) end

---Copies a file with its mode, atomically as write does; with recursive a directory, too.
---@param from string
---@param to string
---@param opts? execlua.CopyOptions
function fs.copy(from, to, opts) end

---Renames a file or directory; a file of the new name is replaced. Between file systems it is copied and removed.
---@param from string
---@param to string
function fs.move(from, to) end

---Lists the names in a directory, sorted.
---@param path string
---@return string[]
function fs.list(path) end

---Lists the paths that match a pattern, sorted; see execlua.path.match.
---@param pattern string
---@return string[]
function fs.glob(pattern) end

---Goes through a tree: for path, info in fs.walk(dir) do … end. A directory comes before what is in it, names are sorted, links are not followed.
---@param path string
---@param opts? execlua.WalkOptions
---@return fun(): string?, execlua.FileInfo?
function fs.walk(path, opts) end

---Makes a directory.
---@param path string
---@param opts? execlua.MkdirOptions
function fs.mkdir(path, opts) end

---Removes a file, a link or an empty directory; with recursive a whole tree.
---@param path string
---@param opts? execlua.RemoveOptions
function fs.remove(path, opts) end

---Makes a directory of the script's own, which goes with the script, whatever is in it. A program that is killed leaves it.
---@param prefix? string How its name begins; nil is "execlua-".
---@return string # Its path.
function fs.temp_dir(prefix) end

return fs
