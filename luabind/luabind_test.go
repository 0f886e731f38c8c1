package luabind_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

func run(t *testing.T, source string, change func(*luabind.Options)) (string, int, error) {
	t.Helper()
	var out bytes.Buffer
	o := luabind.Options{
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Engine:  "fake", Stdout: &out, Stderr: &out,
	}
	if change != nil {
		change(&o)
	}
	vm, err := luabind.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	code, err := vm.RunString(context.Background(), "test.lua", source)
	return out.String(), code, err
}

func TestX(t *testing.T) {
	out, code, err := run(t, `
local execlua = require("execlua")
local d = execlua.driver()
print(d, d:name(), d:supports_hooks())
local cmd = execlua.command { image = "host", process = {"echo", "hi", 1}, resources = { memory = "64m" }, env = { A = 1 } }
print(cmd.image, cmd.resources.memory, cmd.env.A, cmd.process.entrypoint, cmd.process_config.arguments[2])
cmd.resources.memory = "128m"
print(cmd.resources.memory)
local r = d:run(cmd, { stdout = "capture" }, { pre_start = function(p, pid, info) print("pre", p.entrypoint, pid > 0, info.id:match("^test%-%x+$") ~= nil, info.stage) end,
 start = function() print("start") end, post_stop = { function(_, _, i) print("post", i.exit_code) end } })
print(r.ok, r.exit_code, r.stdout, r.signal)
for k, v in pairs(r) do end
print(pcall(function() cmd.resources.memroy = 1 end))
print(pcall(d.run, d, { image = "host", process = {"true"} }, { pre_start = print }))
print(pcall(d.run, d, { image = "host", process = {"true"} }, {}, { pre_start = function() error({code=5}) end }))
local ok, e = pcall(d.run, d, { image = "host", process = {"true"} }, {}, { pre_start = function() error("nope") end })
print(ok, e, e.code, e.hook.stage, e.hook.index, e.cause, e.message, e.id ~= nil, e.op)
local box = d:start { id = "dev", image = "host", process = {"sleep", "infinity"} }
print(box, box.id, box.pid > 0, box.command.image, box:info().running)
print(box:exec({"echo", "exec"}, {stdout="capture"}).stdout)
print(pcall(box.wait, box, {timeout="10ms"}))
print(box:stop{grace=0}.signal)
print(pcall(d.kill, d, "dev"))
execlua.command { image = "host", process = {"true"}, resources = { memroy = "64m" } }
`, nil)
	t.Log(out, code, err)
	if e, ok := err.(*luabind.Error); ok {
		t.Logf("%#v\n%s", *e, e.Traceback)
	}
}
