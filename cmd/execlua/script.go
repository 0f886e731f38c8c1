//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/internal/terminal"
	"github.com/execlua/execlua/luabind"
)

// chunk is a piece of Lua to run: a file, or text with the name that messages use.
type chunk struct {
	file         string
	name, source string
}

func (c chunk) run(ctx context.Context, vm *luabind.VM) (int, error) {
	if c.file != "" {
		return vm.RunFile(ctx, c.file)
	}
	return vm.RunString(ctx, c.name, c.source)
}

// scriptAction is execlua without a command: it runs a script.
func scriptAction(c *cli.Context, s *settings) error {
	if s.version {
		_, err := io.WriteString(c.App.Writer, "execlua "+version+"\n")
		return err
	}
	args := c.Args().Slice()
	chunks, err := s.program(args)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		args = args[1:]
	}
	if s.interactive || len(chunks) == 0 {
		return replAction(s, chunks, args)
	}
	return s.execute(c.App.Writer, s.options(chunks, args), chunks)
}

// execute runs chunks in a VM, up to the first that fails.
func (s *settings) execute(out io.Writer, options luabind.Options, chunks []chunk) error {
	received := catchSignals()
	planned := s.planned(&options)
	vm, err := luabind.New(options)
	if err != nil {
		return err
	}
	followWindow(vm)
	err = supervise(vm, received, func(ctx context.Context) (int, error) { return runChunks(ctx, vm, chunks) })
	return errors.Join(err, planned.write(out, s.planFormat))
}

// runChunks ends with the first that fails. Limits are those of all of them together.
func runChunks(ctx context.Context, vm *luabind.VM, chunks []chunk) (int, error) {
	defer vm.Meter()()
	for _, chunk := range chunks {
		if code, err := chunk.run(ctx, vm); err != nil || code != 0 {
			return code, err
		}
	}
	return 0, nil
}

// program lists what to run, in order. It is empty when there is nothing but a
// terminal. The standard input is read here, while a signal still ends us at once.
func (s *settings) program(args []string) ([]chunk, error) {
	chunks := s.chunks
	switch {
	case len(args) > 0 && args[0] != "-":
		return append(chunks, chunk{file: args[0]}), nil
	case len(args) == 0 && (s.code || s.interactive):
		return chunks, nil
	case len(args) == 0 && terminal.Is(os.Stdin):
		return nil, nil
	}
	source, err := io.ReadAll(os.Stdin)
	return append(chunks, chunk{name: "stdin", source: string(source)}), err
}

func (s *settings) options(chunks []chunk, args []string) luabind.Options {
	log := s.logger(os.Stderr)
	script := chunk{} // without a file its directory is the working directory
	if n := len(chunks); n > 0 {
		script = chunks[n-1]
	}
	o := luabind.Options{
		Engines: engines(s.native(log.Named("native"))),
		Engine:  engineNames()[0],
		Force:   s.engine,
		Host:    true,
		Detach:  true,
		Path:    modulePath(filepath.Dir(script.file), os.Getenv),
		Args:    args,
		Limits:  s.limits,
		Stdin:   os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Logger: log,
		Grace:  grace,
	}
	if s.engine == "fake" || s.engine == planEngine { // which change nothing
		o.Record = func(c luabind.Change) {
			log.Debug("recorded", "op", c.Op, "target", c.Target, "argv", c.Argv)
		}
	}
	return o
}

// native are the options of the native engine.
func (s *settings) native(log hclog.Logger) native.Options {
	return native.Options{Root: s.root, CgroupDriver: s.cgroups, Logger: log}
}

func (s *settings) logger(out io.Writer) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{
		Name:       "execlua",
		Level:      hclog.LevelFromString(s.logLevel),
		Output:     out,
		JSONFormat: s.logFormat == "json",
	})
}
