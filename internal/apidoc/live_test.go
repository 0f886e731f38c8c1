package apidoc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/bind"
)

// live is a VM with an engine in memory, and one object of each class.
const live = `
local driver = execlua.driver()
local task = require("execlua.task")
objects = {
	driver = driver,
	container = driver:start { image = "host", "true" },
	registration = driver:hook("start", function() end),
	sink = execlua.lines(print),
	error = select(2, pcall(execlua.driver, "nope")),
	task = task.spawn(function() end),
	regexp = require("execlua.regexp").compile("a"),
	template = require("execlua.template").compile("a"),
	timer = require("execlua.time").after(0, function() end),
	group = task.group(),
	channel = task.channel(),
	subscription = driver:start({ image = "host", "true" }):on("exit", function() end),
	fake = select(2, pcall(function() return require("execlua.test").fake() end)),
}
local net, http = require("execlua.net"), require("execlua.http")
objects.listener = net.listen("127.0.0.1:0")
objects.connection = net.dial(objects.listener.address)
objects.server = http.serve("127.0.0.1:0", function() end)
objects.response = http.get(objects.server.url)
objects.process = require("execlua.sh").start { "true" }
objects.logger = require("execlua.log").named("live")
if not pcall(require, "execlua.test") then objects.bar = require("execlua.progress").bar {} end -- it prints
records = {
	["execlua.Command"] = execlua.command { image = "host", "true" },
	["execlua.Result"] = driver:run({ image = "host", "kill-me" }, { stdout = "capture", stderr = "capture" }),
	["execlua.ResourceStats"] = driver:stats(driver:start { id = "up", image = "host", "sleep", "infinity" }),
	["execlua.Info"] = driver:info("up"),
}
driver:run({ image = "host", "true" }, {}, { pre_start = function(_, _, info) records["execlua.HookInfo"] = info end })
for part, name in pairs { process_config = "ProcessConfig", resources = "Resources", network = "Network", ipc = "Ipc",
		pid = "Pid", uts = "UTS", mount = "Mount", device = "Device", rlimit = "Rlimit" } do
	records["execlua." .. name] = execlua[part] {}
end
function has(object, name) return (pcall(function() return object[name] end)) end
function names(t) local list = {} for name in pairs(t) do list[#list + 1] = name end return table.concat(list, " ") end
`

