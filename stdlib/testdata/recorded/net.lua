local net = require("execlua.net")

local c = net.dial("192.0.2.1:5432", { tls = {} }) --> * net.dial 192.0.2.1:5432
c:write("hello")
print(c.remote, c:read(), c:read_line(), c:read_all() == "") --> 192.0.2.1:5432	nil	nil	true
c:close()
net.wait_for_port("192.0.2.1:80", { timeout = "1h" })
print(#net.resolve("127.0.0.1"))               --> 1
local l = net.listen("unix:/run/some.sock")    --> * net.listen unix:/run/some.sock
print(l.address)                               --> /run/some.sock
l:accept() --! nobody connects
