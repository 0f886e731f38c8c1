package luabind

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/vm"
)

// handle is a process that start or exec_start has started, or a container that
// find has found.
type handle struct {
	driver  *scriptDriver
	process driver.Process        // nil for what find has found: the engine knows it by its id
	found   *driver.ContainerInfo // nil for what was started here
	cmd     *driver.Command       // of the container
	exec    bool                  // a process besides the container's init
	check   bool
	streams *streams
	told    atomic.Bool // the script knows how it ended
	owned   *tracked    // nil for an exec

	callbacks callbacks
	once      sync.Once     // of end
	over      chan struct{} // closed at the end; status and err are valid then. Never of a detached one
	status    driver.ExitStatus
	err       error
}

// ending is how an engine says that a process has ended.
type ending struct {
	status driver.ExitStatus
	err    error
}

// nothing tells that there is no end to tell of.
func (e ending) nothing() bool { return e.err != nil && e.status.ExitCode == -1 }

// end says how the process has ended.
func (h *handle) end(status driver.ExitStatus, err error) {
	h.once.Do(func() {
		h.status, h.err = status, err
		close(h.over)
	})
}

func (h *handle) String() string {
	if h.exec {
		return fmt.Sprintf("exec in container %q", h.cmd.ID)
	}
	return fmt.Sprintf("container %q", h.cmd.ID)
}

func handleOf(value lua.LValue) *handle {
	if ud, ok := value.(*lua.LUserData); ok {
		h, _ := ud.Value.(*handle)
		return h
	}
	return nil
}

// launch starts a process that outlives the call. It hangs on the script's life
// and its own timeout, and on the task only until it has started.
func (h *handle) launch(L *lua.LState, o *runOptions, admit func(context.Context) error, start func(context.Context) (driver.Process, error)) error {
	return vm.Block(L, func(task context.Context) error {
		if err := admit(task); err != nil {
			return err
		}
		life, end := o.withTimeout(h.driver.host.life)
		life, cancel := h.streams.watch(life)
		release := context.AfterFunc(task, func() { cancel(context.Cause(task)) })
		process, err := start(life)
		if err != nil {
			end()
			return err
		}
		release()
		h.process = process
		clock.From(life).Go(func() {
			defer end()
			status, err := h.streams.wait(process)
			h.end(status, h.streams.end(err))
			if h.owned != nil && !h.owned.unheard() {
				h.driver.host.untrack(h.owned)
			}
		})
		return nil
	})
}

// start is driver:start(cmd [, opts [, hooks]]).
func driverStart(L *lua.LState, d *scriptDriver, cmd, opts lua.LValue, hooks *hookOptions) (lua.LValue, error) {
	p, err := d.prepare(L, cmd, opts, hooks)
	if err != nil {
		return nil, err
	}
	if p.opts.Detach {
		return d.startDetached(L, p)
	}
	starter, ok := d.engine.(driver.Starter)
	if !ok {
		return nil, unsupported("start", d.engine)
	}
	h := &handle{driver: d, cmd: p.cmd, check: p.opts.Check, streams: p.streams, over: make(chan struct{})}
	if h.owned, err = d.host.track(&tracked{engine: d.engine, cmd: p.cmd, handle: h, over: h.over}); err != nil {
		return nil, err
	}
	admit := func(ctx context.Context) error { return d.host.admitStart(ctx, "start", p.cmd) }
	err = h.launch(L, p.opts, admit, func(ctx context.Context) (driver.Process, error) {
		return starter.Start(ctx, p.cmd, &p.streams.pipes, p.hooks)
	})
	if err != nil {
		d.host.untrack(h.owned)
		return nil, err
	}
	return d.host.object(h, "container"), nil
}

// execution is what exec and exec_start have in common: everything decoded.
type execution struct {
	target  *handle // nil for an id
	cmd     *driver.Command
	process *driver.ProcessConfig
	opts    *runOptions
	hooks   driver.Hooks
	streams *streams
}

func (d *scriptDriver) prepareExec(L *lua.LState, target, process, opts lua.LValue, hooks *hookOptions) (*execution, error) {
	p := execution{target: handleOf(target)}
	var err error
	if p.cmd, err = d.host.target(target); err != nil {
		return nil, err
	}
	if p.process, err = d.host.process(L, process); err != nil {
		return nil, err
	}
	if p.opts, err = d.host.options(opts); err != nil {
		return nil, err
	}
	if err := p.opts.checkAttached("a process of an exec is its container's; start can detach a container"); err != nil {
		return nil, err
	}
	if hooks != nil {
		// An exec has one stage; what is registered is for containers.
		plain := &scriptDriver{host: d.host, engine: d.engine}
		if p.hooks, err = plain.hooks(hooks, p.opts.HookTimeout); err != nil {
			return nil, err
		}
		if len(p.hooks.PreStart)+len(p.hooks.PostStop) > 0 {
			return nil, &driver.FieldError{Path: "hooks", Reason: "an exec has a start hook only"}
		}
	}
	p.streams, err = d.host.streams(p.opts, p.process)
	return &p, err
}

