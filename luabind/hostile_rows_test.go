package luabind_test

// hostileRow is a script that nobody wants, and how it must end.
type hostileRow struct{ name, source, want string }

const (
	byLimit = "limit:" // the code of the script's error
	byError = "error:"
	byExit  = "exit 7"
	atEase  = "exit 0" // it does no harm, or is refused and goes on
)

// hostileRows is every hostile script of the threat model that needs nothing but
// the restricted VM. What each would do to plain gopher-lua stands beside it where
// that is not plain to see.
var hostileRows = []hostileRow{
	{"loop", `while true do end`, byLimit},
	{"loop in pcall", `while true do pcall(function() while true do end end) end`, byLimit},
	{"loop in the handler of xpcall", `xpcall(error, function() while true do end end)`, byLimit},
	{"loop in a coroutine", `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`, byLimit},
	{"loop in an iterator", `for _ in function() while true do end end do end`, byLimit},
	{"loop in a metamethod", `local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end`, byLimit},
	{"loop in a comparator", `table.sort({ 3, 1, 2 }, function() while true do end end)`, byLimit},
	{"loop in a callback of gsub", `("x"):gsub("x", function() while true do end end)`, byLimit},
	{"loop in a hook", `execlua.driver():run({ image = "host", "true" }, {}, { pre_start = function() while true do pcall(function() while true do end end) end end })`, byLimit},
	{"loop in post_stop", `execlua.driver():run({ image = "host", "true" }, {}, { post_stop = function() while true do pcall(function() while true do end end) end end })`, byLimit},
	{"wait in pre_start", `execlua.driver():run({ image = "host", "true" }, {}, { pre_start = function() while true do pcall(task.sleep, "1h") end end })`, byLimit},
	{"wait in post_stop", `execlua.driver():run({ image = "host", "true" }, {}, { post_stop = function() while true do pcall(task.sleep, "1h") end end })`, byLimit},
	{"loop in a task", `task.spawn(function() while true do end end)`, byLimit},
	{"loop in what is deferred", `execlua.defer(function() while true do pcall(function() while true do end end) end end)`, byLimit},
	{"sleep", `while true do pcall(task.sleep, "1h") end`, byLimit},
	{"tail recursion", `local function f() return f() end while true do pcall(f) end`, byLimit}, // 441 MB in a second: the traceback
	{"recursion", `local function f() f() end f()`, byError + "stack overflow"},
	{"recursion for ever", `local function f() pcall(f) pcall(f) end while true do f() end`, byLimit},
	{"recursion of tostring", `local t = setmetatable({}, {}) getmetatable(t).__tostring = tostring tostring(t)`, byError + "stack overflow"},
	{"chain of __index", `local t = {} for i = 1, 1e4 do t = setmetatable({}, { __index = t }) end return t.x`, byError},
	{"circle of __index", `local t = {} setmetatable(t, { __index = t }) return t.x`, byError},

	{"rep 1e9", `local s = ("x"):rep(1e9)`, byError + "result is too long"},
	{"rep 1e15", `local s = ("x"):rep(1e15)`, byError + "result is too long"},
	{"rep for ever", `local t = {} while true do t[#t + 1] = ("x"):rep(1e6) end`, byLimit},
	{"doubling", `local s = "x" while true do s = s .. s end`, byError + "result is too long"},
	{"doubling of many", `local t = {} while true do local s = "x" for i = 1, 22 do s = s .. s end t[#t + 1] = s end`, byLimit},
	{"doubling in pcall", `local s = "x" while true do pcall(function() s = s .. s end) end`, byLimit},
	{"many operands", `local s = ("x"):rep(3e7) while true do s = s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s end`, byError + "result is too long"},
	{"table growth", `local t = {} for i = 1, 1e9 do t[i] = { i } end`, byLimit},
	{"hash growth", `local t = {} for i = 1, 1e9 do t["k" .. i] = i end`, byLimit},
	{"closures", `local t = {} for i = 1, 1e9 do t = { f = function() return t, i end, t = t } end`, byLimit},
	{"huge index", `local t = {} t[67108863] = 1`, byError + "too far behind the end"}, // a gigabyte
	{"huge indices", `local all = {} for i = 1, 1e9 do local t = {} t[262144] = 1 all[i] = t end`, byLimit},
	{"huge insert", `local t = {} table.insert(t, 67108863, 1)`, byError + "too far behind the end"},
	{"huge rawset", `rawset({}, 67108863, 1)`, byError + "too far behind the end"},
	{"concat", `local s, t = ("x"):rep(1e6), {} for i = 1, 1000 do t[i] = s end table.concat(t)`, byError + "result is too long"},
	{"concat to infinity", `table.concat(setmetatable({}, { __index = function() return "x" end }), "", 1, 1e15)`, byError},
	{"gsub", `local s = ("x"):rep(1e6):gsub("x", ("y"):rep(1e6))`, byError + "result is too long"},
	{"gsub of much", `while true do local s = ("x"):rep(1e6):gsub("x", "yy") end`, byLimit}, // quadratic
	{"format width", `string.format("%999999999d", 1)`, byError + "invalid option"},
	{"format", `local s, t = ("x"):rep(1e6), {} for i = 1, 100 do t[i] = s end string.format(("%s"):rep(100), unpack(t))`, byError + "result is too long"},
	{"find", `("a"):rep(30):find(("a?"):rep(30) .. ("a"):rep(30))`, byLimit},
	{"match", `("a"):rep(5000):match(("a-"):rep(100) .. "b")`, byLimit},
	{"gmatch", `for _ in ("a"):rep(5000):gmatch(("a*"):rep(50) .. "b") do end`, byLimit},
	{"gsub of a catastrophe", `pcall(string.gsub, ("a"):rep(5000), (".-"):rep(50) .. "b", "") while true do end`, byLimit},
	{"pattern of a megabyte", `("a"):rep(1e6):find(("a?"):rep(1e6))`, byError + "pattern too complex"},
	{"a set of a megabyte", `("a"):rep(1e6):find("[" .. ("b"):rep(1e6) .. "]")`, byLimit},
	{"balance", `("("):rep(1e6):find("%b()")`, byLimit}, // quadratic
	{"unpack", `unpack({}, 1, 1e6)`, byError + "too many results"},
	{"unpack 1e9", `unpack({}, 1, 1e9)`, byError + "too many results"},
	{"string.byte", `("x"):rep(1e6):byte(1, -1)`, byError + "too long"},
	{"inconsistent order", `local t = {} for i = 1, 1e5 do t[i] = i end for _ = 1, 10 do table.sort(t, function() return true end) end while true do end`, byLimit},
	{"long strings in order", `local s, t = ("x"):rep(2e7), {} for i = 1, 1000 do t[i] = s:sub(i) end table.sort(t)`, byLimit},
	{"coroutines", `local t = {} for i = 1, 1e6 do t[i] = coroutine.create(function() end) end`, byLimit},
	{"running coroutines", `local t = {} for i = 1, 1e6 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end`, byLimit},
	{"nested coroutines", `local function f() return coroutine.wrap(f)() end f()`, byError + "stack overflow"},
	{"tasks", `for i = 1, 1e6 do task.spawn(function() task.sleep("1h") end) end`, byLimit},
	{"tasks that spawn", `local function f() task.spawn(f) task.spawn(f) task.sleep("1h") end f()`, byLimit},
	{"timers", `for i = 1, 1e5 do task.spawn(task.sleep, 3600) end`, byLimit},

	{"parentheses", `assert(load("return " .. ("("):rep(1e5) .. "1" .. (")"):rep(1e5)))`, byError + "too many nested"},
	{"tables", `assert(load("return " .. ("{"):rep(1e5) .. ("}"):rep(1e5)))`, byError + "too many nested"},
	{"functions", `assert(load("return " .. ("function() return "):rep(2e4) .. (" end"):rep(2e4)))`, byError + "too many nested"},
	{"unclosed", `assert(load("x = " .. ("{"):rep(4e5)))`, byError + "too many nested"},
	{"operators", `assert(load("return 1" .. ("+1"):rep(1e5)))`, byError + "expression too long"},
	{"calls", `assert(load("return f" .. ("()"):rep(1e5)))`, byError + "expression too long"},
	{"a long source", `assert(load(("x = 1 "):rep(1e6)))`, byError + "too long"},
	{"a source without end", `assert(load(function() return ("x = 1 "):rep(1e5) end))`, byError + "too long"},
	{"sources", `while true do load(("x = 1 "):rep(6e4)) end`, byLimit},
	{"bytecode", `assert(loadstring("\27Lua\81\0\1\4\8\4\8\0"))`, byError},
	{"dump", `string.dump(print)`, byError},
	{"a poisoned environment", `local f = load("return print") setfenv(f, setmetatable({}, { __index = function() while true do end end })) f()`, byLimit},

	{"os.exit", `while true do pcall(os.exit, 7) end`, byExit},
	{"os.execute", `os.execute("true")`, byError},
	{"io.popen", `io.popen("true")`, byError},
	{"io.open", `io.open("/etc/passwd")`, byError},
	{"environ", `io.lines("/proc/self/environ")`, byError},
	{"dofile", `dofile("/etc/passwd")`, byError},
	{"loadfile", `loadfile("/etc/passwd")`, byError},
	{"require", `require("/etc/passwd")`, byError + "not found"},
	{"require above", `require("../../etc/passwd")`, byError + "not found"},
	{"package.path", `package.path = "/etc/?" require("passwd")`, byError + "not found"},
	{"package.loaders", `package.loaders[1] = print`, byError},
	{"package.loadlib", `package.loadlib("/lib/libc.so.6", "system")`, byError},
	{"methods of strings", `getmetatable("").__index = nil`, byError},
	{"methods of strings by name", `string.upper = function() while true do end end assert(("x"):upper() == "X")`, atEase},
	{"environment of a library", `setfenv(print, {})`, byError},
	{"environment of everything", `setfenv(0, {}) local x = print`, atEase},
	{"debug", `debug.sethook(print)`, byError},
	{"registry", `debug.getregistry()`, byError},
	{"upvalues", `debug.setupvalue(print, 1, 1)`, byError},
	{"newproxy", `newproxy(true)`, byError},
	{"error that cannot be told", `error(setmetatable({}, { __tostring = error }))`, byError},
	{"error that is told for ever", `error(setmetatable({}, { __tostring = function() while true do end end }))`, byLimit},
	{"error in an error", `xpcall(error, function() error() end) error(setmetatable({}, { __tostring = function() error() end }))`, byError},
	{"finalizer", `setmetatable({}, { __gc = function() while true do end end }) collectgarbage()`, atEase},
	{"print", `print(("x"):rep(1e9))`, byError},
	{"print of much", `local s = ("x"):rep(1e7) while true do print(s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s) end`, byError + "too long"},
	{"print for ever", `while true do print(("x"):rep(1000)) end`, byLimit},
	{"date", `os.date(("%c"):rep(1e6))`, byError + "too long"},
	{"containers", `local d = execlua.driver() for i = 1, 100 do d:start { image = "host", "sleep", "infinity" } end`, byLimit + "the script has 4 containers"},
	{"containers in pcall", `local d = execlua.driver() while true do pcall(d.start, d, { image = "host", "sleep", "infinity" }) end`, byLimit},
	{"channels", `channel.make()`, byError},
}
