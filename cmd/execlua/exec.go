//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/terminal"
)

const execDescription = `Runs one more process in a running container and waits for its end. Flags stand
before the container; what follows it is the process. The first INT, TERM or HUP is
passed on to the process, the second ends it.

The exit code is that of the process, 128+n when signal n has ended it, 125 when
execlua could not start it, 126 when the program cannot be executed and 127 when
there is none.`

func execCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "exec", Usage: "run one more process in a container", ArgsUsage: "CONTAINER COMMAND [ARG…]", Category: ofContainers, Description: execDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "interactive", Aliases: []string{"i"}, Usage: "our standard input is the process's", DisableDefaultText: true},
			&cli.BoolFlag{Name: "tty", Aliases: []string{"t"}, Usage: "give it a terminal", DisableDefaultText: true},
			&cli.GenericFlag{Name: "env", Aliases: []string{"e"}, Usage: "set a variable, `NAME=VALUE`, or NAME with the value it has here; may be repeated", Value: &envFlag{}},
			&cli.StringFlag{Name: "user", Aliases: []string{"u"}, Usage: "`USER[:GROUP]`, names or numbers in the container"},
			&cli.StringFlag{Name: "workdir", Aliases: []string{"w"}, Usage: "start in `DIR`"},
			&cli.BoolFlag{Name: "privileged", Usage: "with all capabilities", DisableDefaultText: true},
		},
		HideHelpCommand: true,
		OnUsageError:    toolUsageError, Action: asTool(func(c *cli.Context) error { return execAction(c, s) }),
	}
}

// asTool gives errors of ours the code that no program has.
func asTool(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		err := action(c)
		if err == nil || errors.As(err, new(exit)) || errors.As(err, new(*codedError)) {
			return err
		}
		return &codedError{err, exitTool}
	}
}

func toolUsageError(_ *cli.Context, err error, _ bool) error {
	return &codedError{usageError(err.Error()), exitTool}
}

func execAction(c *cli.Context, s *settings) error {
	if c.NArg() < 2 {
		return usageError("exec: a container and a command expected")
	}
	d, err := s.openEngine()
	if err != nil {
		return err
	}
	all, err := list(c.Context, d)
	if err != nil {
		return err
	}
	info, err := pick(all, "exec", c.Args().First())
	if err != nil {
		return err
	}
	starter, err := able[driver.ExecStarter](d, "exec")
	if err != nil {
		return err
	}
	argv := c.Args().Tail()
	process := &driver.ProcessConfig{
		Entrypoint: argv[0], Arguments: argv[1:], Env: c.Generic("env").(*envFlag).variables,
		User: c.String("user"), WorkingDir: c.String("workdir"), Privileged: c.Bool("privileged"), Tty: c.Bool("tty"),
	}
	pipes := &driver.Pipes{Stdout: c.App.Writer, Stderr: c.App.ErrWriter}
	if c.Bool("interactive") {
		pipes.Stdin = os.Stdin
	}
	return runProcess(c.Context, starter, info.Command, process, pipes)
}

// runProcess runs a process on our streams and terminal, and ends as it does.
func runProcess(ctx context.Context, d driver.ExecStarter, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes) error {
	ctx, signals := passSignals(ctx)
	defer signals.stop()
	var seat console
	if process.Tty && terminal.Is(os.Stdin) {
		height, width := terminal.Size(os.Stdin)
		process.ConsoleSize = [2]int{height, width}
		if pipes.Stdin != nil {
			if err := seat.take(terminal.MakeRaw); err != nil {
				return err
			}
		}
	}
	defer seat.leave()
	p, err := d.StartExec(ctx, cmd, process, pipes, driver.Hooks{})
	if err != nil {
		return notStarted(err)
	}
	signals.to(func(sig int) { _ = p.Signal(ctx, sig) }) // fails when it has just ended
	if r, ok := p.(driver.Resizer); ok && process.ConsoleSize != [2]int{} {
		seat.follow(r)
	}
	status, err := p.Wait(context.WithoutCancel(ctx))
	seat.leave()
	if status.ExitCode == -1 || err != nil && ctx.Err() == nil {
		return err
	}
	return exit(status.ExitCode)
}

// notStarted gives the error of a start the code that a shell would.
func notStarted(err error) error {
	var field *driver.FieldError
	switch {
	case errors.As(err, &field), errors.Is(err, driver.ErrNotRunning):
	case errors.Is(err, driver.ErrNotFound):
		return &codedError{err, exitNoProgram}
	case errors.Is(err, driver.ErrDenied):
		return &codedError{err, exitDenied}
	}
	return err
}

// envFlag collects variables. A value may have commas, which a list of the
// library's would split at.
type envFlag struct{ variables []string }

func (f *envFlag) Set(text string) error {
	if !strings.Contains(text, "=") {
		value, ok := os.LookupEnv(text)
		if !ok {
			return nil // as podman and docker do
		}
		text += "=" + value
	}
	f.variables = append(f.variables, text)
	return nil
}

func (f *envFlag) String() string { return "" }
