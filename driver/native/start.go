//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opencontainers/runc/libcontainer/configs"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
	"github.com/execlua/execlua/driver/spec"
)

// Run starts a container, waits for its end and removes it.
func (d *Driver) Run(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.ExitStatus, error) {
	if d.own != nil {
		return d.own.Run(ctx, cmd, pipes, hooks)
	}
	c, err := d.start(ctx, cmd, pipes, hooks)
	if err != nil {
		status := driver.ExitStatus{ExitCode: -1}
		if c != nil {
			status = c.status
		}
		return status, wrap("run", cmd, err)
	}
	return c.Wait(context.WithoutCancel(ctx))
}

// Start starts a container.
func (d *Driver) Start(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	if d.own != nil {
		return d.own.Start(ctx, cmd, pipes, hooks)
	}
	c, err := d.start(ctx, cmd, pipes, hooks)
	if err != nil {
		return nil, wrap("start", cmd, err)
	}
	if c.hooks.Start != nil && c.startFailed() {
		_, err := c.Wait(context.WithoutCancel(ctx))
		return nil, err
	}
	awaitExec(c.init, c.exe)
	return c, nil
}

// start returns when the program runs and its Start hook has returned. From then
// on the container ends through supervise; before, through abandon: the one beside
// an error is gone already.
func (d *Driver) start(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (*container, error) {
	if err := errors.Join(driver.Validate(cmd), driver.ValidateAttached(cmd)); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	return d.begin(ctx, &container{driver: d, cmd: cmd.Clone(), hooks: hooks}, pipes)
}

// begin is start of what has been checked.
func (d *Driver) begin(ctx context.Context, c *container, pipes *driver.Pipes) (*container, error) {
	c.users, c.made, c.over = d.mapped(c.cmd).UserNamespace, time.Now(), make(chan struct{})
	giveTerminal(&c.cmd.ProcessConfig)
	if err := d.admit(c); err != nil {
		return nil, err
	}
	release, err := c.create(ctx, pipes)
	if err != nil {
		return c, c.abandon(ctx, err)
	}
	c.exe = executable(c.init.pid)
	c.began = time.Now()
	if err := c.letRun(ctx, release); err != nil {
		return c, c.abandon(ctx, err)
	}
	c.enter(running)
	c.watchOOM()
	if err := c.hookFailed(c.startHook(ctx)); err != nil {
		_ = c.Signal(ctx, int(unix.SIGKILL)) // fails only when it has ended already
	}
	if c.kept != nil {
		ctx = context.WithoutCancel(ctx)
	}
	go c.supervise(ctx)
	return c, nil
}

// letRun waits for as long as the init takes to execute the program: one that is
// stopped (SIGSTOP) does not, until ctx ends it.
func (c *container) letRun(ctx context.Context, release func(*pidfd) error) error {
	defer context.AfterFunc(ctx, func() {
		_ = c.init.signal(int(unix.SIGKILL)) // fails only when it has ended already
	})()
	err := release(c.init)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// admit enters the container into the engine's list, unless its id is there.
func (d *Driver) admit(c *container) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.containers[c.cmd.ID] != nil {
		return driver.ErrExists
	}
	d.containers[c.cmd.ID] = c
	return nil
}

// create makes the container up to the moment before its program runs.
func (c *container) create(ctx context.Context, pipes *driver.Pipes) (release func(*pidfd) error, err error) {
	cm, cgroupsPath, scratch, err := c.takeID()
	if err != nil {
		return nil, err
	}
	cmd := c.mapped()
	place, who, err := c.driver.place(cmd, scratch)
	if err != nil {
		return nil, err
	}
	place.CgroupsPath = cgroupsPath
	s, err := c.driver.build(cmd, place, who)
	if err != nil {
		return nil, err
	}
	config, err := c.driver.convert(c.cmd.ID, s)
	if err != nil {
		return nil, err
	}
	if err := c.group.create(cm); err != nil {
		return nil, err
	}
	if c.stdio, err = c.openStdio(pipes); err != nil {
		return nil, err
	}
	return c.launch(ctx, s, config)
}

// build maps a Command whose Place is known.
func (d *Driver) build(c *driver.Command, place spec.Place, who account) (*specs.Spec, error) {
	h := d.machine.Host
	if c.ProcessConfig.Privileged {
		var err error
		if h.Devices, err = hostDevices(); err != nil {
			return nil, err
		}
	}
	s, err := spec.Build(c, h, place)
	if err != nil {
		return nil, err
	}
	s.Process.Env = who.environment(s.Process.Env)
	return s, nil
}

// launch starts the init on a starter thread. libcontainer cannot be interrupted
// while it does: when ctx ends, the processes of the cgroup are killed until it
// gives up.
func (c *container) launch(ctx context.Context, s *specs.Spec, config *configs.Config) (func(*pidfd) error, error) {
	request := launchRequest{root: c.driver.root, id: c.cmd.ID, config: config, spec: s, stdio: c.stdio.child}
	returned, killed := make(chan struct{}), make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		defer close(killed)
		for {
			c.killStarting()
			select {
			case <-returned:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	defer func() {
		close(returned)
		if !release() {
			<-killed // or it would kill the next container of this id
		}
	}()

	var l launched
	var err error
	onStarter(func() {
		c.starting.Store(thisThread())
		err = withoutStrays(func() (err error) {
			l, err = c.driver.launcher.launch(request, func(pid int) error { return c.preStart(ctx, pid) })
			return err
		})
	})
	if err == nil {
		err = c.stdio.started()
	}
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return l.release, nil
}

// preStart makes the init known and calls the PreStart hooks.
func (c *container) preStart(ctx context.Context, pid int) error {
	init, err := openPidfd(pid)
	if err != nil {
		return err
	}
	before := c.group.oomCounts()
	c.mu.Lock()
	c.init, c.phase, c.oomBefore = init, created, before
	c.emitCreated(pid)
	c.mu.Unlock()
	c.logWarnings(c.cmd.Resources)
	err = c.hookFailed(hook.PreStart(ctx, c.hooks, c.cmd, pid))
	if init.exited() {
		c.countOOM() // libcontainer removes the cgroup before it says that the init is gone
	}
	return err
}

// abandon ends a start that failed: kill, PostStop if hooks have seen a process,
// remove everything.
func (c *container) abandon(ctx context.Context, cause error) error {
	p, init := c.at()
	status := driver.ExitStatus{ExitCode: -1}
	if ctx.Err() == nil && c.ranOutOfMemory(cause) {
		status.OOMKilled = true
		cause = fmt.Errorf("no memory left within the limits of its cgroup: %w", cause)
	}
	errs := []error{cause}
	if c.stdio != nil {
		_ = c.stdio.abort() // what went wrong with the output of nothing is no news
		c.log.Close()
	}
	if p == created {
		errs = append(errs, c.kill(), init.discard())
		c.enter(exited)
		errs = append(errs, c.hookFailed(c.postStop(ctx, status)))
	}
	errs = append(errs, c.discard())
	c.enter(gone)
	err := errors.Join(errs...)
	c.status, c.err = status, err
	close(c.over)
	return err
}
