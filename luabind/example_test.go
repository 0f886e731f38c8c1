package luabind_test

import (
	"context"
	"fmt"
	"os"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// A Go program lets a script decide what runs, and offers it one function of its
// own. With native.New in the place of fake.New the containers are real.
func ExampleVM() {
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Engine:  "fake",
		Stdout:  os.Stdout,
	})
	if err != nil {
		panic(err)
	}
	defer vm.Close()
	price := func(item string) (int, error) { return 100 * len(item), nil }
	if err := vm.Publish("shop", luabind.Func{Name: "price", Fn: price}); err != nil {
		panic(err)
	}
	code, err := vm.RunString(context.Background(), "job.lua", `
		local driver = execlua.driver()
		return driver:run({ image = "host", process = { "echo", "tea costs", shop.price("tea") } }, {}, {
			pre_start = function(process) print("about to run " .. process.entrypoint) end,
		}).exit_code`)
	fmt.Println("code", code, "error", err)

	// Output:
	// about to run echo
	// tea costs 300
	// code 0 error <nil>
}
