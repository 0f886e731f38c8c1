-- Misuse raises at the script's line, with the path of the value and what was probably meant.
execlua.command { image = "host", "true", resources = { memroy = "64m" } } --! no field "memroy" in resources (did you mean "memory"?)
---
local cmd = execlua.command { image = "host", "true" }
cmd.resources.memroy = "64m" --! no field "memroy" in command.resources (did you mean "memory"?)
---
local cmd = execlua.command { image = "host", "true" }
print(cmd.hostnme) --! no field "hostnme" in command (did you mean "hostname"?)
---
execlua.command { image = "host", "true", rootfss = "/x" } --! no field "rootfss" (did you mean "rootfs"?)

-- The words of other tools.
---
execlua.command { image = "host", "true", name = "web" } --! no field "name" (did you mean "id"?)
---
execlua.command { image = "host", command = { "true" } } --! no field "command" (did you mean "process"?)
---
execlua.command { image = "host", "true", environment = { A = 1 } } --! no field "environment" (did you mean "env"?)
---
execlua.command { image = "host", "true", mem_limit = "64m" } --! no field "mem_limit" (did you mean "resources.memory"?)
---
execlua.command { image = "host", "true", network_mode = "host" } --! no field "network_mode" (did you mean "network"?)
---
execlua.command { image = "host", "true", cwd = "/" } --! no field "cwd" (did you mean "working_dir"?)
---
local ok, err = pcall(execlua.command, { image = "host", "true", auto_remove = true })
print(err.hint) --> a container is always removed when it has ended
error(err) --! no field "auto_remove"
---
local cmd = execlua.command { image = "host", "true" }
cmd.environment = {} --! no field "environment" in command (did you mean "env"?)

-- Wrong values.
---
execlua.command { image = "host", "true", resources = { memory = "lots" } } --! resources.memory
---
execlua.command { image = "host", "true", resources = { pids = 1.5 } } --! resources.pids
---
execlua.command { image = "host", "true", readonly_rootfs = "yes" } --! readonly_rootfs: boolean expected, got string
---
execlua.command { image = "host", "true", mounts = { { source = "/a" }, { source = true } } } --! mounts[2].source: string expected, got boolean
---
execlua.command { image = "host", "true", network = "hots" } --! network: "host", "none" or a table expected, got "hots" (did you mean "host"?)
---
execlua.command { image = "host", "true", network = "bridge" } --! there are no networks with addresses yet
---
execlua.command { image = "host", "true", network = "container:web" } --! (did you mean { container_id = "web" }?)
---
execlua.command { image = "host", "true", network = "ns:/run/netns/a" } --! (did you mean { namespace_path = "/run/netns/a" }?)
---
execlua.command { image = "host", "true", ipc = "hsot" } --! ipc: "host", "private" or a table expected, got "hsot" (did you mean "host"?)
---
execlua.command { image = "host", "true", pid = "container:web" } --! pid: "host", "private" or a table expected, got "container:web"
---
execlua.command { image = "host", "true", uts = true } --! uts: table expected, got boolean
---
local cmd = execlua.command { image = "host", "true" }
cmd.network = "hots" --! command.network: "host", "none" or a table expected, got "hots" (did you mean "host"?)
---
execlua.command { image = "host", "true", id = "no spaces" } --! id = "no spaces"
---
execlua.command { image = "host" } --! process_config.entrypoint: missing: the program to run
---
execlua.command { "true" } --! missing: set image = "host"
---
execlua.command { image = "busybox:latest", "true" } --! no such image here
---
execlua.command { image = "host", "true", initpath = "/x" } --! gone
---
execlua.command("host") --! a table expected, got string
---
execlua.mount { source = "/a", target = "/b" } --! no field "target" in mount (did you mean "destination"?)

-- A process in words, once.
---
execlua.command { image = "host", process = "echo hi" } --! process: a list expected, got string
---
execlua.command { image = "host", "echo", process = { "true" } } --! process: set twice
---
execlua.command { image = "host", process = { "true", user = "app" }, user = "root" } --! user: set twice
---
execlua.command { image = "host", process = { "true" }, process_config = { user = "app" } } --! process: set twice
---
execlua.command { image = "host", "echo", entrypoint = "cat" } --! entrypoint: set twice
---
execlua.command { image = "host", process = { "echo", entrypoint = "cat" } } --! leave out entrypoint and arguments
---
execlua.command { image = "host", process = { "echo", nil, "hole" } } --! process[2]: the list has holes
---
execlua.command { image = "host", process = { "echo", [0.5] = "half" } } --! process[0.5]: the list has holes
---
execlua.command { image = "host", process = { "echo", {} } } --! process[2]: an argument is text or a number, got table

-- Wrong arguments.
---
execlua.driver():run { image = "host", "true", resources = { cpu = 1 } } --! no field "cpu" in resources (did you mean "cpus"?)
---
execlua.driver():run("web") --! a Command or a table expected, got string
---
execlua.driver():run() --! bad argument #1 to "run"
---
execlua.driver().run({ image = "host", "true" }) --! (write object:run(…))
---
execlua.driver():runn {} --! runn
---
execlua.driver():kill("a b") --! no container has the id "a b"
---
execlua.driver():kill({}) --! a handle, a Command with an id, or an id expected, got table
---
execlua.driver():kill("web", "TREM") --! no such signal
---
execlua.driver():hook("prestart", print) --! did you mean "pre_start"?
---
execlua.driver():wait("web") --! wait "web": not found
---
execlua.driver():find { state = "stopped" } --! state = "stopped": "created", "running", "paused" or "exited"
---
execlua.driver():find { lables = {} } --! no field "lables" in filter (did you mean "labels"?)
---
execlua.driver():update("web", { memory = "lots" }) --! memory
---
execlua.driver():update("web", { memory = "64m" }) --! update "web": not found
---
for _ in execlua.driver():logs("web") do end --! logs "web": not found
---
local box = execlua.driver():start { image = "host", "sleep", "infinity" }
box:on("health", print) --! the container has no health_check
---
local box = execlua.driver():start { image = "host", "sleep", "infinity" }
box:on("stat", print) --! "stats", "oom", "log", "exit" or "health" expected, got "stat"
---
local box = execlua.driver():start { image = "host", "sleep", "infinity" }
box:on("stats", { evry = 1 }, print) --! no field "evry" in options (did you mean "every"?)
---
local box = execlua.driver():start { image = "host", "sleep", "infinity" }
box:on("stats", { every = 1 }) --! a function expected, got nil
