//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
	"github.com/execlua/execlua/driver/spec"
)

// Exec runs one more process in a container and waits for it.
func (d *Driver) Exec(ctx context.Context, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	if d.own != nil {
		return d.own.Exec(ctx, cmd, process, pipes, hooks)
	}
	p, err := d.startExec(ctx, cmd, process, pipes, hooks)
	if err != nil {
		return -1, err
	}
	status, err := p.Wait(context.WithoutCancel(ctx))
	return status.ExitCode, err
}

// StartExec starts one more process in a container.
func (d *Driver) StartExec(ctx context.Context, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	if d.own != nil {
		return d.own.StartExec(ctx, cmd, process, pipes, hooks)
	}
	p, err := d.startExec(ctx, cmd, process, pipes, hooks)
	if err != nil {
		return nil, err
	}
	if p.hookErr != nil {
		_, err := p.Wait(context.WithoutCancel(ctx))
		return nil, err
	}
	return p, nil
}

// execProcess is a process besides the init. It implements driver.Process.
type execProcess struct {
	c       *container
	process *driver.ProcessConfig // a copy of ours
	handle  *pidfd
	stdio   *stdio
	began   time.Time
	hookErr error

	oomBefore oomCounts // of the container's cgroup

	mu                 sync.Mutex
	stopped, cancelled bool

	over   chan struct{} // closed at the end; status and err are valid then
	status driver.ExitStatus
	err    error
}

func (p *execProcess) ID() string { return p.c.cmd.ID }
func (p *execProcess) Pid() int   { return p.handle.pid }

func (p *execProcess) Signal(_ context.Context, sig int) error {
	return p.c.fail("kill", p.handle.signal(sig), "")
}

func (p *execProcess) Wait(ctx context.Context) (driver.ExitStatus, error) {
	return await(ctx, "wait", p.c.cmd.ID, p.over, func() (driver.ExitStatus, error) { return p.status, p.err })
}

func (d *Driver) startExec(ctx context.Context, cmd *driver.Command, process *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (*execProcess, error) {
	c, err := d.findCommand("exec", cmd)
	if err != nil {
		return nil, err
	}
	if err := driver.ValidateProcess(process); err != nil {
		return nil, c.fail("exec", err, "")
	}
	init, err := c.started("exec")
	if err != nil {
		return nil, err
	}
	if c.paused() {
		return nil, c.fail("exec", driver.ErrBusy, "the container is paused; unpause it first")
	}
	p := &execProcess{c: c, process: process.Clone(), over: make(chan struct{})}
	giveTerminal(p.process)
	if err := p.launch(ctx, init, pipes); err != nil {
		if driver.Code(err) == "error" && init.exitsWithin(100*time.Millisecond) {
			err = driver.ErrNotRunning // whatever libcontainer stumbled over first
		}
		return nil, c.fail("exec", exhausted(err), "")
	}
	c.emit(driver.Event{Kind: driver.EventExecuted, Pid: p.handle.pid})
	if err := c.hookFailed(hook.Start(ctx, hooks, c.command(), p.process, p.handle.pid)); err != nil {
		p.hookErr = err
		_ = p.handle.signal(int(unix.SIGKILL)) // fails only when it has ended already
	}
	go p.supervise(ctx)
	return p, nil
}

// launch starts the process on a starter thread.
func (p *execProcess) launch(ctx context.Context, init *pidfd, pipes *driver.Pipes) (err error) {
	c := p.c
	s, err := c.execSpec(init, p.process)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if p.stdio, err = openStdio(pipes, p.process, c.users); err != nil {
		return err
	}
	p.oomBefore = c.group.oomCounts()
	onStarter(func() {
		err = withoutStrays(func() error {
			pid, err := c.driver.launcher.enter(enterRequest{root: c.driver.root, id: c.cmd.ID, process: s, stdio: p.stdio.child})
			if err == nil {
				p.handle, err = openPidfd(pid)
			}
			return err
		})
	})
	p.began = time.Now()
	if err == nil {
		if err = p.stdio.started(); err != nil {
			_ = p.handle.signal(int(unix.SIGKILL)) // fails only when it has ended already
			err = errors.Join(err, p.handle.discard())
		}
	}
	if err != nil {
		_ = p.stdio.abort() // there is no output of what never ran
	}
	return err
}

// execSpec is the process of an exec: its own settings over the container's. The
// user is looked up in the root that the container sees now.
func (c *container) execSpec(init *pidfd, process *driver.ProcessConfig) (*specs.Process, error) {
	name, field := process.User, "process.user"
	if name == "" {
		name, field = c.cmd.ProcessConfig.User, "process_config.user"
	}
	who, err := resolveUser(fmt.Sprintf("/proc/%d/root", init.pid), name, field, c.cmd.GroupAdd)
	if err != nil {
		return nil, err
	}
	cmd := c.mapped()
	if err := c.driver.checkAccount(cmd, &who, field, name); err != nil {
		return nil, err
	}
	s, err := spec.Process(cmd, process, c.driver.machine.Host, who.User, nil)
	if err != nil {
		return nil, err
	}
	s.Env = who.environment(s.Env)
	return s, nil
}

// supervise follows the process to its end.
func (p *execProcess) supervise(ctx context.Context) {
	defer close(p.over)
	defer func() {
		if r := recover(); r != nil {
			p.status, p.err = driver.ExitStatus{ExitCode: -1}, p.c.fail("exec", fmt.Errorf("panic: %v", r), "")
		}
	}()
	release := context.AfterFunc(ctx, p.cancel)
	<-p.handle.done
	release()
	status, err := p.handle.reap()
	status.Duration = time.Since(p.began)
	p.c.group.oomCounts().since(p.oomBefore).tell(&status)
	ioErr := p.stdio.finish(lingerExec)
	errs := []error{err, ioErr, p.hookErr}
	p.mu.Lock()
	defer p.mu.Unlock()
	status.Stopped = p.stopped
	if p.cancelled && !errors.Is(ioErr, context.Cause(ctx)) {
		errs = append(errs, context.Cause(ctx))
	}
	p.status, p.err = status, p.c.fail("exec", errors.Join(errs...), "")
	p.c.emit(driver.Event{Kind: driver.EventExecDied, Pid: p.handle.pid, Status: &status})
}

// cancel is what the end of the context does: stop signal, grace, SIGKILL.
func (p *execProcess) cancel() {
	p.mu.Lock()
	p.stopped, p.cancelled = true, true
	p.mu.Unlock()
	sig, grace, err := p.c.cmd.StopWith(driver.StopOptions{})
	if err != nil || p.handle.signal(sig) != nil {
		return // it has ended; the Command was checked at the start
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.handle.done:
	case <-timer.C:
		_ = p.handle.signal(int(unix.SIGKILL)) // fails only when it has just ended
	}
}
