-- Client and server, in one script.
local http, task = require("execlua.http"), require("execlua.task")
local server = http.serve("127.0.0.1:0", function(request)
  if request.path == "/echo" then
    return { status = 201, headers = { ["X-Kind"] = "echo" }, json = {
      method = request.method, query = request.query.q, body = request.body, kind = request.headers["content-type"], agent = request.headers["user-agent"],
    } }
  elseif request.path == "/text" then
    return "some\ntext"
  elseif request.path == "/loop" then
    return { status = 302, headers = { Location = "/loop" } }
  elseif request.path == "/once" then
    return { status = 302, headers = { Location = "/text" } }
  elseif request.path == "/slow" then
    task.sleep("1h")
  elseif request.path == "/raise" then
    error("on purpose")
  elseif request.path == "/wrong" then
    return { stats = 200 }
  elseif request.path == "/large" then
    return ("x"):rep(1000)
  end
end, { max_body = "1k" })
print(server.url == "http://" .. server.address, tostring(server) == "server at " .. server.url) --> true	true

local r = http.get(server.url .. "/text")
print(r.status, r.ok, r.headers["content-type"], #r.body) --> 200	true	text/plain; charset=utf-8	9
r = http.post(server.url .. "/echo?a=b", { query = { q = "ü &" }, json = { list = { 1, 2 }, yes = true } })
print(r.status, r.ok, r.headers["x-kind"]) --> 201	true	echo
local back = r:json()
print(back.method, back.query, back.kind, back.body, back.agent) --> POST	ü &	application/json	{"list":[1,2],"yes":true}	execlua
back = http.put(server.url .. "/echo", { body = "plain", headers = { ["Content-Type"] = "text/x" } }):json()
print(back.method, back.body, back.kind) --> PUT	plain	text/x
local pieces = { "a", "b", "c" }
print(http.request("PATCH", server.url .. "/echo", { body = function() return table.remove(pieces, 1) end }):json().body) --> abc
print(http.head(server.url .. "/text").body == "", http.delete(server.url .. "/none").status) --> true	204

-- The body of a response may go somewhere else as it comes.
r = http.get(server.url .. "/text", { sink = execlua.lines(print) })
--> some
--> text
print(r.status, r.body) --> 200	nil
local file = io.open("saved", "w")
http.get(server.url .. "/text", { sink = file })
file:close()
print(require("execlua.fs").stat("saved").size) --> 9

-- A status is a result.
print(http.get(server.url .. "/raise").status, http.get(server.url .. "/wrong").status, http.get(server.url .. "/raise").ok) --> 500	500	false
print(http.post(server.url .. "/echo", { body = ("x"):rep(1025) }).status) --> 413
print(http.get(server.url .. "/once").url == server.url .. "/text", http.get(server.url .. "/once", { redirects = 0 }).status) --> true	302

-- What fails, raises.
local function failure(...)
  local ok, err = pcall(...)
  return err.code, (err.message:gsub("127.0.0.1:%d+", "HOST"):gsub(" on %S+:53", ""))
end
print(failure(http.get, server.url .. "/loop")) --> error	http.get "http://HOST/loop": more than 10 redirects
print(failure(http.get, server.url .. "/slow", { timeout = "20ms" })) --> wait_timeout	http.get "http://HOST/slow": timed out after 20ms
print(failure(http.get, server.url .. "/large", { max_size = 999 })) --> limit	http.get "http://HOST/large": too large: more than 999 bytes
print(failure(http.get, "http://127.0.0.1:1/")) --> error	http.get "http://HOST/": dial tcp HOST: connect: connection refused
print(failure(http.get, "http://name.invalid/", { proxy = "" })) --> not_found	http.get "http://name.invalid/": dial tcp: lookup name.invalid: no such host
print(failure(http.get, "ftp://x/")) --> invalid	url: "ftp://x/" is no URL that begins with http:// or https://
print(failure(http.get, "http://x/", { body = "a", json = {} })) --> invalid	opts.json: body is given too; one of them
print(failure(http.get, "http://x/", { body = 5 })) --> invalid	opts.body: text, an open file or a function expected, got number
print(failure(http.get, "http://x/", { sink = "file" })) --> invalid	opts.sink: an open file, a function or execlua.lines expected, got string
print(failure(http.request, "GE T", "http://x/")) --> invalid	method: "GE T" is no method
print((failure(http.get, "http://x/", { heders = {} }))) --> invalid
print(failure(function() return http.get(server.url .. "/text"):json() end)) --> invalid	http.json "http://HOST/text": invalid: json: line 1, column 1: invalid character 's' looking for beginning of value
print(select(2, pcall(http.get, server.url .. "/text", { sink = function() error("enough", 0) end })).cause) --> enough
print(failure(http.serve, server.address, print)) --> busy	http.serve "HOST": listen tcp HOST: bind: address already in use
print(failure(http.serve, "8080", print)) --> invalid	http.serve "8080": address: "8080" is no address: write "host:port" or "unix:/path"

-- A handler can end the server; its answer arrives.
local last
last = http.serve("unix:socket", function(request)
  last:close()
  return "bye from " .. request.headers.host
end)
print(last.url, http.get("http://anything/", { socket = "socket" }).body) --> unix:socket	bye from anything
last:wait()
print((failure(http.get, "http://anything/", { socket = "socket" }))) --> not_found

-- Requests and handlers overlap.
local both, n = {}, 0
local meeting = http.serve("127.0.0.1:0", function()
  n = n + 1
  while n < 2 do task.sleep("1ms") end
end)
print(#task.map({ 1, 2 }, function() return http.get(meeting.url).status end)) --> 2
---
-- A server that is left open ends with the script, and so do its handlers.
local http, task = require("execlua.http"), require("execlua.task")
local server = http.serve("127.0.0.1:0", function() task.sleep("1h") end)
print(select(2, pcall(http.get, server.url, { timeout = "10ms" })).code) --> wait_timeout
