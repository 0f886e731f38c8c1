//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/events"
)

// world is a machine with containers in memory, which outlive the engines that
// start them.
type world struct {
	root string

	mu     sync.Mutex
	runs   map[string]*run
	owners map[string]*engine // of reserved ids
	starts map[string]int
	pids   int
	fails  error // of every start
}

// run is a program that runs until somebody ends it.
type run struct {
	id     string
	number int
	began  time.Time
	over   chan struct{}
	status driver.ExitStatus
	owner  *engine
	outlet Outlet
	frozen bool
}

func newWorld(t *testing.T) *world {
	return &world{root: t.TempDir(), runs: map[string]*run{}, owners: map[string]*engine{}, starts: map[string]int{}}
}

// engine is one process that uses the world. Once it is killed nothing that it was
// about to do happens.
type engine struct {
	driver.Driver // nil: what is not below is not called
	driver.Updater
	driver.Attacher
	events.Broadcaster
	w      *world
	killed chan struct{}
	// reached, if not nil, is called at the steps of a start and of an end.
	reached func(step string)
}

// keeper opens the world's containers in a process of its own.
func (w *world) keeper(t *testing.T) (*Keeper, *engine) {
	t.Helper()
	e := &engine{w: w, killed: make(chan struct{})}
	return w.open(t, e), e
}

func (w *world) open(t *testing.T, e *engine) *Keeper {
	t.Helper()
	k, err := New(e, Options{Root: w.root, Warn: func(message string, err error) { t.Logf("%s: %v", message, err) }})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// kill ends the process of an engine as SIGKILL does.
func (e *engine) kill() {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	close(e.killed)
	for id, owner := range e.w.owners {
		if owner == e {
			delete(e.w.owners, id)
		}
	}
}

// step is a moment at which the process may be killed, and go no further.
func (e *engine) step(name string) {
	if e.reached != nil {
		e.reached(name)
	}
	if isClosed(e.killed) {
		select {}
	}
}

func (e *engine) Reserve(id string) (Reservation, error) {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	if e.w.owners[id] != nil {
		return nil, driver.ErrExists
	}
	e.w.owners[id] = e
	return &reserved{e, id}, nil
}

type reserved struct {
	e  *engine
	id string
}

func (r *reserved) Start(_ context.Context, c *driver.Command, o Outlet, _ driver.Hooks) (driver.Process, error) {
	w := r.e.w
	r.e.step("start")
	w.mu.Lock()
	if w.fails != nil {
		defer w.mu.Unlock()
		return nil, w.fails
	}
	w.pids++
	w.starts[r.id]++
	p := &run{id: r.id, number: w.pids, began: time.Now(), over: make(chan struct{}), owner: r.e, outlet: o}
	w.runs[r.id] = p
	w.mu.Unlock()
	r.e.step("started")
	return p, nil
}

func (r *reserved) Adopt(_ *driver.Command, o Outlet, _ time.Time) (driver.Process, *driver.ExitStatus, error) {
	r.e.w.mu.Lock()
	defer r.e.w.mu.Unlock()
	p := r.e.w.runs[r.id]
	switch {
	case p == nil:
		return nil, nil, nil
	case isClosed(p.over):
		return nil, &driver.ExitStatus{ExitCode: -1, Unknown: true}, nil
	}
	p.owner, p.outlet = r.e, o
	return p, nil, nil
}

func (r *reserved) Sweep() error {
	r.e.w.mu.Lock()
	defer r.e.w.mu.Unlock()
	delete(r.e.w.runs, r.id)
	return nil
}

func (r *reserved) Release() error {
	r.e.w.mu.Lock()
	defer r.e.w.mu.Unlock()
	delete(r.e.w.runs, r.id)
	delete(r.e.w.owners, r.id)
	return nil
}

func (p *run) ID() string                              { return p.id }
func (p *run) Pid() int                                { return p.number }
func (p *run) Signal(_ context.Context, sig int) error { return errors.New("not used") }
func (p *run) Wait(context.Context) (driver.ExitStatus, error) {
	p.owner.w.mu.Lock()
	owner := p.owner
	p.owner.w.mu.Unlock()
	select {
	case <-p.over:
	case <-owner.killed:
		select {}
	}
	owner.step("ended")
	p.outlet.Ended(p.status)
	owner.step("noted")
	owner.w.mu.Lock()
	defer owner.w.mu.Unlock()
	if owner.w.runs[p.id] == p {
		delete(owner.w.runs, p.id)
	}
	return p.status, nil
}

// exit ends the run of an id.
func (w *world) exit(t *testing.T, id string, status driver.ExitStatus) {
	t.Helper()
	if err := w.end(id, status); err != nil {
		t.Fatal(err)
	}
}

func (w *world) end(id string, status driver.ExitStatus) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.runs[id]
	if p == nil || isClosed(p.over) {
		return fmt.Errorf("%s: %w", id, driver.ErrNotRunning)
	}
	p.status = status
	close(p.over)
	return nil
}

func (w *world) count(id string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.starts[id]
}

func (e *engine) Kill(_ context.Context, c *driver.Command, sig int) error {
	return e.w.end(c.ID, driver.ExitStatus{ExitCode: 128 + sig, Signal: sig})
}

func (e *engine) SignalAll(ctx context.Context, c *driver.Command, sig int) error {
	return e.Kill(ctx, c, sig)
}

func (e *engine) Stop(_ context.Context, c *driver.Command, _ driver.StopOptions) (driver.ExitStatus, error) {
	status := driver.ExitStatus{Stopped: true}
	return status, e.w.end(c.ID, status)
}

func (e *engine) Terminate(_ context.Context, c *driver.Command) error {
	return e.w.end(c.ID, driver.ExitStatus{ExitCode: 137, Signal: 9, Stopped: true})
}

func (e *engine) Find(_ context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	var found []driver.ContainerInfo
	for id, p := range e.w.runs {
		if (f.ID == "" || f.ID == id) && !isClosed(p.over) {
			i := driver.ContainerInfo{ID: id, Pid: p.number, State: driver.StateRunning, Command: &driver.Command{ID: id}}
			if p.frozen {
				i.State = driver.StatePaused
			}
			found = append(found, i)
		}
	}
	return found, nil
}

// StartExec runs a program of a health check: its name is its exit code.
func (e *engine) StartExec(_ context.Context, c *driver.Command, p *driver.ProcessConfig, _ *driver.Pipes, _ driver.Hooks) (driver.Process, error) {
	x := &run{id: c.ID, over: make(chan struct{}), owner: e, outlet: Outlet{Ended: func(driver.ExitStatus) {}}}
	if p.Entrypoint == "false" {
		x.status.ExitCode = 1
	}
	close(x.over)
	return x, nil
}
