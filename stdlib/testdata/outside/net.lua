-- Both ends of a connection.
local net, task = require("execlua.net"), require("execlua.task")
local listener = net.listen("127.0.0.1:0")
local echo = task.spawn(function()
  local c = listener:accept()
  for line in function() return c:read_line() end do c:write("[" .. line .. "]\r\n") end
  c:write("end")
  c:close()
end)
local c = net.dial(listener.address)
print(c.remote == listener.address, tostring(c) == "connection with " .. listener.address) --> true	true
c:write("one\n")
print(c:read_line()) --> [one]
c:write("two\nthree")
c:close_write()
print(c:read(3), c:read_line(), (c:read_all():gsub("\r", "")), c:read(), c:read_line()) --> [tw	o]	[three]
--> end	nil	nil
c:close()
c:close()
echo:wait()

local function failure(f, ...)
  local ok, err = pcall(f, ...)
  return err.code, (err.message:gsub("127.0.0.1:%d+", "HOST"):gsub(" on %S+:53", ""))
end
print(failure(c.write, c, "x")) --> error	net.write "HOST": use of closed network connection
print(failure(net.dial, "127.0.0.1:1")) --> error	net.dial "HOST": dial tcp HOST: connect: connection refused
print(failure(net.dial, "nowhere")) --> invalid	address: "nowhere" is no address: write "host:port" or "unix:/path"
print(failure(net.dial, "unix:none")) --> not_found	net.dial "unix:none": dial unix none: connect: no such file or directory
print(failure(net.listen, listener.address)) --> busy	net.listen "HOST": listen tcp HOST: bind: address already in use
print(failure(net.resolve, "name.invalid")) --> not_found	net.resolve "name.invalid": lookup name.invalid: no such host
print(net.resolve("127.0.0.1")[1]) --> 127.0.0.1

-- Waits end in time, or with the task.
c = net.dial(listener.address)
local other = listener:accept()
print((failure(c.read, c, 10, { timeout = "10ms" })), (failure(c.read_line, c, { timeout = 0 }))) --> wait_timeout	wait_timeout
local reader = task.spawn(function() return c:read_line() end)
local acceptor = task.spawn(function() return listener:accept() end)
task.sleep("10ms")
reader:cancel()
acceptor:cancel()
print((failure(reader.wait, reader)), (failure(acceptor.wait, acceptor))) --> cancelled	cancelled
other:write("still there\n")
print(c:read_line()) --> still there

-- A closed connection is no closed stdout.
other:close()
local ok, err
repeat ok, err = pcall(c.write, c, "x") until not ok
print(err.code, err.message:match("gone") or err.message:match("reset")) --> error	gone

net.wait_for_port(listener.address, { timeout = "5s" })
listener:close()
print(failure(net.wait_for_port, listener.address, { timeout = "30ms", every = "10ms" })) --> wait_timeout	net.wait_for_port "HOST": timed out after 30ms: dial tcp HOST: connect: connection refused
local late = net.listen("unix:late")
net.wait_for_port("unix:late")
-- What is open now is closed with the script.
