//go:build linux && cgo

// Command execlua runs Lua scripts that start, watch and stop Linux containers.
//
// The package is the wiring: flags, engines, signals, exit codes. What a script
// can say is in luabind, what a container is in driver.
package main

import (
	"os"
)

// version is that of the build: -ldflags '-X main.version=…'.
var version = "dev"

func main() { os.Exit(run(os.Args)) }

// run is main with its exit code.
func run(args []string) int {
	var s settings
	err := newApp(&s).Run(args)
	return newReporter(os.Stderr, s.debug).report(err)
}
