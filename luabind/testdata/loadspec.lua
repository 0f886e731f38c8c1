-- execlua.load_spec(path) reads what `execlua spec` and `runc spec` write.
local cmd = execlua.load_spec("testdata/bundle/config.json")
print(cmd.process.entrypoint, cmd.process.user, cmd.tty, cmd.working_dir) --> sh	0:0	true	/
print(cmd.readonly_rootfs, cmd.hostname, cmd.cap_drop[1], cmd.cap_add[1], #cmd.cap_add) --> true	runc	all	AUDIT_WRITE	3

-- The file says what is confined: this one has no filter, and the script sees it.
print(cmd.seccomp.unconfined) --> true

-- Relative paths begin at the file, wherever the program runs.
print(cmd.rootfs:match("testdata/bundle/rootfs$")) --> testdata/bundle/rootfs

-- It is a Command as any other.
cmd.tty = false
cmd.seccomp = nil
local r = execlua.driver():run(cmd:with { process = { "echo", "from", "a", "file" } }, { stdout = "capture" })
print(r.ok, (r.stdout:gsub("%s+$", ""))) --> true	from a file

-- User namespaces and clocks are fields like others.
local mapped = execlua.command {
  image = "host",
  user_namespace = { uid_mappings = { { container_id = 0, host_id = 100000, size = 65536 } } },
  time_namespace = { boottime = 3600, monotonic = -5 },
  "cat", "/proc/self/uid_map",
}
print((execlua.driver():run(mapped, { stdout = "capture" }).stdout:gsub("%s+", ","))) --> ,0,100000,65536,
print(mapped:spec().linux.timeOffsets.boottime.secs) --> 3600

-- What a Command cannot express is refused with the place in the file.
---
execlua.load_spec("testdata/bundle/hooks.json") --! .hooks: hooks here are functions
---
execlua.load_spec("testdata/bundle/nowhere.json") --! no such file
---
execlua.load_spec("testdata") --! not a file
---
execlua.load_spec("testdata/loadspec.lua") --! no OCI runtime specification
---
execlua.command { image = "host", "true", user_namespace = {} } --! root, the id 0 of the container, must be mapped
---
execlua.command { image = "host", "true", console_size = { 24, 0 } } --! height and width, or neither
