---@meta execlua.net
-- Generated from the declarations: do not edit, run `make gen`.

---A connection of the network.
---@class execlua.Connection
---@field remote string The other end's address.
---@field address string The own address.
local Connection = {}

---Reads what has come, at least a byte.
---@param max? integer How many bytes at most; nil is 64 KiB.
---@param opts? execlua.ConnTimeout
---@return string? # nil at the end.
function Connection:read(max, opts) end

---Reads a line without its end, up to 1 MiB.
---@param opts? execlua.ConnTimeout
---@return string? # nil at the end.
function Connection:read_line(opts) end

---Reads up to the end, 256 MiB at most.
---@param opts? execlua.ConnTimeout
---@return string
function Connection:read_all(opts) end

---Sends text, all of it.
---@param text string
---@param opts? execlua.ConnTimeout
function Connection:write(text, opts) end

---Tells the other end that nothing more comes; reading goes on.
function Connection:close_write() end

---Ends it. Closing twice is no error.
function Connection:close() end

---An address where connections are taken.
---@class execlua.Listener
---@field address string The address, with the port that was free.
local Listener = {}

---Waits for the next connection.
---@return execlua.Connection
function Listener:accept() end

---Takes no more connections.
function Listener:close() end

---Connections of the host's network.
---@class execlua.net
local net = {}

---Connects to an address.
---@param address string "host:port" or "unix:/path"
---@param opts? execlua.DialOptions
---@return execlua.Connection
function net.dial(address, opts) end

---Takes connections at an address; port 0 is a free one.
---@param address string "host:port" or "unix:/path"
---@return execlua.Listener
function net.listen(address) end

---Waits until something takes connections at an address; raises wait_timeout when nothing does in time.
---@param address string "host:port" or "unix:/path"
---@param opts? execlua.PortOptions
function net.wait_for_port(address, opts) end

---Looks up the IP addresses of a name; raises not_found when it has none.
---@param host string
---@return string[]
function net.resolve(host) end

return net
