#!/usr/bin/env execlua
-- Lua functions at the three moments of a container's life. They see it from
-- outside, where its first process has another pid than inside.
local execlua = require("execlua")

local driver = execlua.driver()
local cmd = execlua.command {
  image = "host",
  hostname = "box",
  process = { "/bin/sh", "-c", 'echo "inside: hostname $(cat /proc/sys/kernel/hostname), pid $$"' },
}

local pids = {}
driver:run(cmd, {}, {
  pre_start = function(process_config, pid) -- namespaces and cgroup exist, the program does not run yet
    pids[1] = pid
    print("pre_start: about to run " .. process_config.entrypoint .. ", pid " .. pid)
  end,
  start = function(_, pid)
    pids[2] = pid
  end,
  post_stop = function(_, pid, info) -- always, exactly once
    pids[3] = pid
    print("post_stop: exit code " .. info.exit_code .. ", pid " .. pid)
  end,
})
print(("pids on the host: pre_start %d, start %d, post_stop %d"):format(pids[1], pids[2], pids[3]))

-- output:
-- pre_start: about to run /bin/sh, pid *
-- inside: hostname box, pid 1
-- post_stop: exit code 0, pid *
-- pids on the host: pre_start *, start *, post_stop *