// exec is driver:exec(target, process [, opts [, hooks]]).
func driverExec(L *lua.LState, d *scriptDriver, target, process, opts lua.LValue, hooks *hookOptions) (*result, error) {
	p, err := d.prepareExec(L, target, process, opts, hooks)
	if err != nil {
		return nil, err
	}
	status := driver.ExitStatus{ExitCode: -1} // when Block refuses
	err = vm.Block(L, func(ctx context.Context) error {
		if err := p.target.isStill(ctx, "exec"); err != nil {
			return err
		}
		ctx, cancel := p.opts.withTimeout(ctx)
		defer cancel()
		ctx, stop := p.streams.watch(ctx)
		defer stop(nil)
		err := d.host.admitExec(ctx, "exec", p.cmd, p.process)
		if err == nil {
			status, err = d.execAndWait(ctx, p)
		}
		return p.streams.end(err)
	})
	return conclude(p.cmd.ID, status, err, p.opts.Check, p.streams)
}

// execAndWait prefers the verb that tells more than an exit code.
func (d *scriptDriver) execAndWait(ctx context.Context, p *execution) (driver.ExitStatus, error) {
	starter, ok := d.engine.(driver.ExecStarter)
	if !ok {
		code, err := d.engine.Exec(ctx, p.cmd, p.process, &p.streams.pipes, p.hooks)
		return driver.ExitStatus{ExitCode: code}, err
	}
	process, err := starter.StartExec(ctx, p.cmd, p.process, &p.streams.pipes, p.hooks)
	if err != nil {
		return driver.ExitStatus{ExitCode: -1}, calledAs("exec", "exec_start", err)
	}
	return p.streams.wait(process)
}

// execStart is driver:exec_start(target, process [, opts [, hooks]]).
func driverExecStart(L *lua.LState, d *scriptDriver, target, process, opts lua.LValue, hooks *hookOptions) (lua.LValue, error) {
	starter, ok := d.engine.(driver.ExecStarter)
	if !ok {
		return nil, unsupported("exec_start", d.engine)
	}
	p, err := d.prepareExec(L, target, process, opts, hooks)
	if err != nil {
		return nil, err
	}
	h := &handle{driver: d, cmd: p.cmd, exec: true, check: p.opts.Check, streams: p.streams, over: make(chan struct{})}
	admit := func(ctx context.Context) error { return d.host.admitExec(ctx, "exec_start", p.cmd, p.process) }
	err = h.launch(L, p.opts, admit, func(ctx context.Context) (driver.Process, error) {
		if err := p.target.isStill(ctx, "exec_start"); err != nil {
			return nil, err
		}
		return starter.StartExec(ctx, p.cmd, p.process, &p.streams.pipes, p.hooks)
	})
	if err != nil {
		return nil, err
	}
	return d.host.object(h, "container"), nil
}

// waitOptions are those of wait.
type waitOptions struct {
	Timeout *time.Duration `json:"timeout" unit:"seconds"` // then wait_timeout is raised, and the process runs on; nil: none
}

// wait is handle:wait{timeout}. Its timeout ends the wait, not the process.
func (h *handle) wait(L *lua.LState, o *waitOptions) (*result, error) {
	if planned, ok := h.process.(driver.Planned); ok {
		planned.Finish()
	}
	var end ending
	err := vm.Block(L, func(task context.Context) error {
		ctx, cancel := context.WithCancel(task)
		defer cancel()
		watched := h.watch(ctx)
		c := clock.From(task)
		var timeout <-chan struct{}
		if o != nil && o.Timeout != nil {
			late, stop := c.After(*o.Timeout)
			defer stop()
			timeout = late
		}
		for {
			broken := h.callbacks.broken()
			busy := c.Idle(clock.Closed(h.over, broken, watched.told, timeout, task.Done()))
			select {
			case <-h.over:
			case <-broken:
			case <-watched.told:
			case <-timeout:
			case <-task.Done():
			}
			busy()
			select {
			case <-h.over:
				end = ending{h.status, h.err}
				return h.callbacks.take()
			case <-watched.told:
				if end = watched.end; end.nothing() {
					return end.err
				}
				return h.callbacks.take()
			case <-broken:
				if err := h.callbacks.take(); err != nil { // else another wait was faster
					return err
				}
			case <-timeout:
				return &driver.Error{Op: "wait", ID: h.cmd.ID, Err: driver.ErrWaitTimeoutReached, Hint: "it runs on"}
			case <-task.Done():
				return task.Err()
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return h.conclude(end)
}

// conclude is the result of a process that has ended.
func (h *handle) conclude(end ending) (*result, error) {
	h.told.Store(true)
	return conclude(h.cmd.ID, end.status, end.err, h.check, h.streams)
}
