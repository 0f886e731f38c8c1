package luabind_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/stdlib"
)

// The zero Options reach nothing outside of the VM, and print nowhere.
func TestZeroOptions(t *testing.T) {
	vm, err := luabind.New(luabind.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	code, err := vm.RunString(context.Background(), "safe.lua", `
		print("nowhere")
		assert(io == nil and dofile == nil and loadfile == nil, "files")
		assert(os.getenv == nil and os.remove == nil and os.rename == nil and os.tmpname == nil, "os")
		assert(not pcall(os.execute, "true"), "programs")
		assert(not pcall(require, "fmt"), "modules")
		assert(debug.getinfo == nil and debug.getregistry == nil and package.loadlib == nil, "internals")
		assert(not execlua.isatty(0) and not execlua.isatty(1), "terminals")
		local ok, err = pcall(execlua.driver)
		assert(err.code == "driver_not_found" and err.hint == "this host has no engines", err.hint)
		for _, name in ipairs { "native", "fake" } do
			assert(not pcall(execlua.driver, name), name)
		end
		return 7`)
	if code != 7 || err != nil {
		t.Errorf("code %d, %v; want 7", code, err)
	}
}

func TestEngines(t *testing.T) {
	opened := 0
	engines := map[string]luabind.Engine{
		"one": func() (driver.Driver, error) { opened++; return fake.New(fake.Options{}), nil },
		"two": func() (driver.Driver, error) { return nil, driver.ErrDenied },
	}
	const script = `
		local first = execlua.driver()
		print(execlua.driver("one") == first, pcall(execlua.driver, "three"))
		local ok, err = pcall(execlua.driver, "two")
		print(ok, err.code)`

	h := newHost(t, func(o *luabind.Options) { o.Engines, o.Engine = engines, "one" })
	if opened != 0 {
		t.Error("an engine was opened that no script has named")
	}
	if _, err := h.run(script); err != nil {
		t.Fatal(err)
	}
	if got, want := h.out.String(), "false\tdenied\n"; !strings.HasSuffix(got, want) || opened != 1 {
		t.Errorf("printed %q, want %q at the end; opened %d times", got, want, opened)
	}

	// Force beats the names in the script.
	h = newHost(t, func(o *luabind.Options) { o.Engines, o.Force = engines, "one" })
	if _, err := h.run(`assert(execlua.driver("two"):name() == "fake" and execlua.driver("native"):name() == "fake")`); err != nil {
		t.Error(err)
	}
}

func TestModules(t *testing.T) {
	if _, err := luabind.New(luabind.Options{Modules: []string{"taks"}}); err == nil || !strings.Contains(err.Error(), `no embedded module "taks"`) {
		t.Errorf("New: %v", err)
	}
	for _, row := range []struct {
		modules []string
		want    bool
	}{{nil, true}, {[]string{"task"}, true}, {[]string{"json"}, false}, {[]string{}, false}} {
		h := newHost(t, func(o *luabind.Options) { o.Modules = row.modules })
		if _, err := h.run(`require("execlua.task")`); (err == nil) != row.want {
			t.Errorf("Modules %q: %v", row.modules, err)
		}
	}
}

// What reaches outside the VM is there when it is listed, or with Host.
func TestModulesOutside(t *testing.T) {
	for _, module := range stdlib.Modules(stdlib.Host{}) {
		for _, row := range []struct {
			host    bool
			modules []string
			want    bool
		}{
			{false, nil, !module.Outside},
			{true, nil, true},
			{false, []string{strings.TrimPrefix(module.Name, "execlua.")}, true},
		} {
			h := newHost(t, func(o *luabind.Options) { o.Host, o.Modules = row.host, row.modules })
			if _, err := h.run(`require("` + module.Name + `")`); (err == nil) != row.want {
				t.Errorf("%s with Host %v and Modules %q: %v", module.Name, row.host, row.modules, err)
			}
		}
	}
}

// With Host a script has files, which can be the streams of a program.
func TestHostFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in"), []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, func(o *luabind.Options) { o.Host, o.Args = true, []string{dir} })
	if _, err := h.run(`
		local dir = ...
		assert(arg[1] == dir and arg[0] == "test.lua" and #arg == 1)
		local from, to = io.open(dir .. "/in"), io.open(dir .. "/out", "w")
		execlua.driver():run({ image = "host", "cat" }, { stdin = from, stdout = to })
		from:close()
		to:close()`); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "out")); string(got) != "from a file\n" || err != nil {
		t.Errorf("copied %q, %v", got, err)
	}
}

func TestPublish(t *testing.T) {
	h := newHost(t, nil)
	errBroke := errors.New("no money")
	err := h.Publish("acme",
		luabind.Func{
			Name: "charge", Params: []luabind.Param{{Name: "cents"}, {Name: "note", Optional: true}},
			Fn: func(cents int, note string) (string, error) {
				if cents > 100 {
					return "", errBroke
				}
				return note + "!", nil
			},
		},
		luabind.Func{Name: "total", Fn: func(ctx context.Context, prices map[string]float64) (float64, int, error) {
			sum := 0.0
			for _, price := range prices {
				sum += price
			}
			return sum, len(prices), ctx.Err()
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.run(`
		assert(require("acme") == acme)
		print(acme.charge(5, "thanks"), acme.charge(5))
		print(acme.total { tea = 1.5, cake = 2 })
		print(select(2, pcall(acme.charge, "five")).message)
		print(select(2, pcall(acme.total, { tea = "dear" })).message)
		local ok, err = pcall(acme.charge, 500)
		print(err.code, err)
		error(err)`)
	if !errors.Is(err, errBroke) {
		t.Errorf("failed with %v, want %v", err, errBroke)
	}
	const want = "thanks!\t!\n" +
		"3.5\t2\n" +
		"bad argument #1 to \"charge\" (cents): integer expected, got string\n" +
		"bad argument #1 to \"total\" (arg1.tea): number expected, got string\n" +
		"error\tno money\n"
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}

	for what, f := range map[string]luabind.Func{
		`"a b" is no name`:       {Name: "a b", Fn: func() {}},
		"a Go function expected": {Name: "f", Fn: 1},
		"scripts have no chan":   {Name: "f", Fn: func(chan int) {}},
	} {
		if err := h.Publish("wrong", f); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("Publish: %v, want %q", err, what)
		}
	}
}

// plainEngine hides what an engine can do beyond the twelve methods of driver.Driver.
type plainEngine struct{ driver.Driver }

func TestVerbsThatAnEngineLacks(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) {
		o.Engines = map[string]luabind.Engine{
			"fake": func() (driver.Driver, error) { return plainEngine{fake.New(fake.Options{})}, nil },
		}
	})
	if _, err := h.run(`
		local driver, cmd = execlua.driver(), { id = "box", image = "host", process = { "sleep", "infinity" } }
		local r = driver:run(cmd, {}, { start = function()
			print(driver:exec("box", { "exit", 4 }).exit_code)
			driver:kill("box", "TERM")
		end })
		print(r.signal)
		for _, call in ipairs {
			function() driver:start(cmd) end,
			function() driver:exec_start("box", { "true" }) end,
			function() driver:stop("box") end,
		} do
			local ok, err = pcall(call)
			print(err.code, err.op, err.hint)
		end`); err != nil {
		t.Fatal(err)
	}
	const want = "4\nTERM\n" +
		"unsupported\tstart\tthe engine fake has no such verb\n" +
		"unsupported\texec_start\tthe engine fake has no such verb\n" +
		"unsupported\tstop\tthe engine fake has no such verb\n"
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
}
