//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/terminal"
)

const attachDescription = `Joins the streams of a running container: its output from now on, and our standard
input if it was started with one, which a detached container is not. The detach
keys leave it at a terminal, and it goes on. Signals that ask us to end are passed
on to it, the second one leaves; with --sig-proxy=false the first does.

The exit code is that of the container when it ends, 0 after the detach keys, and
125 when it could not be joined.`

func attachCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "attach", Usage: "join the streams of a running container", ArgsUsage: "CONTAINER", Category: ofContainers, Description: attachDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "detach-keys", Usage: "`KEYS` that leave: letters, or ctrl- and one of a-z @ [ \\ ] ^ _, joined by commas; empty for none", Value: "ctrl-p,ctrl-q"},
			&cli.BoolFlag{Name: "no-stdin", Usage: "leave our standard input alone", DisableDefaultText: true},
			&cli.BoolFlag{Name: "sig-proxy", Usage: "pass signals on", Value: true},
		},
		HideHelpCommand: true, OnUsageError: toolUsageError, Action: asTool(func(c *cli.Context) error { return attachAction(c, s) }),
	}
}

func attachAction(c *cli.Context, s *settings) error {
	keys, err := parseKeys(c.String("detach-keys"))
	if err != nil {
		return usageError("attach: --detach-keys " + err.Error())
	}
	d, err := s.openEngine()
	if err != nil {
		return err
	}
	info, err := one(c.Context, c, d)
	if err != nil {
		return err
	}
	attacher, err := able[driver.Attacher](d, "attach")
	if err != nil {
		return err
	}
	ctx, signals := passSignals(c.Context)
	defer signals.stop()
	if c.Bool("sig-proxy") {
		signals.to(func(sig int) { _ = d.Kill(ctx, info.Command, sig) }) // fails when it has just ended
	}
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	pipes := &driver.Pipes{Stdout: c.App.Writer, Stderr: c.App.ErrWriter}
	var seat console
	defer seat.leave()
	if !c.Bool("no-stdin") {
		typed := &keyReader{from: os.Stdin, keys: keys, leave: func() { leave(errDetached) }}
		if err := sitAt(&seat, info, typed, pipes); err != nil {
			return err
		}
	}
	ended := watchEnd(ctx, d, info.ID) // from before it can end: it may be removed at once
	err = attacher.Attach(ctx, info.Command, pipes)
	seat.leave()
	var why signalError
	switch cause := context.Cause(ctx); {
	case cause == errDetached:
		return nil
	case errors.As(cause, &why):
		return exit(why.code())
	case err != nil:
		return err
	}
	select {
	case err = <-ended:
		return err
	case <-time.After(lastBreath):
	}
	if d.Info(info.ID).IsRunning() { // left by keys of the engine's own
		return nil
	}
	return <-ended
}

// lastBreath is how long a program may take to end after its output has.
const lastBreath = time.Second

// sitAt connects our standard input: to the container's, if it has one, and else,
// at a terminal, to the detach keys alone.
func sitAt(seat *console, info *driver.ContainerInfo, typed *keyReader, pipes *driver.Pipes) error {
	atTerminal := terminal.Is(os.Stdin)
	switch {
	case !info.Detached && atTerminal && info.Command.ProcessConfig.Tty:
		pipes.Stdin = typed
		return seat.take(terminal.MakeRaw)
	case !info.Detached:
		pipes.Stdin = typed
	case atTerminal && len(typed.keys) > 0:
		go io.Copy(io.Discard, typed) // ends with the program
		return seat.take(terminal.ReadKeys)
	}
	return nil
}

// watchEnd tells as what execlua ends when the container has ended, or ctx has.
func watchEnd(ctx context.Context, d driver.Driver, id string) <-chan error {
	ended := make(chan error, 1)
	waiter, ok := d.(driver.Waiter)
	if !ok {
		ended <- nil
		return ended
	}
	go func() {
		status, err := waiter.Wait(ctx, id)
		switch {
		case errors.Is(err, driver.ErrNotFound): // removed already, and its code with it
			err = nil
		case status.ExitCode >= 0:
			err = exit(status.ExitCode)
		}
		ended <- err
	}()
	return ended
}

var errDetached = errors.New("detached")

// parseKeys reads "ctrl-p,ctrl-q".
func parseKeys(text string) ([]byte, error) {
	var keys []byte
	if text == "" {
		return nil, nil
	}
	for _, name := range strings.Split(text, ",") {
		letter, ctrl := strings.CutPrefix(name, "ctrl-")
		switch {
		case len(letter) != 1:
			return nil, fmt.Errorf("%q: a letter, or ctrl- and one", name)
		case !ctrl:
			keys = append(keys, letter[0])
		case strings.Contains("@abcdefghijklmnopqrstuvwxyz[\\]^_", letter):
			keys = append(keys, strings.ToUpper(letter)[0]&0x1f) // see ascii(7)
		default:
			return nil, fmt.Errorf("%q: ctrl- is for a-z @ [ \\ ] ^ _", name)
		}
	}
	return keys, nil
}

// keyReader reads what is typed up to the detach keys. Those of them that have
// been typed are held back until it is known what they were.
type keyReader struct {
	from  io.Reader
	keys  []byte
	leave func()

	held int    // how many keys have been typed
	rest []byte // read and not given yet
	left bool
}

func (k *keyReader) Read(p []byte) (int, error) {
	for len(k.rest) == 0 {
		if k.left {
			return 0, io.EOF
		}
		buf := make([]byte, len(p))
		n, err := k.from.Read(buf)
		k.filter(buf[:n])
		if err != nil && len(k.rest) == 0 {
			return 0, err
		}
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

func (k *keyReader) filter(typed []byte) {
	if len(k.keys) == 0 {
		k.rest = append(k.rest, typed...)
		return
	}
	for _, key := range typed {
		if key != k.keys[k.held] {
			k.rest = append(k.rest, k.keys[:k.held]...)
			k.held = 0
		}
		if key != k.keys[k.held] {
			k.rest = append(k.rest, key)
			continue
		}
		if k.held++; k.held == len(k.keys) {
			k.left = true
			k.leave()
			return
		}
	}
}

// Close does nothing: standard input is left open.
func (k *keyReader) Close() error { return nil }
