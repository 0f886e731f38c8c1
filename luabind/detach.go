package luabind

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// startDetached is driver:start with detach: the container is not the script's. It
// is known by its id from then on, as one that find has found.
func (d *scriptDriver) startDetached(L *lua.LState, p *launch) (lua.LValue, error) {
	detacher, err := d.detacher("start")
	if err != nil {
		return nil, err
	}
	if err := p.opts.checkDetached(); err != nil {
		return nil, err
	}
	if len(d.registered(driver.StagePostStop)) > 0 {
		return nil, &driver.FieldError{
			Path: "detach", Value: true, Class: driver.ErrUnsupported,
			Reason: "driver:hook has registered a post_stop hook, and the container may end when nobody is there to run it",
		}
	}
	h := d.handleTo(p.cmd)
	h.check = p.opts.Check
	err = vm.Block(L, func(ctx context.Context) error {
		return h.leave(ctx, func() (driver.Process, error) { return detacher.StartDetached(ctx, p.cmd, p.hooks) })
	})
	if err != nil {
		return nil, err
	}
	return d.host.object(h, "container"), nil
}

// detacher is the engine as a Detacher, if the host lets containers go on.
func (d *scriptDriver) detacher(verb string) (driver.Detacher, error) {
	if !d.host.opts.Detach {
		return nil, &driver.FieldError{Path: "detach", Value: true, Reason: "no container may outlive a script here", Class: driver.ErrDenied}
	}
	detacher, ok := d.engine.(driver.Detacher)
	if !ok {
		return nil, &driver.Error{Op: verb, Err: driver.ErrUnsupported, Hint: "the engine " + d.engine.Name() + " has no detached containers"}
	}
	return detacher, nil
}

// checkDetached refuses the options that need somebody who is there until the end.
func (o *runOptions) checkDetached() error {
	const output = "a detached container's output goes to its log, which logs reads"
	isSet := func(v lua.LValue) bool { return v != nil && v != lua.LNil }
	for _, option := range []struct {
		name   string
		set    bool
		reason string
	}{
		{"stdin", isSet(o.Stdin) && o.Stdin != lua.LString("discard"), "a detached container's stdin is empty"},
		{"input", o.Input != nil, "a detached container's stdin is empty"},
		{"stdout", isSet(o.Stdout), output},
		{"stderr", isSet(o.Stderr), output},
		{"timeout", o.Timeout != nil, "nobody may be there to end a detached container"},
	} {
		if option.set {
			return &driver.FieldError{Path: option.name, Reason: option.reason, Class: driver.ErrUnsupported}
		}
	}
	return nil
}

// checkAttached refuses to detach what cannot be.
func (o *runOptions) checkAttached(reason string) error {
	if o.Detach {
		return &driver.FieldError{Path: "detach", Value: true, Reason: reason}
	}
	return nil
}

// leave starts a life that goes on without the script, which counts it while both
// are there.
func (h *handle) leave(ctx context.Context, start func() (driver.Process, error)) error {
	v, over := h.driver.host, make(chan struct{})
	t, err := v.track(&tracked{engine: h.driver.engine, cmd: h.cmd, over: over, detached: true})
	if err != nil {
		return err
	}
	var process driver.Process
	if err = v.admitStart(ctx, "start", h.cmd); err == nil {
		process, err = start()
	}
	if err != nil {
		v.untrack(t)
		return err
	}
	v.opts.clock.Go(func() {
		defer v.untrack(t)
		defer close(over)
		_, _ = process.Wait(v.life) // whoever wants to know the end asks the engine
	})
	if h.found != nil {
		return nil
	}
	if h.found, err = h.holder(ctx); err != nil || h.found == nil { // it is gone already, or the engine cannot tell
		h.found = &driver.ContainerInfo{ID: h.cmd.ID, Pid: process.Pid(), Labels: h.cmd.Labels, Command: h.cmd, Created: v.opts.clock.Now(), Detached: true}
	}
	return nil
}

// detached tells that the container is not the script's, and may have further
// lives: how it ended is asked each time.
func (h *handle) detached() bool { return h.found != nil && h.found.Detached }

// detachedFields declares what handles tell of detached containers, as of now.
func detachedFields() []bind.Func {
	field := func(name, typ, doc string, fn any) bind.Func {
		return giving(typ, bind.Func{Name: name, Doc: doc, Method: true, Fn: fn})
	}
	return []bind.Func{
		field("detached", "boolean", "Whether the container goes on without the script.", (*handle).detached),
		field("started", "number?", "When its program was last started, in seconds since the epoch; nil unless it is detached.", func(L *lua.LState, h *handle) (*time.Time, error) {
			return known(h, L, func(now *driver.ContainerInfo) time.Time { return now.Started })
		}),
		field("finished", "number?", "When a detached container ended; nil while it runs.", func(L *lua.LState, h *handle) (*time.Time, error) {
			return known(h, L, func(now *driver.ContainerInfo) time.Time { return now.Finished })
		}),
		field("status", "execlua.Result?", "How a detached container ended; nil while it runs.", func(L *lua.LState, h *handle) (*result, error) { return h.ended(L) }),
		field("restarts", "integer?", "How often a detached container was started again by its policy or its health check; nil once it is gone.", func(L *lua.LState, h *handle) (*int, error) {
			now, err := h.now(L)
			if now == nil || !now.Detached {
				return nil, err
			}
			return &now.Restarts, nil
		}),
		field("health", "string?", `What its health check has found: "starting", "healthy" or "unhealthy"; nil without one.`, func(L *lua.LState, h *handle) (*string, error) {
			return known(h, L, func(now *driver.ContainerInfo) string { return string(now.Health) })
		}),
	}
}

// handleStart is handle:start().
func handleStart(L *lua.LState, h *handle) error {
	if err := h.notOfAnExec("start"); err != nil {
		return err
	}
	if !h.detached() {
		return &driver.Error{Op: "start", ID: h.cmd.ID, Err: driver.ErrUnsupported, Hint: "only a detached container can be started again"}
	}
	detacher, err := h.driver.detacher("start")
	if err != nil {
		return err
	}
	return vm.Block(L, func(ctx context.Context) error {
		if err := h.isStill(ctx, "start"); err != nil {
			return err
		}
		return h.leave(ctx, func() (driver.Process, error) {
			process, err := detacher.Restart(ctx, h.cmd.ID)
			return process, calledAs("start", "restart", err)
		})
	})
}
