local http = require("execlua.http")

-- The answer is an empty success, and where there is no answer there is no value.
local r = http.post("https://user:secret@example.com/hook", { json = { ok = true } }) --> * http.post https://user:xxxxx@example.com/hook 11
print(r.status, r.ok, r.body == "", r:json())  --> 200	true	true	nil
print(http.get("http://127.0.0.1:1/x", { query = { a = 1 } }).url) --> * http.get http://127.0.0.1:1/x?a=1
                                               --> http://127.0.0.1:1/x?a=1
local pieces = { "ab", "c" }
http.put("http://localhost/", { body = function() return table.remove(pieces, 1) end, socket = "/run/x.sock" }) --> * http.put http://localhost/ 3

local server = http.serve("127.0.0.1:8080", print) --> * http.serve 127.0.0.1:8080
print(server.url, server.address)              --> http://127.0.0.1:8080	127.0.0.1:8080
server:wait()
http.get("ftp://x") --! no URL
