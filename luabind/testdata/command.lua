-- A Command is a live record in the names of the reference.
local web = execlua.command {
  id = "web",
  image = "host",
  process = { "/bin/echo", "hello", 42 }, -- a list is the whole argv
  env = { PORT = 8080, NAME = "web" }, -- these two belong to the process
  user = "app",
  working_dir = "/srv",
  network = "host", -- short for { host_networking = true }
  resources = { memory = "64m", cpus = 0.5 },
  labels = { tier = "front", slot = 1 },
  mounts = { { source = "/srv", destination = "/srv", writable = true } },
  stop_grace = "1500ms",
}
print(web) --> command "web"
print(web.process_config.entrypoint, #web.process.arguments, web.arguments[2]) --> /bin/echo	2	42
print(web.env.PORT, web.process_config.env.NAME, web.user) --> 8080	web	app
print(web.working_dir, web.process_config.working_dir) --> /srv	
print(web.network.host_networking, web.resources.memory, web.resources.cpus) --> true	67108864	0.5
print(web.labels.slot, web.mounts[1].destination, web.stop_grace) --> 1	/srv	1.5

-- What is unset reads as its zero; optional things as nil; reading creates nothing.
local plain = execlua.command { image = "host", "true" }
print(plain.id == "", plain.privileged, plain.stop_grace, plain.resources.memory, #plain.mounts) --> true	false	nil	0	0
print(plain.resources.memory_swappiness) --> nil
for field in pairs(plain) do print(field) end
--> image
--> process_config

-- Assignments are as strict as the constructor.
plain.resources.memory = "1g"
plain.resources = plain.resources -- a copy of itself
plain.env.LANG = "C"
plain.mounts[1] = { source = "/tmp", destination = "/tmp" }
plain.process.arguments = { "-x" }
print(plain.resources.memory, plain.env.LANG, plain.mounts[1].source, plain.arguments[1]) --> 1073741824	C	/tmp	-x
plain.env.LANG = nil
plain.resources = nil
print(plain.env.LANG, plain.resources.memory) --> nil	0
for field, value in pairs(web.resources) do print(field, value) end
--> memory	67108864
--> cpus	0.5

-- The same record a plain table stands for.
local driver = execlua.driver()
print(driver:run({ image = "host", "echo", "from", "a", "table" }, { stdout = "capture" }).stdout) --> from a table
--> 
---
-- with derives: records and maps merge, lists and scalars replace, and the base stays as it is.
local base = execlua.command {
  id = "base", image = "host", process = { "echo", "a", "b" },
  env = { KEEP = 1, CHANGE = "old" }, labels = { a = 1 }, cap_add = { "net_admin", "sys_time" },
  network = "host", resources = { memory = "64m", pids = 10 },
}
local other = base:with {
  id = "other", process = { "cat" },
  env = { CHANGE = "new" }, labels = { b = 2 }, cap_add = { "kill" },
  network = "none", resources = { memory = "128m" },
}
print(other.id, other.process.entrypoint, #other.arguments) --> other	cat	0
print(other.env.KEEP, other.env.CHANGE, other.labels.a, other.labels.b) --> 1	new	1	2
print(#other.cap_add, other.cap_add[1], other.network.host_networking) --> 1	kill	false
print(other.resources.memory, other.resources.pids) --> 134217728	10
print(base.id, base.env.CHANGE, base.labels.b, #base.cap_add, base.network.host_networking) --> base	old	nil	2	true
print(other:with {}.id) --> other

-- A part may be shared: each Command has a copy.
local small = execlua.resources { memory = "32m" }
local one = execlua.command { image = "host", "true", resources = small }
small.memory = "64m"
print(one.resources.memory, small.memory) --> 33554432	67108864

-- Words for namespaces.
local near = execlua.command { image = "host", "true", ipc = "host", pid = "host", uts = "host", network = { container_id = "web" } }
print(near.ipc.host_ipc, near.pid.host_pid, near.uts.host_uts) --> true	true	true
local far = near:with { ipc = "private", pid = "private", uts = "private", network = "host" }
print(far.ipc.host_ipc, far.pid.host_pid, far.uts.host_uts) --> false	false	false
print(far.network.host_networking, far.network.container_id == "") --> true	true
---
-- A process may be written whole, with its fields beside its words, or as a record of its own.
local shell = execlua.process_config { entrypoint = "sh", arguments = { "-c", "echo shared" } }
local a = execlua.command { image = "host", process = shell }
local b = execlua.command { image = "host", process = { "sh", "-c", "echo own", user = "app", env = { A = 1 } } }
local c = execlua.command { image = "host", entrypoint = "sh", arguments = { "-c", "echo parts" } }
print(a.arguments[2], b.arguments[2], c.arguments[2]) --> echo shared	echo own	echo parts
print(b.user, b.env.A) --> app	1
---
-- A handle's command is what was started: a copy that cannot be changed.
local cmd = execlua.command { id = "box", image = "host", "sleep", "infinity" }
local box = execlua.driver():start(cmd)
cmd.hostname = "later"
print(box.command.id, box.command.hostname == "") --> box	true
box.command.labels.x = 1 --! command.labels: record is read-only
---
-- The words that stand for a record can be assigned, too.
local cmd = execlua.command { image = "host", "true" }
cmd.network, cmd.pid = "host", "host"
print(cmd.network.host_networking, cmd.pid.host_pid) --> true	true
cmd.network = "none"
print(cmd.network.host_networking, cmd.network) --> false	command.network
