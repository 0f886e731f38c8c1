-- A script under test: retries a backup, returns how it went, and tells a webhook of a failure.
local driver = execlua.driver("native")
local webhook = arg[1] == "--webhook" and arg[2]
local tries = not webhook and tonumber(arg[1]) or 3
for try = 1, tries do
	local result = driver:run({ id = "backup", image = "host", "tar", "-c", "/srv", resources = { memory = "64m" } }, { stderr = "capture", timeout = "1m" })
	if result.ok then
		print("done after " .. try)
		return 0
	end
	io.stderr:write(result.stderr)
	if result.oom_killed then error("too little memory") end
end
if webhook then require("execlua.http").post(webhook .. "/failed?tries=" .. tries, { json = { job = "backup" } }) end
return 3
