-- Tables that stand for records say what the call would say.
local execlua = require("execlua")
local driver = execlua.driver()
local word = arg[1]
execlua.command { image = "host", "true", resources = { memroy = "64m" } } --! 57 no field "memroy" in resources (did you mean "memory"?)
execlua.command { image = "host", "true", resources = { memory = "lots" } } --! 57 resources.memory: "lots" is no size
execlua.command { image = "host", "true", resources = { memory = word, pidz = word } } --! 72 no field "pidz" in resources (did you mean "pids"?)
execlua.command { image = "host", "true", rootfss = "/x" } --! 43 no field "rootfss" (did you mean "rootfs"?)
execlua.command { image = "host", "true", cwd = word } --! 43 no field "cwd" (did you mean "working_dir"?)
execlua.command { image = "host", "true", readonly_rootfs = "yes" } --! 43 readonly_rootfs: boolean expected, got string
execlua.command { image = "host", "true", hostname = 5 } --! 43 hostname: string expected, got number
execlua.command { image = "host", "true", network = "hots" } --! 43 network
execlua.command { image = "host", "true", env = { A = 1, B = true } } --! 58 process_config.env.B: text or number expected, got boolean
execlua.command { image = "host", process = { "true", user = 5 } } --! 55 process_config.user: string expected, got number
execlua.command { image = "host", process = "echo hi" } --! 35 process: a list expected, got string
execlua.command { image = "host", process = { "echo", {} } } --! process[2]: an argument is text or a number, got table
execlua.command { "true" } --! rootfs: missing: set image = "host"
execlua.command { image = "host" } --! process_config.entrypoint: missing: the program to run
execlua.command { image = "host", "true", id = "no spaces" } --! 43 id = "no spaces"
execlua.command { image = "host", "true", stop_grace = "soon" } --! 43 stop_grace
execlua.command("host") --! 17 argument 1 of execlua.command (fields): Command expected, got string
execlua.mount { source = "/a", target = "/b" } --! 32 no field "target" (did you mean "destination"?)
execlua.resources { pids = 1.5 } --! 21 pids: integer expected, got 1.5
execlua.command {
  image = "host",
  process = { "/bin/echo", word, "end" },
  mounts = {
    { source = "/a", destination = "/a" },
    { source = true, destination = word }, --! 7 mounts[2].source: string expected, got boolean
    { source = word, destinatoin = word }, --! 22 no field "destinatoin" in mounts[3] (did you mean "destination"?)
  },
  resources = { pids = 1.5, cpus = "two" }, --! 17 resources.pids: integer expected, got 1.5 --! 29 resources.cpus: number expected, got string
}
driver:run({ image = "host", "true" }, { timeot = "3s" }) --! 42 no field "timeot" (did you mean "timeout"?)
driver:run({ image = "host", "true" }, { start = print }) --! 42 no field "start"
driver:run({ image = "host", "true" }, { pre_start = function() end }) --! 42 pre_start: hooks are the third argument
driver:run({ image = "host", "true" }, {}, { prestart = print }) --! 46 no field "prestart" (did you mean "pre_start"?)
driver:stop("web", { grase = "1s" }) --! 22 no field "grase" (did you mean "grace"?)
driver:find { lables = {} } --! 15 no field "lables" (did you mean "labels"?)
driver:update("web", { memory = "much" }) --! 24 memory: "much" is no size
driver:run({ image = "host", "true" }, { stdout = "captur" }) --! stdout: "inherit", "discard" or "capture" expected, got "captur" (did you mean "capture"?)
driver:find { state = "runing" } --! state: "created", "running", "paused" or "exited" expected, got "runing" (did you mean "running"?)
driver:hook("prestart", print) --! argument 1 of driver:hook (stage): "pre_start", "start" or "post_stop" expected, got "prestart" (did you mean "pre_start"?)
driver:start({ image = "host", "true" }):on("stat", print) --! argument 1 of container:on (event): "stats", "oom", "log", "exit" or "health" expected, got "stat" (did you mean "stats"?)
require("execlua.sh").run({ "true" }, { stdin = "inherited" }) --! stdin: "discard" or "inherit" expected, got "inherited" (did you mean "inherit"?)
local cmd = execlua.command { image = "host", "true" }
cmd.resources.memroy = "64m" --! 15 no field "memroy" in Resources (did you mean "memory"?)
cmd.hostname = 5 --! 5 hostname: string expected, got number
cmd:with { resources = { cpus = "two" } } --! 26 resources.cpus: number expected, got string
print(cmd.hostnme) --! 11 no field "hostnme" in Command (did you mean "hostname"?)

-- Silent: what is right, or not known before it runs.
cmd.resources.memory = word
cmd.env.LANG = "C"
cmd:with { hostname = "web" }
execlua.command { image = word, word, unpack(arg) }
execlua.command { rootfs = word, process = arg, env = { [word] = 1, B = word, C = 1.5 }, labels = { slot = 3 } }
execlua.command { image = "host", process = { word }, mounts = { execlua.mount { source = "/a", destination = "/b" } } }
driver:start({ image = "host", "true" }, { stdout = function(chunk) print(chunk) end, timeout = 1.5, stderr = execlua.lines(print) })
driver:exec("web", { "/bin/sh", tty = execlua.isatty(0) }, { stdin = "inherit" })
