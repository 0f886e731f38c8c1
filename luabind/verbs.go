package luabind

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// target reads what a verb acts on: a handle, a Command, or an id.
func (v *VM) target(value lua.LValue) (*driver.Command, error) {
	switch value := value.(type) {
	case lua.LString:
		return named(string(value))
	case *lua.LUserData:
		if h, ok := value.Value.(*handle); ok {
			return h.cmd, nil
		}
		if ptr, ok := bind.RecordValue(value); ok {
			if cmd, ok := ptr.(*driver.Command); ok {
				return named(cmd.ID)
			}
		}
	case *lua.LTable:
		if id, ok := value.RawGetString("id").(lua.LString); ok {
			return named(string(id))
		}
	}
	return nil, &bind.FieldError{Path: "target", Message: "a handle, a Command with an id, or an id expected, got " + describe(value)}
}

func named(id string) (*driver.Command, error) {
	if !driver.ValidID(id) {
		return nil, &bind.FieldError{Path: "target", Message: `no container has the id "` + id + `": an id is letters, digits and _ . + -`}
	}
	return &driver.Command{ID: id}, nil
}

// on runs a verb on a target with the lock released.
func (d *scriptDriver) on(L *lua.LState, name string, target lua.LValue, verb func(ctx context.Context, cmd *driver.Command) error) error {
	cmd, err := d.host.target(target)
	if err != nil {
		return err
	}
	return vm.Block(L, func(ctx context.Context) error {
		if err := handleOf(target).isStill(ctx, name); err != nil {
			return err
		}
		return verb(ctx, cmd)
	})
}

// cleanup is on for the verbs that put things back: they work after a cancellation.
func (d *scriptDriver) cleanup(L *lua.LState, name string, target lua.LValue, verb func(ctx context.Context, cmd *driver.Command) error) error {
	cmd, err := d.host.target(target)
	if err != nil {
		return err
	}
	return vm.BlockCleanup(L, func(ctx context.Context) error {
		if err := handleOf(target).isStill(ctx, name); err != nil {
			return err
		}
		return verb(ctx, cmd)
	})
}

func driverKill(L *lua.LState, d *scriptDriver, target, signal lua.LValue) error {
	n, err := signalNumber(signal, 9)
	if err != nil {
		return err
	}
	return d.cleanup(L, "kill", target, func(ctx context.Context, cmd *driver.Command) error { return d.engine.Kill(ctx, cmd, n) })
}

func driverPause(L *lua.LState, d *scriptDriver, target lua.LValue) error {
	return d.on(L, "pause", target, d.engine.Pause)
}

func driverUnpause(L *lua.LState, d *scriptDriver, target lua.LValue) error {
	return d.cleanup(L, "unpause", target, d.engine.Unpause)
}

func driverTerminate(L *lua.LState, d *scriptDriver, target lua.LValue) error {
	return d.cleanup(L, "terminate", target, d.engine.Terminate)
}

func driverClean(L *lua.LState, d *scriptDriver, target lua.LValue) error {
	return d.cleanup(L, "clean", target, func(ctx context.Context, cmd *driver.Command) error { return d.engine.Clean(ctx, cmd.ID) })
}

// stopOptions are those of stop.
type stopOptions struct {
	Signal lua.LValue     `json:"signal" lua:"string|integer"` // a name or number; nil: the Command's stop_signal
	Grace  *time.Duration `json:"grace" unit:"seconds"`        // from then to SIGKILL; nil: the Command's stop_grace
}

func driverStop(L *lua.LState, d *scriptDriver, target lua.LValue, o *stopOptions) (*result, error) {
	var opts driver.StopOptions
	if o != nil {
		opts.Grace = o.Grace
		var err error
		if o.Signal != nil {
			if opts.Signal, err = signalNumber(o.Signal, 0); err != nil {
				return nil, err
			}
		}
	}
	h := handleOf(target)
	if h != nil && isClosed(h.over) {
		return h.conclude(ending{h.status, h.err})
	}
	stopper, ok := d.engine.(driver.Stopper)
	if !ok {
		return nil, unsupported("stop", d.engine)
	}
	status := driver.ExitStatus{ExitCode: -1} // when it is refused
	id := ""
	err := d.cleanup(L, "stop", target, func(ctx context.Context, cmd *driver.Command) (err error) {
		id = cmd.ID
		status, err = stopper.Stop(ctx, cmd, opts)
		return err
	})
	if end := (ending{status, err}); h != nil && !end.nothing() {
		if h.detached() {
			return h.conclude(end)
		}
		if h.process == nil {
			h.end(status, err)
		}
		vm.Unlocked(L, func() { <-h.over }) // it has ended: its streams are being delivered
		return h.conclude(ending{h.status, h.err})
	}
	return conclude(id, status, err, false, &streams{})
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func unsupported(verb string, engine driver.Driver) error {
	return &driver.Error{Op: verb, Err: driver.ErrUnsupported, Hint: "the engine " + engine.Name() + " has no such verb"}
}

func driverPids(L *lua.LState, d *scriptDriver, target lua.LValue) (pids []int, err error) {
	err = d.on(L, "pids", target, func(ctx context.Context, cmd *driver.Command) (err error) {
		pids, err = d.engine.GetPidsForContainer(ctx, cmd.ID)
		return err
	})
	return pids, err
}

func driverStats(L *lua.LState, d *scriptDriver, target lua.LValue) (stats *driver.ResourceStats, err error) {
	err = d.on(L, "stats", target, func(ctx context.Context, cmd *driver.Command) (err error) {
		stats, err = d.engine.Stats(ctx, cmd.ID)
		return err
	})
	return stats, err
}

// infoTable is what info answers.
type infoTable struct {
	Running bool `json:"running"` // from the moment the process exists until it has exited
}

func driverInfo(L *lua.LState, d *scriptDriver, target lua.LValue) (*infoTable, error) {
	cmd, err := d.host.target(target)
	if err != nil {
		return nil, err
	}
	running := false
	err = vm.Block(L, func(ctx context.Context) error {
		running = d.engine.Info(cmd.ID).IsRunning() && handleOf(target).isStill(ctx, "info") == nil
		return nil
	})
	return &infoTable{running}, err
}

// wait is driver:wait(target [, opts]).
func driverWait(L *lua.LState, d *scriptDriver, target lua.LValue, o *waitOptions) (*result, error) {
	h := handleOf(target)
	if h == nil {
		cmd, err := d.host.target(target)
		if err != nil {
			return nil, err
		}
		h = d.handleTo(cmd)
	}
	return h.wait(L, o)
}

// kill is handle:kill([signal]): an exec's process is signalled, not the init.
func handleKill(L *lua.LState, h *handle, signal lua.LValue) error {
	if h.process == nil {
		return driverKill(L, h.driver, h.target(), signal)
	}
	n, err := signalNumber(signal, 9)
	if err != nil {
		return err
	}
	return vm.BlockCleanup(L, func(ctx context.Context) error { return h.process.Signal(ctx, n) })
}

// stop is handle:stop{signal, grace}.
func handleStop(L *lua.LState, h *handle, o *stopOptions) (*result, error) {
	if h.exec {
		return nil, &driver.Error{Op: "stop", ID: h.cmd.ID, Err: driver.ErrUnsupported, Hint: "an exec's process can be killed with a signal: handle:kill(\"TERM\")"}
	}
	return driverStop(L, h.driver, h.target(), o)
}
