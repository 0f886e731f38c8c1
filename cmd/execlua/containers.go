//go:build linux && cgo

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// The groups of commands in --help.
const (
	ofContainers = "Containers"
	ofMachine    = "This machine"
	ofScripts    = "Scripts"
)

// containerAction is what a command does with the containers of an engine. Its
// context ends with the first signal that asks to end.
type containerAction func(ctx context.Context, c *cli.Context, d driver.Driver) error

// on opens the engine for an action.
func (s *settings) on(action containerAction) cli.ActionFunc {
	return func(c *cli.Context) error {
		d, err := s.openEngine()
		if err != nil {
			return err
		}
		ctx, stop := untilSignal(c.Context)
		defer stop()
		err = action(ctx, c, d)
		var why signalError
		if errors.As(context.Cause(ctx), &why) && !errors.As(err, new(exit)) {
			return exit(why.code()) // whoever has sent it needs no message
		}
		return err
	}
}

// openEngine opens the engine that --engine names.
func (s *settings) openEngine() (driver.Driver, error) {
	if s.open != nil {
		return s.open()
	}
	name := cmp.Or(s.engine, engineNames()[0])
	return engines(s.native(s.logger(os.Stderr).Named(name)))[name]()
}

// untilSignal ends a context with the signal as its cause. The next signal of the
// kind does what it always does.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	received := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(received, sig)
		}
	}
	go func() {
		select {
		case sig := <-received:
			signal.Stop(received)
			cancel(signalError{sig.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		cancel(nil)
	}
}

// able is the engine with one of the small interfaces.
func able[T any](d driver.Driver, verb string) (T, error) {
	v, ok := d.(T)
	if !ok {
		return v, &driver.Error{Op: verb, Err: fmt.Errorf("%w by the engine %s", driver.ErrUnsupported, d.Name())}
	}
	return v, nil
}

// list are all containers that the engine knows, oldest first.
func list(ctx context.Context, d driver.Driver) ([]driver.ContainerInfo, error) {
	finder, err := able[driver.Finder](d, "find")
	if err != nil {
		return nil, err
	}
	return finder.Find(ctx, driver.Filter{})
}

// noContainer is a word that means no container.
type noContainer string

func (e noContainer) Error() string        { return string(e) }
func (e noContainer) Is(target error) bool { return target == driver.ErrNotFound }

// pick is the container that a word means: its id, or a beginning that no other
// id has.
func pick(all []driver.ContainerInfo, verb, word string) (*driver.ContainerInfo, error) {
	var ids []string
	var found []*driver.ContainerInfo
	for i := range all {
		id := all[i].ID
		if id == word {
			return &all[i], nil
		}
		ids = append(ids, id)
		if word != "" && strings.HasPrefix(id, word) {
			found = append(found, &all[i])
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	var err error = noContainer("no such container")
	if len(found) > 1 {
		var names []string
		for _, i := range found {
			names = append(names, i.ID)
		}
		err = errors.New("several containers begin so: " + strings.Join(names, ", "))
	} else if meant := bind.Suggest(word, ids, nil); meant != "" {
		err = noContainer(fmt.Sprintf("no such container (did you mean %q?)", meant))
	}
	return nil, &driver.Error{Op: verb, ID: word, Err: err}
}

// one is the container that the only argument of a command means.
func one(ctx context.Context, c *cli.Context, d driver.Driver) (*driver.ContainerInfo, error) {
	if c.NArg() != 1 {
		return nil, usageError(fmt.Sprintf("%s: one container expected, got %d", c.Command.Name, c.NArg()))
	}
	all, err := list(ctx, d)
	if err != nil {
		return nil, err
	}
	return pick(all, c.Command.Name, c.Args().First())
}

// target is what an argument of a command means.
type target struct {
	word string
	info *driver.ContainerInfo
	err  error // why there is none
}

// targets are the containers that the arguments mean, or with --all those that
// want selects.
func targets(ctx context.Context, c *cli.Context, d driver.Driver, want func(*driver.ContainerInfo) bool) ([]target, error) {
	verb := c.Command.Name
	switch {
	case c.Bool("all") && c.Args().Present():
		return nil, usageError(verb + ": --all stands for the containers")
	case !c.Bool("all") && !c.Args().Present():
		return nil, usageError(verb + ": no container")
	}
	all, err := list(ctx, d)
	if err != nil {
		return nil, err
	}
	var found []target
	if c.Bool("all") {
		for i := range all {
			if want(&all[i]) {
				found = append(found, target{word: all[i].ID, info: &all[i]})
			}
		}
		return found, nil
	}
	for _, word := range c.Args().Slice() {
		t := target{word: word}
		t.info, t.err = pick(all, verb, word)
		found = append(found, t)
	}
	return found, nil
}

// atOnce is how many containers a command works on side by side.
const atOnce = 16

// each does something to all targets, some at a time, and prints a line for each
// in their order: what do returns. What goes wrong with one does not keep the
// others.
func each(out io.Writer, found []target, do func(target) (string, error)) error {
	type result struct {
		line string
		err  error
	}
	results := make([]chan result, len(found))
	free := make(chan struct{}, atOnce)
	for i, t := range found {
		results[i] = make(chan result, 1)
		go func() {
			free <- struct{}{}
			defer func() { <-free }()
			line, err := do(t)
			results[i] <- result{line, err}
		}()
	}
	var errs []error
	for _, done := range results {
		r := <-done
		if r.err == nil && r.line != "" {
			_, r.err = fmt.Fprintln(out, r.line)
		}
		errs = append(errs, r.err)
	}
	return errors.Join(errs...)
}

// onEach is the action of a command that does one thing to containers and prints
// their ids. all selects those of --all.
func (s *settings) onEach(all func(*driver.ContainerInfo) bool, do func(ctx context.Context, c *cli.Context, d driver.Driver, info *driver.ContainerInfo) error) cli.ActionFunc {
	return s.on(func(ctx context.Context, c *cli.Context, d driver.Driver) error {
		found, err := targets(ctx, c, d, all)
		if err != nil {
			return err
		}
		return each(c.App.Writer, found, func(t target) (string, error) {
			switch {
			case c.Bool("ignore") && errors.Is(t.err, driver.ErrNotFound):
				return "", nil
			case t.err != nil:
				return "", t.err
			}
			return t.info.ID, do(ctx, c, d, t.info)
		})
	})
}

// alive: there is a process, even if it is paused.
func alive(i *driver.ContainerInfo) bool { return i.State != driver.StateExited }

func hasState(state driver.State) func(*driver.ContainerInfo) bool {
	return func(i *driver.ContainerInfo) bool { return i.State == state }
}

// outputFlag chooses between a table and JSON.
func outputFlag() cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o", "format"}, Usage: "`FORMAT`: " + strings.Join(outputs(), ", "), Value: outputs()[0]}
}

func outputs() []string { return []string{"table", "json"} }

// wantsJSON reads outputFlag.
func wantsJSON(c *cli.Context) (bool, error) {
	format := c.String("output")
	if !slices.Contains(outputs(), format) {
		return false, usageError(fmt.Sprintf("%s: --output %q: %s", c.Command.Name, format, strings.Join(outputs(), " or ")))
	}
	return format == "json", nil
}

func allFlag(usage string) cli.Flag {
	return &cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Usage: usage, DisableDefaultText: true}
}

// noArguments refuses what nobody would look at.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return usageError(fmt.Sprintf("%s: takes no argument, got %q", c.Command.Name, c.Args().First()))
	}
	return nil
}

// writeJSON writes a value for programs, indented for people.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// writeLine writes a value as one line of JSON.
func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
