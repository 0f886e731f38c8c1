//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/logs"
	"github.com/execlua/execlua/driver/keeper"
)

// phase is where a container is in its life. It only grows.
type phase int

const (
	creating phase = iota // no process that anybody may see
	created               // the init waits; PreStart hooks run
	running               // the program runs; the Start hook first
	exited                // the program has ended; PostStop hooks run
	gone                  // nothing is left
)

// container is one run of a Command. It implements driver.Process.
type container struct {
	driver *Driver
	cmd    *driver.Command       // a copy of ours
	users  *driver.UserNamespace // that it has
	hooks  driver.Hooks
	claim  *claim
	kept   *reservation // of a detached container
	outlet keeper.Outlet
	group  cgroup
	stdio  *stdio
	log    logs.Log
	made   time.Time   // before its cgroup
	began  time.Time   // when its program was let run
	exe    os.FileInfo // what the init executes until it is the program

	starting atomic.Pointer[thread] // that makes its processes

	mu        sync.Mutex
	phase     phase
	init      *pidfd // from created on
	stopped   bool   // somebody asked for the end
	cancelled bool   // the context did
	startErr  error  // of the Start hook

	limits    *driver.Resources // after an update
	oom       *oomWatch
	oomBefore oomCounts // of the cgroup when the init was made
	oomTold   oomCounts // since then

	freezer  sync.Mutex // held while the container is frozen or thawed, or must stay so
	updating sync.Mutex // one update after the other

	over   chan struct{} // closed when gone; status and err are valid then
	status driver.ExitStatus
	err    error
}

// mapped is the Command with the user namespace that the container has.
func (c *container) mapped() *driver.Command {
	out := *c.cmd
	out.UserNamespace = c.users
	return &out
}

func (c *container) ID() string { return c.cmd.ID }
func (c *container) Pid() int   { return c.pid() }

func (c *container) pid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.init == nil {
		return 0
	}
	return c.init.pid
}

// at returns the phase and the init process.
func (c *container) at() (phase, *pidfd) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.phase, c.init
}

func (c *container) enter(p phase) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase = p
	if p == running {
		c.emit(driver.Event{Kind: driver.EventStarted, Pid: c.init.pid})
	}
}

// alive: the init process exists and has not exited.
func (c *container) alive() bool {
	p, init := c.at()
	return (p == created || p == running) && !init.exited()
}

// live is the init process of a container that a verb may act on.
func (c *container) live(op string) (*pidfd, error) {
	p, init := c.at()
	switch {
	case p == creating:
		return nil, c.fail(op, driver.ErrBusy, "it is being created")
	case p >= exited || init.exited():
		return nil, c.fail(op, driver.ErrNotRunning, "")
	}
	return init, nil
}

// started is live for verbs that need the program to run.
func (c *container) started(op string) (*pidfd, error) {
	init, err := c.live(op)
	if err != nil {
		return nil, err
	}
	if p, _ := c.at(); p == created {
		return nil, c.fail(op, driver.ErrBusy, "the program does not run yet; in a start hook it does")
	}
	return init, nil
}

func (c *container) fail(op string, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &driver.Error{Op: op, ID: c.cmd.ID, Err: err, Hint: hint}
}

// Signal sends a signal to the init process.
func (c *container) Signal(_ context.Context, sig int) error {
	if err := checkSignal(sig); err != nil {
		return c.fail("kill", err, "")
	}
	init, err := c.live("kill")
	if err != nil {
		return err
	}
	if err := init.signal(sig); err != nil {
		return c.fail("kill", err, "")
	}
	if sig == int(unix.SIGKILL) {
		return c.fail("kill", c.thaw(), "")
	}
	return nil
}

func checkSignal(sig int) error {
	if sig < 0 || sig > 64 {
		return &driver.FieldError{Path: "signal", Value: sig, Reason: "0 to 64"}
	}
	return nil
}

// markStopped notes that what ends now was asked to; one that has ended by itself was not.
func (c *container) markStopped() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped && (c.phase == created || c.phase == running) && !c.init.exited() {
		c.stopped = true
		c.emit(driver.Event{Kind: driver.EventStopping})
	}
}

// Wait waits for the end of the container.
func (c *container) Wait(ctx context.Context) (driver.ExitStatus, error) {
	return await(ctx, "wait", c.cmd.ID, c.over, func() (driver.ExitStatus, error) { return c.status, c.err })
}

// await waits for over and returns result, or tells that ctx ended first.
func await(ctx context.Context, op, id string, over <-chan struct{}, result func() (driver.ExitStatus, error)) (driver.ExitStatus, error) {
	select {
	case <-over:
		return result()
	default:
	}
	select {
	case <-over:
		return result()
	case <-ctx.Done():
		err := fmt.Errorf("%w: %w", driver.ErrWaitTimeoutReached, context.Cause(ctx))
		return driver.ExitStatus{ExitCode: -1}, &driver.Error{Op: op, ID: id, Err: err}
	}
}

// supervise follows a started container to its end. A program whose Start hook
// failed has been killed.
func (c *container) supervise(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			c.end(driver.ExitStatus{ExitCode: -1}, fmt.Errorf("panic: %v", p))
		}
	}()
	release := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		c.cancelled = true
		c.mu.Unlock()
		_ = c.requestStop(driver.StopOptions{}) // its only error is that the container has ended
	})
	<-c.init.done
	release()

	var errs []error
	if c.cmd.Pid != nil && c.cmd.Pid.HostPid {
		// Without a pid namespace of its own the end of init ends nobody else.
		errs = append(errs, c.group.kill())
	}
	status, err := c.init.reap()
	status.Duration = time.Since(c.began)
	ioErr := c.stdio.finish(lingerContainer)
	errs = append(errs, err, ioErr)
	c.log.Close()
	c.unwatchOOM()
	c.countOOM().tell(&status)

	c.mu.Lock()
	c.phase = exited
	status.Stopped = c.stopped
	c.emit(driver.Event{Kind: driver.EventExited, Pid: c.init.pid, Status: &status})
	if c.cancelled && !errors.Is(ioErr, context.Cause(ctx)) {
		errs = append(errs, context.Cause(ctx))
	}
	c.mu.Unlock()
	if hookErr := (*driver.HookError)(nil); errors.As(c.startErr, &hookErr) {
		hookErr.Status = &status
	}
	errs = append(errs, c.startErr, c.hookFailed(c.postStop(ctx, status)))
	c.end(status, errors.Join(errs...))
}

// How long output is waited for when a process has exited but somebody keeps its
// pipe open. With a container everybody has died by then.
const (
	lingerContainer = 5 * time.Second
	lingerExec      = 500 * time.Millisecond
)

// end removes everything and tells those who wait.
func (c *container) end(status driver.ExitStatus, err error) {
	err = errors.Join(err, c.discard())
	c.mu.Lock()
	c.phase = gone
	c.status, c.err = status, c.fail("run", err, "")
	c.mu.Unlock()
	close(c.over)
}

// discard removes what was made for the container and gives its id back. What
// cannot be removed stays claimed, for the next sweep.
func (c *container) discard() error {
	var err error
	if c.claim != nil {
		if err = sweep(c.driver.root, c.claim.claimed); err != nil {
			err = errors.Join(fmt.Errorf("clean up: %w", err), c.claim.leave())
		} else {
			err = c.claim.release()
		}
	}
	c.driver.mu.Lock()
	delete(c.driver.containers, c.cmd.ID)
	if _, init := c.at(); init != nil && c.kept == nil { // others have seen it
		c.emit(driver.Event{Kind: driver.EventRemoved})
	}
	c.driver.mu.Unlock()
	return err
}
