//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/opencontainers/runc/libcontainer"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
)

// keepable is the engine as a keeper uses it.
type keepable struct{ *Driver }

var _ keeper.Engine = keepable{}

// Emit tells what the keeper did.
func (k keepable) Emit(e driver.Event) { k.events.Emit(e) }

// Reserve claims an id. That of a record can only be a dead keeper's, whose
// descriptors the kernel may still be closing one after the other.
func (k keepable) Reserve(id string) (keeper.Reservation, error) {
	path := claimPath(k.root, id)
	c, err := settledClaim(path, os.O_CREATE)
	for end := time.Now().Add(5 * time.Second); errors.Is(err, driver.ErrExists) && keeper.Keeps(k.root, id) && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
		c, err = settledClaim(path, os.O_CREATE)
	}
	if err != nil {
		return nil, err
	}
	if err := c.record(c.claimed); err != nil { // whose owner we are now
		return nil, errors.Join(err, c.file.Close())
	}
	c.kept = true
	return &reservation{driver: k.Driver, claim: c, id: id}, nil
}

// reservation is the claim of a detached container, over all its runs.
type reservation struct {
	driver *Driver
	claim  *claim
	id     string
}

// Start starts a run.
func (r *reservation) Start(ctx context.Context, cmd *driver.Command, o keeper.Outlet, hooks driver.Hooks) (driver.Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, wrap("start", cmd, context.Cause(ctx))
	}
	c := r.container(cmd, o)
	c.hooks = hooks
	c, err := r.driver.begin(ctx, c, &driver.Pipes{Stdout: o.Stdout, Stderr: o.Stderr})
	if err != nil {
		return nil, wrap("start", cmd, err)
	}
	if c.hooks.Start != nil && c.startFailed() {
		_, err := c.Wait(context.WithoutCancel(ctx))
		return nil, err
	}
	awaitExec(c.init, c.exe)
	c.hooks = driver.Hooks{} // of a caller that may leave
	return c, nil
}

func (r *reservation) container(cmd *driver.Command, o keeper.Outlet) *container {
	c := &container{driver: r.driver, cmd: cmd, kept: r, outlet: o}
	c.log.Passing = true
	return c
}

// takeClaim claims the id of a container, unless its keeper has it already.
func (c *container) takeClaim() (*claim, error) {
	if c.kept != nil {
		return c.kept.claim, nil
	}
	return takeClaim(c.driver.root, c.cmd.ID)
}

// Sweep removes what is left of the last run.
func (r *reservation) Sweep() error {
	if err := sweep(r.driver.root, r.claim.claimed); err != nil {
		return err
	}
	return r.claim.record(claimed{})
}

// Release sweeps, and gives the id back.
func (r *reservation) Release() error {
	if err := sweep(r.driver.root, r.claim.claimed); err != nil {
		return err
	}
	r.claim.kept = false
	return r.claim.release()
}

// Adopt goes on with the run that a dead keeper has left.
func (r *reservation) Adopt(cmd *driver.Command, o keeper.Outlet, began time.Time) (driver.Process, *driver.ExitStatus, error) {
	c := r.container(cmd, o)
	c.claim = r.claim
	what := r.claim.claimed
	c.group = cgroup{paths: what.Cgroups, parent: what.Parent, unit: what.Unit}
	init, made, err := r.left()
	switch {
	case errors.Is(err, errNeverRan):
		return nil, nil, nil
	case errors.Is(err, os.ErrNotExist):
		status := driver.ExitStatus{ExitCode: -1, Unknown: true}
		c.group.oomCounts().tell(&status)
		return nil, &status, nil
	case err != nil:
		return nil, nil, err
	}
	if began.IsZero() {
		began = made
	}
	c.init, c.phase, c.made, c.began, c.over = init, running, made, began, make(chan struct{})
	c.oomTold = c.group.oomCounts() // told by the dead keeper
	if c.stdio, err = reopenStdio(c.logged(&driver.Pipes{Stdout: o.Stdout, Stderr: o.Stderr}), o.Dir); err != nil {
		return nil, nil, errors.Join(err, init.file.Close())
	}
	if err := r.driver.admit(c); err != nil {
		return nil, nil, errors.Join(err, c.stdio.abort(), init.file.Close())
	}
	c.watchOOM()
	go c.supervise(context.Background())
	return c, nil, nil
}

