//go:build linux && cgo

package execlua_test

import (
	"context"
	"fmt"
	"os"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/luabind"
)

// A Go program runs a script that runs a container, and offers it a function of
// its own. It needs root, and nothing else: image = "host" is this machine's /usr.
func Example() {
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{
			"native": func() (driver.Driver, error) { return native.New(native.Options{Root: "/run/acme"}) },
		},
		Stdout: os.Stdout,
	})
	if err != nil {
		panic(err)
	}
	defer vm.Close() // stops what the script has left running
	price := func(item string) (int, error) { return 100 * len(item), nil }
	if err := vm.Publish("shop", luabind.Func{Name: "price", Fn: price}); err != nil {
		panic(err)
	}
	code, err := vm.RunString(context.Background(), "job.lua", `
		return execlua.driver():run({
			image = "host",
			process = { "/bin/sh", "-c", 'echo "tea costs $PRICE"; exit 3', env = { PRICE = shop.price("tea") } },
			resources = { memory = "64m", pids = 16 },
		}, {}, {
			pre_start = function(_, _, info) print("the limit is " .. info.command.resources.memory) end,
		}).exit_code`)
	fmt.Println("code", code, "error", err)
}
