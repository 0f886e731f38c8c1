package luabind

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// scriptDriver is an engine as a script holds it. There is one for each name, so
// that a module can register hooks for the scripts that require it.
type scriptDriver struct {
	host          *VM
	engine        driver.Driver
	registrations []*registration // guarded by the VM's lock
}

func (d *scriptDriver) String() string { return "driver: " + d.engine.Name() }

// unknownNameError is an engine that does not exist.
type unknownNameError struct{ name, hint string }

func (e *unknownNameError) Error() string { return fmt.Sprintf("no engine %q", e.name) }
func (e *unknownNameError) Unwrap() error { return driver.ErrDriverNotFound }

// openDriver is execlua.driver([name]).
func (v *VM) openDriver(L *lua.LState, name string) (lua.LValue, error) {
	if name == "" {
		name = v.opts.Engine
	}
	if v.opts.Force != "" {
		name = v.opts.Force
	}
	if d := v.drivers[name]; d != nil {
		return v.object(d, "driver"), nil
	}
	open := v.opts.Engines[name]
	if open == nil {
		names := slices.Sorted(maps.Keys(v.opts.Engines))
		hint := "this host has no engines"
		if len(names) > 0 {
			hint = "this host has: " + strings.Join(names, ", ")
		}
		return nil, &unknownNameError{name, hint}
	}
	var engine driver.Driver
	err := vm.Block(L, func(context.Context) (err error) {
		engine, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	if d := v.drivers[name]; d != nil { // another task was faster
		return v.object(d, "driver"), nil
	}
	d := &scriptDriver{host: v, engine: engine}
	v.drivers[name] = d
	return v.object(d, "driver"), nil
}

// runOptions are the second argument of run, start and exec.
type runOptions struct {
	Stdin       lua.LValue     `json:"stdin" lua:"string|file*|function"`               // "discard" (nil too), "inherit", an open file, or a function that returns the next piece, nil at the end
	Stdout      lua.LValue     `json:"stdout" lua:"string|file*|function|execlua.Sink"` // "inherit" (nil too): the script's own; "discard"; "capture": the last MiB into the result; an open file; function(chunk); execlua.lines(fn); execlua.buffer{max}
	Stderr      lua.LValue     `json:"stderr" lua:"string|file*|function|execlua.Sink"` // as stdout
	Input       *string        `json:"input"`                                           // what the program reads from its stdin; excludes stdin
	Timeout     *time.Duration `json:"timeout" unit:"seconds"`                          // from then on the process is stopped, and its result says timed_out; nil: none
	Grace       *time.Duration `json:"grace" unit:"seconds"`                            // from stop signal to SIGKILL; nil: the Command's stop_grace
	Check       bool           `json:"check"`                                           // raise exit_status when the result is not ok
	HookTimeout *time.Duration `json:"hook_timeout" unit:"seconds"`                     // for each hook; nil is 30 s
	Detach      bool           `json:"detach"`                                          // of start: the container goes on without the script, and stays after its end; excludes stdin, stdout, stderr, input, timeout and post_stop hooks
}

// options reads the second argument.
func (v *VM) options(value lua.LValue) (*runOptions, error) {
	o := &runOptions{}
	if value == lua.LNil {
		return o, nil
	}
	if t, ok := value.(*lua.LTable); ok {
		for _, stage := range []string{"pre_start", "start", "post_stop"} {
			if t.RawGetString(stage) != lua.LNil {
				return nil, &bind.FieldError{Path: stage, Message: "hooks are the third argument"}
			}
		}
	}
	if err := v.binder.Decode(value, o, "options"); err != nil {
		return nil, err
	}
	return o, nil
}

// launch is what run and start have in common: everything decoded.
type launch struct {
	cmd     *driver.Command
	opts    *runOptions
	hooks   driver.Hooks
	streams *streams
}

func (d *scriptDriver) prepare(L *lua.LState, cmd, opts lua.LValue, hooks *hookOptions) (*launch, error) {
	var p launch
	var err error
	if p.cmd, err = d.host.command(L, cmd); err != nil {
		return nil, err
	}
	if p.cmd.ID == "" {
		if p.cmd.ID, err = d.host.drawID(); err != nil {
			return nil, err
		}
	}
	if p.opts, err = d.host.options(opts); err != nil {
		return nil, err
	}
	if p.opts.Grace != nil {
		p.cmd.StopGrace = p.opts.Grace
	}
	if p.hooks, err = d.hooks(hooks, p.opts.HookTimeout); err != nil {
		return nil, err
	}
	p.streams, err = d.host.streams(p.opts, &p.cmd.ProcessConfig)
	return &p, err
}

// drawID makes an id for a Command without one.
func (v *VM) drawID() (string, error) {
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.script + "-" + hex.EncodeToString(random[:]), nil
}

// withTimeout gives ctx the option's deadline, and the options for who asks the
// engine of a test.
func (o *runOptions) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = fake.WithOptions(ctx, o.noted())
	if o.Timeout == nil {
		return context.WithCancel(ctx)
	}
	return clock.From(ctx).WithTimeout(ctx, *o.Timeout, errTimeout)
}

// run is driver:run(cmd [, opts [, hooks]]).
func driverRun(L *lua.LState, d *scriptDriver, cmd, opts lua.LValue, hooks *hookOptions) (*result, error) {
	p, err := d.prepare(L, cmd, opts, hooks)
	if err != nil {
		return nil, err
	}
	if err := p.opts.checkAttached("run waits for the end of a container; start can detach one"); err != nil {
		return nil, err
	}
	status := driver.ExitStatus{ExitCode: -1} // when Block refuses
	err = vm.Block(L, func(ctx context.Context) error {
		over := make(chan struct{})
		defer close(over)
		t, err := d.host.track(&tracked{engine: d.engine, cmd: p.cmd, over: over})
		if err != nil {
			return err
		}
		defer d.host.untrack(t)
		ctx, cancel := p.opts.withTimeout(ctx)
		defer cancel()
		ctx, stop := p.streams.watch(ctx)
		defer stop(nil)
		if err := d.host.admitStart(ctx, "run", p.cmd); err != nil {
			return p.streams.end(err)
		}
		status, err = d.runAndWait(ctx, p)
		return p.streams.end(err)
	})
	return conclude(p.cmd.ID, status, err, p.opts.Check, p.streams)
}

// runAndWait is the engine's Run. A process that is driven from the host's
// terminal is started first: until it runs, Ctrl-C is for the script.
func (d *scriptDriver) runAndWait(ctx context.Context, p *launch) (driver.ExitStatus, error) {
	starter, ok := d.engine.(driver.Starter)
	if p.streams.terminal == nil || !ok {
		return d.engine.Run(ctx, p.cmd, &p.streams.pipes, p.hooks)
	}
	process, err := starter.Start(ctx, p.cmd, &p.streams.pipes, p.hooks)
	if err == nil {
		return p.streams.wait(process)
	}
	status := driver.ExitStatus{ExitCode: -1}
	var hook *driver.HookError
	if errors.As(err, &hook) && hook.Status != nil {
		status = *hook.Status
	}
	return status, calledAs("run", "start", err)
}

// calledAs names an operation by what the script has called.
func calledAs(called, op string, err error) error {
	var failed *driver.Error
	if errors.As(err, &failed) && failed.Op == op {
		failed.Op = called
	}
	return err
}

// unjoin takes a lone error out of errors.Join, for shorter messages.
func unjoin(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) == 1 {
		return joined.Unwrap()[0]
	}
	return err
}
