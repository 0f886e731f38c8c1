-- Names: what nobody defines, and what nobody reads.
local execlua = require("execlua")
local task = require("execlua.tsk") --! 22 no module "execlua.tsk" (did you mean "execlua.task"?)
local unused = 1 --! 7 unused local "unused"
local function never() end --! 16 unused local "never"
local written; written = 2 --! 7 unused local "written"
local _, _meant = nil, nil
local ok, err = pcall(print) -- ok stands before a value that is read
prnt(err) --! 1 undefined global "prnt" (did you mean "print"?)
print(xyzzy) --! 7 undefined global "xyzzy"
local counter = 0
counter = conter + 1 --! 11 undefined global "conter" (did you mean "counter"?)
print(counter, string.fromat("%d", 1)) --! 23 no field "fromat" in string (did you mean "format"?)
print(("text"):uper()) --! 16 no field "uper" in string (did you mean "upper"?)
print(os.tmie()) --! 10 no field "tmie" in os (did you mean "time"?)
print(math.pie) --! 12 no field "pie" in math (did you mean "pi"?)
print(xpto) -- execlua: ignore
print(task, execlua)

-- Silent: what the script sets, asks for, or cannot know.
helper = function() return helper end
_G.made = 1
print(made, helper)
if jit then print("LuaJIT") end
local compat = table.move or function() end
print(compat, strict == nil)
function string.starts(s, start) return s:sub(1, #start) == start end
print(("abc"):starts("a"), string.starts("a", "b"))
local name, later = "x", nil
function later() return later, name end
for key in pairs({}) do local _ = key end
goto done
::done::
