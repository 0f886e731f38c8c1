-- Starts what is not there yet, and leaves it running.
local driver = execlua.driver()
for _, name in ipairs { "db", "web" } do
  local there = driver:find({ id = name })[1]
  if not there then
    driver:start({
      id = name, image = "host", name,
      restart = { on_failure = 2, delay = "1ms" },
      health_check = { tcp = "127.0.0.1:80", every = "1ms", retries = 1 },
    }, { detach = true })
  elseif there.state == "exited" then
    there:start()
  end
end
