package luabind_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// A policy over Commands is one over everything that a script can start.
func ExampleOptions_admit() {
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"native": openFake},
		Admit: func(_ context.Context, c *driver.Command) error {
			switch {
			case c.ProcessConfig.Privileged:
				return errors.New("privileged is not for customers")
			case c.Resources == nil || c.Resources.Memory > 64<<20:
				return errors.New("resources.memory: up to 64 MiB, and not without")
			}
			return nil
		},
		Stdout: os.Stdout,
	})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	_, err = vm.RunString(context.Background(), "job.lua", `
		local driver = execlua.driver()
		local box = driver:start { id = "box", image = "host", "sleep", "60", resources = { memory = "64m" } }
		print(select(2, pcall(box.exec, box, { "id", privileged = true })))
		box:update { memory = "1g" }`)
	fmt.Println(errors.Is(err, driver.ErrDenied), err)
	// Output:
	// exec "box": privileged is not for customers
	// true job.lua:5: update "box": resources.memory: up to 64 MiB, and not without
}

// A script leaves functions, and the program calls them when something happens.
func ExampleVM_Call() {
	vm, err := luabind.New(luabind.Options{})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	ctx := context.Background()
	if _, err := vm.RunString(ctx, "shop.lua", `function price(item, count) return #item * count, "EUR" end`); err != nil {
		panic(err)
	}
	results, err := vm.Call(ctx, "price", "tea", 2)
	if err != nil {
		panic(err)
	}
	var amount int
	var currency string
	if err := results.Decode(&amount, &currency); err != nil {
		panic(err)
	}
	fmt.Println(amount, currency)
	// Output: 6 EUR
}

// A struct is a strict record for scripts: its names are checked.
func ExampleVM_PublishValue() {
	vm, err := luabind.New(luabind.Options{})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	type settings struct {
		Memory int64             `json:"memory" unit:"bytes"`
		Labels map[string]string `json:"labels"`
	}
	live := &settings{Memory: 1 << 20}
	if err := vm.PublishValue("settings", live); err != nil {
		panic(err)
	}
	_, err = vm.RunString(context.Background(), "job.lua", `
		settings.memory = "64m"
		settings.labels.team = "blue"
		settings.memroy = 1`)
	fmt.Println(live.Memory, live.Labels, err)
	// Output: 67108864 map[team:blue] job.lua:4: no field "memroy" in settings (did you mean "memory"?)
}

// Scripts and the modules that they require come out of one file system.
func ExampleOptions_source() {
	source := fstest.MapFS{
		"job.lua":       {Data: []byte(`print(require("lib.greet")("you"))`)},
		"lib/greet.lua": {Data: []byte(`return function(name) return "hello " .. name end`)},
	}
	vm, err := luabind.New(luabind.Options{Source: source, Stdout: os.Stdout})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	code, err := vm.RunFile(context.Background(), "job.lua")
	fmt.Println(code, err)
	// Output:
	// hello you
	// 0 <nil>
}

// Programs of the embedder's own make an engine for tests.
func ExampleVM_fake() {
	engine := fake.New(fake.Options{Program: func(_ context.Context, p *fake.Process) int {
		fmt.Fprintln(p.Stdout, "compiled")
		return 0
	}})
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"native": func() (driver.Driver, error) { return engine, nil }},
		Stdout:  os.Stdout,
	})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	_, err = vm.RunString(context.Background(), "build.lua", `execlua.driver():run { image = "host", "make" }`)
	fmt.Println(len(engine.Calls("run")), err)
	// Output:
	// compiled
	// 1 <nil>
}

func openFake() (driver.Driver, error) { return fake.New(fake.Options{}), nil }
