-- A script under test: retries a backup, and returns how it went.
local driver = execlua.driver("native")
local tries = tonumber(arg[1] or "3")
for try = 1, tries do
	local result = driver:run({ id = "backup", image = "host", "tar", "-c", "/srv", resources = { memory = "64m" } }, { stderr = "capture", timeout = "1m" })
	if result.ok then
		print("done after " .. try)
		return 0
	end
	io.stderr:write(result.stderr)
	if result.oom_killed then error("too little memory") end
end
return 3
