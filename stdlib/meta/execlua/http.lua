---@meta execlua.http
-- Generated from the declarations: do not edit, run `make gen`.

---What a server has answered.
---@class execlua.Response
---@field status integer The number: 200.
---@field ok boolean The status is 200 to 299.
---@field headers table<string, string> By their names in lower case; several of a name are joined by a comma.
---@field body string? Its text; nil when it went to a sink.
---@field url string Where it came from, after redirects.
local Response = {}

---Reads the body as JSON; raises invalid when it is none. nil when the request was recorded, not sent.
---@return any
function Response:json() end

---A server that the script has started.
---@class execlua.Server
---@field url string Where it answers.
---@field address string The address that it listens on.
local Server = {}

---Takes no more requests. Those that are being answered come to their end; wait waits for them.
function Server:close() end

---Waits until it is closed and the last request is answered.
function Server:wait() end

---HTTP: a client, and a small server for webhooks.
---@class execlua.http
local http = {}

---Sends a request and waits for the response, whatever its status.
---@param method string
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.request(method, url, opts) end

---Answers requests until the server is closed, or the script ends. Handlers run at the same time as the script and each other; one that raises answers 500.
---@param address string "127.0.0.1:8080", ":0" for a free port, "unix:/path"
---@param handler fun(request: execlua.Request): execlua.Answer|string|nil
---@param opts? execlua.ServeOptions
---@return execlua.Server
function http.serve(address, handler, opts) end

---Sends a request of method GET.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.get(url, opts) end

---Sends a request of method HEAD.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.head(url, opts) end

---Sends a request of method POST.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.post(url, opts) end

---Sends a request of method PUT.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.put(url, opts) end

---Sends a request of method PATCH.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.patch(url, opts) end

---Sends a request of method DELETE.
---@param url string
---@param opts? execlua.RequestOptions
---@return execlua.Response
function http.delete(url, opts) end

return http