// liveVM runs Lua and returns what it prints, by words.
func liveVM(t *testing.T) func(source string) []string {
	t.Helper()
	var out bytes.Buffer
	vm, err := luabind.New(luabind.Options{
		Engine:  "fake",
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Host:    true,
		Stdout:  &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return func(source string) []string {
		t.Helper()
		out.Reset()
		if _, err := vm.RunString(t.Context(), "live", source); err != nil {
			t.Fatal(err)
		}
		return strings.Fields(out.String())
	}
}

// liveTests is liveVM for execlua.test, which only a file of tests can require.
func liveTests(t *testing.T) func(source string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "live_test.lua")
	return func(source string) []string {
		t.Helper()
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		report := luabind.RunTests(t.Context(), file, luabind.TestOptions{})
		if report.Err != nil {
			t.Fatal(report.Err)
		}
		return strings.Fields(report.Output)
	}
}

// vmOf is where a module can be required.
func vmOf(t *testing.T, module string) func(source string) []string {
	if module == "execlua.test" {
		return liveTests(t)
	}
	return liveVM(t)
}

func theModel(t *testing.T) *model {
	t.Helper()
	m, err := newModel(os.DirFS("../.."), luabind.Declare())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(t *testing.T, what string, reference, vm []string) {
	t.Helper()
	for _, name := range reference {
		if !slices.Contains(vm, name) {
			t.Errorf("%s: the VM has no %s", what, name)
		}
	}
	for _, name := range vm {
		if !slices.Contains(reference, name) {
			t.Errorf("%s: the reference has no %s", what, name)
		}
	}
}

func funcNames(funcs ...bind.Func) (names []string) {
	for _, f := range funcs {
		names = append(names, f.Name)
	}
	return names
}

func valueNames(values ...bind.Value) (names []string) {
	for _, v := range values {
		names = append(names, v.Name)
	}
	return names
}

func TestModulesAreLive(t *testing.T) {
	m := theModel(t)
	for _, module := range m.Modules {
		run := vmOf(t, module.Name)
		same(t, module.Name, append(funcNames(module.Funcs...), valueNames(module.Values...)...), run(live+`print(names(require("`+module.Name+`")))`))
	}
}

// An object has the names of its class, and none that only other classes have.
func TestClassesAreLive(t *testing.T) {
	m := theModel(t)
	all := funcNames(m.functions()...)
	for _, module := range m.Modules {
		run := vmOf(t, module.Name)
		for _, class := range module.Classes {
			own := funcNames(slices.Concat(class.Methods, class.Fields)...)
			same(t, className(class), own, run(live+`
				assert(objects.`+class.Name+`, "an object is missing")
				for name in ("`+strings.Join(all, " ")+`"):gmatch("%S+") do
					if has(objects.`+class.Name+`, name) then print(name) end
				end`))
		}
	}
}

// A record that scripts write has exactly its names; of one that they get, what
// is nil at the moment does not show.
func TestRecordsAreLive(t *testing.T) {
	run, m := liveVM(t), theModel(t)
	var all []string
	for _, r := range m.records {
		for _, f := range r.fields {
			all = append(all, f.name)
		}
		for alias := range r.Aliases {
			all = append(all, alias)
		}
	}
	all = append(all, funcNames(m.Command...)...)
	slices.Sort(all)
	all = slices.Compact(all)

	seen := run(live + `print(names(records))`)
	for _, r := range m.records {
		if !slices.Contains(seen, r.Name) {
			continue
		}
		var own []string
		for _, f := range r.fields {
			own = append(own, f.name)
		}
		for alias := range r.Aliases {
			own = append(own, alias)
		}
		if r.Name == commandRecord {
			own = append(own, funcNames(m.Command...)...)
		}
		if r.Given {
			for _, name := range run(live + `print(names(records["` + r.Name + `"]))`) {
				if !slices.Contains(own, name) {
					t.Errorf("%s: the reference has no %s", r.Name, name)
				}
			}
			continue
		}
		same(t, r.Name, own, run(live+`
			for name in ("`+strings.Join(all, " ")+`"):gmatch("%S+") do
				if has(records["`+r.Name+`"], name) then print(name) end
			end`))
	}
}

// Options are read by a call: one that it does not know is an error of its own kind.
func TestOptionsAreLive(t *testing.T) {
	run, m := liveVM(t), theModel(t)
	calls := map[string]string{
		"execlua.RunOptions":    `objects.driver:run({ image = "host", "true" }, o)`,
		"execlua.Hooks":         `objects.driver:run({ image = "host", "true" }, nil, o)`,
		"execlua.StopOptions":   `objects.driver:stop("gone", o)`,
		"execlua.WaitOptions":   `objects.container:wait(o)`,
		"execlua.BufferOptions": `execlua.buffer(o)`,
		"execlua.DecodeOptions": `require("execlua.json").decode("1", o)`,
		"execlua.JSONOptions":   `require("execlua.json").encode(1, o)`,
		"execlua.RetryOptions":  `require("execlua.time").retry(o, error)`,
	}
	for _, r := range m.records {
		call := calls[r.Name]
		if call == "" {
			continue
		}
		for _, f := range append(r.fields, field{name: "zzz"}) {
			got := run(live + `
				local ok, err = pcall(function() local o = { ["` + f.name + `"] = coroutine.create(print) } return ` + call + ` end)
				print(not ok and tostring(err):find('no field', 1, true) and "unknown" or "known")`)
			if want := f.name != "zzz"; (got[0] == "known") != want {
				t.Errorf("%s.%s is %s", r.Name, f.name, got[0])
			}
		}
	}
}
