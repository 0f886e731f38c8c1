package fake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
)

func TestConformance(t *testing.T) {
	programs := &programTable{}
	var ids atomic.Int64
	running := goleak.IgnoreCurrent()
	drivertest.Run(t, drivertest.Harness{
		New: func(*testing.T) driver.Driver { return New(Options{Program: programs.run}) },
		Command: func(_ *testing.T, p drivertest.Program) *driver.Command {
			return &driver.Command{
				ID:            fmt.Sprintf("case-%d", ids.Add(1)),
				Image:         "host",
				ProcessConfig: *programs.process(p),
			}
		},
		Process: programs.process,
		OOM: func(t *testing.T, engine driver.Driver, c *driver.Command) {
			if err := engine.(*Driver).OOM(c.ID); err != nil && !errors.Is(err, driver.ErrNotRunning) {
				t.Error(err)
			}
		},
		Leaks: func(t *testing.T) { goleak.VerifyNone(t, running) },
	})
}

// programTable finds the Program of a process again by its argument vector.
type programTable struct{ byArgv sync.Map }

func (table *programTable) process(p drivertest.Program) *driver.ProcessConfig {
	argv := p.Shell()
	table.byArgv.Store(strings.Join(argv, "\x00"), p)
	return &driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}
}

func (table *programTable) run(ctx context.Context, p *Process) int {
	program, _ := table.byArgv.Load(strings.Join(p.Argv, "\x00"))
	const term = int(syscall.SIGTERM)
	switch program := program.(type) {
	case drivertest.Exit:
		return program.Code
	case drivertest.Echo:
		io.WriteString(p.Stdout, program.Stdout)
		io.WriteString(p.Stderr, program.Stderr)
	case drivertest.Cat:
		io.Copy(p.Stdout, p.Stdin)
	case drivertest.Flood:
		io.WriteString(p.Stdout, strings.Repeat("o", program.Bytes))
		io.WriteString(p.Stderr, strings.Repeat("e", program.Bytes))
	case drivertest.Alternate:
		for i := 1; i <= program.Lines; i++ {
			fmt.Fprintf(p.Stdout, "o%d\n", i)
			fmt.Fprintf(p.Stderr, "e%d\n", i)
		}
	case drivertest.PrintEnv:
		value, _ := p.LookupEnv(program.Name)
		fmt.Fprintln(p.Stdout, value)
	case drivertest.PrintDir:
		fmt.Fprintln(p.Stdout, p.Dir)
	case drivertest.PrintUsers:
		for _, m := range p.Command.UserNamespace.UIDMappings {
			fmt.Fprintln(p.Stdout, m.ContainerID, m.HostID, m.Size)
		}
	case drivertest.KillSelf:
		p.Kill(program.Signal)
		<-ctx.Done()
	case drivertest.Sleep:
		trapped := p.Trap(term)
		io.WriteString(p.Stdout, "ready\n")
		select {
		case <-trapped:
			return 7
		case <-ctx.Done():
		}
	case drivertest.IgnoreTERM:
		p.Trap(term)
		io.WriteString(p.Stdout, "ready\n")
		<-ctx.Done()
	case drivertest.Tick:
		for text := "ready\n"; ; text = "tick\n" {
			io.WriteString(p.Stdout, text)
			if p.Sleep(50*time.Millisecond) != nil {
				return 0
			}
		}
	default:
		return 127
	}
	return 0
}
