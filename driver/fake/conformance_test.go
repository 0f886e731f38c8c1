package fake_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/driver/internal/faketest"
)

func TestConformance(t *testing.T) {
	programs := &faketest.Programs{}
	var ids atomic.Int64
	running := goleak.IgnoreCurrent()
	drivertest.Run(t, drivertest.Harness{
		New: func(*testing.T) driver.Driver { return fake.New(fake.Options{Program: programs.Run}) },
		Command: func(_ *testing.T, p drivertest.Program) *driver.Command {
			return &driver.Command{
				ID:            fmt.Sprintf("case-%d", ids.Add(1)),
				Image:         "host",
				ProcessConfig: *programs.Process(p),
			}
		},
		Process: programs.Process,
		OOM: func(t *testing.T, engine driver.Driver, c *driver.Command) {
			if err := engine.(*fake.Driver).OOM(c.ID); err != nil && !errors.Is(err, driver.ErrNotRunning) {
				t.Error(err)
			}
		},
		Leaks: func(t *testing.T) { goleak.VerifyNone(t, running) },
	})
}
