//go:build linux && cgo

// Command execlua runs Lua scripts that start, watch and stop Linux containers.
//
// The package is the wiring: flags, engines, signals, exit codes. What a script
// can say is in luabind, what a container is in driver.
package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/execlua/execlua/internal/bundle"
)

// version is that of the build: -ldflags '-X main.version=…'.
var version = "dev"

func main() { os.Exit(run(os.Args)) }

// run is main with its exit code.
func run(args []string) int {
	var s settings
	err := runApp(&s, args)
	return newReporter(os.Stderr, s.debug).report(err)
}

// runApp looks for a script in the binary itself before it looks at the arguments.
func runApp(s *settings, args []string) error {
	bundled, err := bundle.Open("/proc/self/exe")
	switch {
	case bundled != nil:
		return runBundle(s, bundled, args)
	case err != nil && !errors.As(err, new(*fs.PathError)): // without /proc there are no containers, but scripts
		return err
	}
	app := newApp(s)
	return app.Run(arrange(app, args))
}
