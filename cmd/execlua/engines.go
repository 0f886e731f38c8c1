//go:build linux && cgo

package main

import (
	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/driver/plan"
	"github.com/execlua/execlua/luabind"
)

// engineNames lists what a script may name; the first is the default.
//
// To add an engine: 1. name it here; 2. say how to open it in engines.
func engineNames() []string { return []string{"native", "fake", planEngine} }

// engines opens an engine when a script first asks for it: a script that starts
// no container needs neither root nor a state directory.
func engines(o native.Options) map[string]luabind.Engine {
	return map[string]luabind.Engine{
		"native": func() (driver.Driver, error) {
			d, err := native.Open(o)
			if err != nil {
				return nil, &driver.Error{Op: "open engine", Err: err, Hint: "execlua doctor tells what this machine lacks"}
			}
			return d, nil
		},
		"fake":     func() (driver.Driver, error) { return fake.New(fake.Options{}), nil },
		planEngine: func() (driver.Driver, error) { return plan.New(), nil },
	}
}