// errNeverRan: the keeper died before the program was let run.
var errNeverRan = errors.New("its program never ran")

// left finds the init of the last run. os.ErrNotExist tells that it has ended.
func (r *reservation) left() (init *pidfd, made time.Time, err error) {
	dir := filepath.Join(r.driver.root, r.id)
	if _, err := os.Lstat(filepath.Join(dir, "state.json")); err != nil {
		return nil, made, errNeverRan
	}
	init, made, err = r.driver.recorded(r.id)
	fifo := filepath.Join(dir, "exec.fifo")
	if _, ferr := os.Lstat(fifo); ferr == nil { // it waits, or nobody could remove it any more
		if err != nil {
			return nil, made, errNeverRan
		}
		err = letRun(fifo, init)
	}
	return init, made, err
}

// recorded is the init in libcontainer's state of a container, which is written
// before it can run anything.
func (d *Driver) recorded(id string) (init *pidfd, made time.Time, err error) {
	loaded, err := libcontainer.Load(d.root, id)
	if err != nil {
		return nil, made, err
	}
	state, err := loaded.State()
	if err != nil {
		return nil, made, err
	}
	init, err = adoptPidfd(state.InitProcessPid, state.InitProcessStartTime)
	return init, state.Created, err
}

// keptPid is the init of a detached container that its keeper has; 0 when it has
// none that runs.
func (d *Driver) keptPid(id string) int {
	init, _, err := d.recorded(id)
	if err != nil {
		return 0
	}
	defer init.file.Close()
	if init.exited() {
		return 0
	}
	return init.pid
}

// letRun lets an init run that may wait for it, or may have been let run already by
// a keeper that died before it could remove the fifo.
func letRun(path string, init *pidfd) error {
	fifo, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer fifo.Close()
	_ = fifo.SetReadDeadline(time.Now().Add(time.Second))
	if readByte(fifo) != nil && init.exited() && readByteNow(fifo) != nil {
		return errors.Join(errNeverRan, init.file.Close())
	}
	return os.Remove(path)
}

// openStdio opens what a container's streams go through. A detached one has FIFOs
// that the next keeper finds again.
func (c *container) openStdio(pipes *driver.Pipes) (*stdio, error) {
	if c.kept == nil {
		return openStdio(c.logged(pipes), &c.cmd.ProcessConfig, c.users)
	}
	s := &stdio{stdin: func() {}, users: c.users, fifos: c.outlet.Dir}
	s.pipes = c.logged(pipes)
	return s.opened(s.pipes)
}

// makeFifo makes a FIFO and opens both ends. The container's is open for reading,
// too: without a reader it waits when the FIFO is full, and is not killed by SIGPIPE.
func makeFifo(path string) (r, w *os.File, err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return nil, nil, fmt.Errorf("make %s: %w", path, err)
	}
	if r, err = openFifo(path); err != nil {
		return nil, nil, err
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0) // blocking, as programs expect it
	if err != nil {
		return nil, nil, errors.Join(err, r.Close())
	}
	return r, os.NewFile(uintptr(fd), path), nil
}

func openFifo(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
}

// reopenStdio reads on where a dead keeper has stopped.
func reopenStdio(p *driver.Pipes, dir string) (*stdio, error) {
	s := &stdio{pipes: p, stdin: func() {}}
	out, err := openFifo(filepath.Join(dir, "stdout"))
	if err != nil {
		return nil, err
	}
	errs, err := openFifo(filepath.Join(dir, "stderr"))
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	s.copy("stdout", p.Stdout, out)
	s.copy("stderr", p.Stderr, errs)
	return s, nil
}
