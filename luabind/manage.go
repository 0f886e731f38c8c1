package luabind

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// Parameters of the verbs that not every engine has.
var (
	resourcesParam = bind.Param{Name: "resources", Type: "execlua.Resources", Doc: `What is to change. What is not set stays, "max" removes a limit, and swap follows memory.`}
	filterParam    = bind.Param{Name: "filter", Type: "execlua.Filter", Optional: true, Doc: "id, labels, state; nil is all."}
	attachParam    = bind.Param{Name: "opts", Type: "execlua.AttachOptions", Optional: true, Doc: "stdin, stdout, stderr, input."}
)

// verbOf is the engine as one of the small interfaces.
func verbOf[T any](d *scriptDriver, name string) (T, error) {
	engine, ok := d.engine.(T)
	if !ok {
		return engine, unsupported(name, d.engine)
	}
	return engine, nil
}

// update is driver:update(target, resources).
func driverUpdate(L *lua.LState, d *scriptDriver, target lua.LValue, r *driver.Resources) error {
	updater, err := verbOf[driver.Updater](d, "update")
	if err != nil {
		return err
	}
	return d.on(L, "update", target, func(ctx context.Context, cmd *driver.Command) error {
		if err := d.host.admitUpdate(ctx, cmd, r); err != nil {
			return err
		}
		return updater.Update(ctx, cmd, r)
	})
}

// signalAll is driver:signal_all(target [, signal]).
func driverSignalAll(L *lua.LState, d *scriptDriver, target, signal lua.LValue) error {
	all, err := verbOf[driver.AllSignaller](d, "signal_all")
	if err != nil {
		return err
	}
	n, err := signalNumber(signal, 9)
	if err != nil {
		return err
	}
	return d.cleanup(L, "signal_all", target, func(ctx context.Context, cmd *driver.Command) error { return all.SignalAll(ctx, cmd, n) })
}

// attachOptions are those of attach.
type attachOptions struct {
	Stdin  lua.LValue `json:"stdin" lua:"string|file|function"`               // "discard", "inherit", a file or a function
	Stdout lua.LValue `json:"stdout" lua:"string|file|function|execlua.Sink"` // as of run
	Stderr lua.LValue `json:"stderr" lua:"string|file|function|execlua.Sink"` // as of run
	Input  *string    `json:"input"`                                          // text for stdin
}

// attach is driver:attach(target [, opts]).
func driverAttach(L *lua.LState, d *scriptDriver, target lua.LValue, o *attachOptions) error {
	attacher, err := verbOf[driver.Attacher](d, "attach")
	if err != nil {
		return err
	}
	if o == nil {
		o = &attachOptions{}
	}
	process, h := &driver.ProcessConfig{}, handleOf(target)
	if h != nil {
		process = h.cmd.ProcessConfig.Clone()
	}
	s, err := d.host.streams(&runOptions{Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr, Input: o.Input}, process)
	if err != nil {
		return err
	}
	return d.on(L, "attach", target, func(task context.Context, cmd *driver.Command) error {
		ctx, stop := s.watch(task)
		defer stop(nil)
		if s.terminal != nil {
			detach, err := s.terminal.attach(h.process, s.follows)
			if err != nil {
				return err
			}
			defer detach()
		}
		err := s.end(attacher.Attach(ctx, cmd, &s.pipes))
		if err == nil && task.Err() != nil {
			err = task.Err() // the engine calls it no error
		}
		return err
	})
}

// notOfAnExec refuses what is a container's: an exec's handle names its container, too.
func (h *handle) notOfAnExec(verb string) error {
	if !h.exec {
		return nil
	}
	return &driver.Error{Op: verb, ID: h.cmd.ID, Err: driver.ErrUnsupported, Hint: "this is an exec's handle; ask that of its container"}
}
