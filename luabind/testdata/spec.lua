-- cmd:spec() tells what would be started, in the names of OCI's config.json.
local web = execlua.command {
  id = "web",
  image = "host",
  process = { "/bin/server", "-v" },
  hostname = "front",
  resources = { memory = "64m" },
  labels = { tier = "front" },
}
local spec = web:spec()
print(table.concat(spec.process.args, " "), spec.hostname) --> /bin/server -v	front
print(spec.linux.resources.memory.limit, spec.annotations["org.execlua.label.tier"]) --> 67108864	front

-- It is a copy, made by the default driver unless one is named.
spec.process.args[1] = "/bin/other"
print(web.process.entrypoint, web:spec(execlua.driver("fake")).process.args[1]) --> /bin/server	/bin/server

-- An id that is left out is the script's name, so the text is the same each time.
print(execlua.command({ image = "host", "true" }):spec().linux.cgroupsPath) --> /execlua/spec

-- The Command of a handle has it too.
local box = execlua.driver():start { id = "box", image = "host", "true" }
print(box.command:spec().linux.cgroupsPath) --> /execlua/box

-- What a start would refuse is refused, misuse too.
---
local cmd = execlua.command { image = "host", "true", apparmor_profile = "strict" }
cmd:spec() --! apparmor_profile = "strict": AppArmor is off on this machine
---
execlua.command({ image = "host", "true", network = { container_id = "gone" } }):spec() --! no such container runs
---
execlua.command({ image = "host", "true" }).spec() --! calling "spec" without its object (write object:spec(…))
---
execlua.command({ image = "host", "true" }):spec("native") --! bad argument #1 to "spec" (driver)
