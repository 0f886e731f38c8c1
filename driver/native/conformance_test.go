//go:build linux && cgo

package native

import (
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, drivertest.Harness{
		New: func(t *testing.T) driver.Driver { return newEngine(t) }, // which looks for leaks too
		Command: func(t *testing.T, p drivertest.Program) *driver.Command {
			return command(t, p.Shell()...)
		},
		Process: func(p drivertest.Program) *driver.ProcessConfig {
			argv := p.Shell()
			return &driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}
		},
	})
}
