-- Writes a configuration, starts what uses it, and tells of it.
local fs, sh, http = require("execlua.fs"), require("execlua.sh"), require("execlua.http")
local conf, hook = arg[1], arg[2]
fs.write(conf .. ".new", "listen 80\n")
sh.run({ "nginx", "-t", "-c", conf .. ".new" }, { check = true })
os.rename(conf .. ".new", conf)
execlua.driver():run({ image = "host", "true" }, { check = true })
if hook then http.post(hook, { json = { deployed = conf } }) end
