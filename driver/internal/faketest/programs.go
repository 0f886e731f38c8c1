// Package faketest fits the conformance suite to the engine in memory.
package faketest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/fake"
)

// Programs runs the Programs of the suite in an engine of package fake: it finds the
// Program of a process again by its argument vector. The zero value is ready.
type Programs struct{ byArgv sync.Map }

// Process is a process that runs p.
func (table *Programs) Process(p drivertest.Program) *driver.ProcessConfig {
	argv := p.Shell()
	table.byArgv.Store(strings.Join(argv, "\x00"), p)
	return &driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}
}

// Run is for fake.Options.Program.
func (table *Programs) Run(ctx context.Context, p *fake.Process) int {
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
