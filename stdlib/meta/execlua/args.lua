---@meta execlua.args
-- Generated from the declarations: do not edit, run `make gen`.

---The script's command line.
---@class execlua.args
local args = {}

---Reads the script's command line into a table by the names of the flags, with _ for -. --help prints the usage and ends the script; a wrong command line ends it with code 2.
---@param flags execlua.Flag[] Each is { "--name", "-n", … }; a name without dashes is an argument by its place.
---@param opts? execlua.ArgsOptions
---@return table<string, any>
function args.parse(flags, opts) end

return args
