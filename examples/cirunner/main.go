//go:build linux && cgo

// Command cirunner runs the pipeline of a repository: pipeline.lua and what it
// requires, each step in a container that sees the repository read-only.
//
//	go run -tags seccomp ./examples/cirunner ~/src/project    # as root
//
// A pipeline is a Lua program, so steps can depend on each other, run side by
// side, and be made in loops; the runner only offers them.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/luabind"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cirunner DIRECTORY")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	open := func() (driver.Driver, error) { return native.New(native.Options{Root: "/run/cirunner"}) }
	if err := run(ctx, open, os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cirunner:", err)
		os.Exit(1)
	}
}

// step is how one ended.
type step struct {
	name string
	ok   bool
	took time.Duration
}

// report collects the steps, which end side by side.
type report struct {
	mu    sync.Mutex
	steps []step
}

// job is what a pipeline knows about where it runs.
type job struct {
	Repository string `json:"repository"` // its directory
	Name       string `json:"name"`
}

func run(ctx context.Context, open luabind.Engine, directory string, out io.Writer) error {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(directory) // no symbolic link of the repository leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"native": open},
		Admit: func(_ context.Context, c *driver.Command) error {
			if c.ProcessConfig.Privileged || c.Network != nil && c.Network.HostNetworking {
				return errors.New("a step is confined")
			}
			for _, m := range c.Mounts {
				if m.Source != directory || m.Writable {
					return fmt.Errorf("mount %s: a step sees the repository, read-only", m.Source)
				}
			}
			return nil
		},
		Source: root.FS(),
		Stdout: out, Stderr: out,
	})
	if err != nil {
		return err
	}
	defer vm.Close()
	var r report
	if err := errors.Join(
		vm.PublishValue("job", job{Repository: directory, Name: filepath.Base(directory)}),
		vm.Publish("ci", luabind.Func{Name: "done", Doc: "Notes how a step has ended.", Fn: r.done}),
	); err != nil {
		return err
	}
	code, err := vm.RunFile(ctx, "pipeline.lua")
	r.print(out)
	if err == nil && code != 0 {
		err = fmt.Errorf("the pipeline has failed with %d", code)
	}
	return err
}

func (r *report) done(name string, ok bool, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, step{name, ok, took})
}

func (r *report) print(out io.Writer) {
	slices.SortFunc(r.steps, func(a, b step) int { return cmp.Compare(a.name, b.name) })
	for _, s := range r.steps {
		verdict := "FAILED"
		if s.ok {
			verdict = "ok"
		}
		fmt.Fprintf(out, "%-10s %-6s %.1fs\n", s.name, verdict, s.took.Seconds())
	}
}
