---@meta execlua.sh
-- Generated from the declarations: do not edit, run `make gen`.

---A program of the host that was started.
---@class execlua.Process
---@field pid integer Its number, which is that of its process group, too.
local Process = {}

---Waits for its end.
---@param opts? execlua.ProcessWaitOptions
---@return execlua.ShellResult
function Process:wait(opts) end

---Sends a signal to its process group; none is sent when it has ended.
---@param signal? string|integer A name or number; "KILL" when nil.
function Process:kill(signal) end

---Sends it SIGTERM, after the grace period SIGKILL, and waits for its end.
---@return execlua.ShellResult
function Process:stop() end

---Tells whether it has ended.
---@return boolean
function Process:done() end

---Programs of the host, outside of any container. Each has a process group of its own, which ends with it, with its timeout, with the task that waits for it, or with the script.
---@class execlua.sh
local sh = {}

---Runs a program to its end. An exit code other than 0 is a result; with check it raises exit_status.
---@param argv string[] The program and its arguments; { "sh", "-c", "…" } is a line for the shell.
---@param opts? execlua.ShellOptions
---@return execlua.ShellResult
function sh.run(argv, opts) end

---Runs a program and gives its stdout without the last newline, up to 1 MiB; raises exit_status when it fails.
---@param argv string[] The program and its arguments; { "sh", "-c", "…" } is a line for the shell.
---@param opts? execlua.ShellOptions
---@return string
function sh.output(argv, opts) end

---Starts a program and returns at once.
---@param argv string[] The program and its arguments; { "sh", "-c", "…" } is a line for the shell.
---@param opts? execlua.ShellOptions
---@return execlua.Process
function sh.start(argv, opts) end

---Finds a program in the PATH of the script's environment.
---@param name string
---@return string? # Its path; nil when there is none.
function sh.which(name) end

return sh
