//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/luabind"
)

const specDescription = `Runs the script up to the first container that it would run or start, prints its
OCI runtime specification (config.json) instead, and ends the script there. No
container is created, and no root is needed; whatever else the script does, it
does. What it prints goes to the standard error. A Command without an id gets one
drawn, as ever.

cmd:spec() gives a script the specification of a Command as a table, and
execlua.load_spec(path) reads a file of it into a Command: with a rootfs, since
the root of an image is made when the container starts.`

func specCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name:         "spec",
		Usage:        "print the OCI specification of what a script would start first",
		ArgsUsage:    "script.lua [args…]",
		Description:  specDescription,
		OnUsageError: onUsageError,
		Action:       func(c *cli.Context) error { return specAction(c, s) },
	}
}

func specAction(c *cli.Context, s *settings) error {
	args := c.Args().Slice()
	chunks, err := s.program(args)
	if err != nil {
		return err
	}
	if len(chunks) == 0 {
		return usageError("spec: no script")
	}
	if len(args) > 0 {
		args = args[1:]
	}
	found := &firstSpec{}
	options := s.options(chunks, args)
	options.Engines, options.Stdout = specEngines(s.native(nil), found), os.Stderr
	received := catchSignals()
	vm, err := luabind.New(options)
	if err != nil {
		return err
	}
	found.end = func() { vm.Interrupt(errSpecFound) }
	err = supervise(vm, received, func(ctx context.Context) (int, error) { return runChunks(ctx, vm, chunks) })
	if data := found.data(); data != nil {
		return writeIndented(c.App.Writer, data)
	}
	if err != nil {
		return err
	}
	return errors.New("spec: the script starts no container")
}

func writeIndented(w io.Writer, data []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}

// errSpecFound ends a script that has shown its first container.
var errSpecFound = errors.New("spec: the first container is known")

// firstSpec is the specification of the first container that a script asks for.
type firstSpec struct {
	end func() // ends the script

	mu   sync.Mutex
	json []byte
}

func (f *firstSpec) data() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.json
}

// take keeps the first of several, which tasks ask for at the same time.
func (f *firstSpec) take(data []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.json == nil {
		f.json = data
		f.end()
	}
	return errSpecFound
}

// specEngines are engines that start nothing, under the names of those that do.
func specEngines(o native.Options, found *firstSpec) map[string]luabind.Engine {
	engine := func(name string, open func() (driver.Speccer, error)) luabind.Engine {
		return func() (driver.Driver, error) {
			speccer, err := open()
			if err != nil {
				return nil, err
			}
			return &specEngine{Driver: fake.New(fake.Options{}), name: name, speccer: speccer, found: found}, nil
		}
	}
	return map[string]luabind.Engine{
		"native":   engine("native", func() (driver.Speccer, error) { return native.NewSpeccer(o) }),
		"fake":     engine("fake", func() (driver.Speccer, error) { return fake.New(fake.Options{}), nil }),
		planEngine: engine(planEngine, func() (driver.Speccer, error) { return fake.New(fake.Options{}), nil }),
	}
}

// specEngine describes the containers that it is asked to start. Its other verbs
// are those of an engine in memory that has none.
type specEngine struct {
	*fake.Driver
	name    string
	speccer driver.Speccer
	found   *firstSpec
}

func (e *specEngine) Name() string { return e.name }

func (e *specEngine) Spec(ctx context.Context, c *driver.Command) ([]byte, error) {
	return e.speccer.Spec(ctx, c)
}

func (e *specEngine) Run(ctx context.Context, c *driver.Command, _ *driver.Pipes, _ driver.Hooks) (driver.ExitStatus, error) {
	return driver.ExitStatus{ExitCode: -1}, e.show(ctx, "run", c)
}

func (e *specEngine) Start(ctx context.Context, c *driver.Command, _ *driver.Pipes, _ driver.Hooks) (driver.Process, error) {
	return nil, e.show(ctx, "start", c)
}

func (e *specEngine) StartDetached(ctx context.Context, c *driver.Command, _ driver.Hooks) (driver.Process, error) {
	return nil, e.show(ctx, "start", c)
}

func (e *specEngine) show(ctx context.Context, verb string, c *driver.Command) error {
	data, err := e.speccer.Spec(ctx, c)
	if err != nil {
		var op *driver.Error
		if errors.As(err, &op) {
			op.Op = verb // is what the script called
		}
		return err
	}
	return e.found.take(data)
}
