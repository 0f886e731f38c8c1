//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

// Options configure a keeper.
type Options struct {
	Root string // the state directory
	Logs string // where the logs are, a directory for each container; "" is beside the records
	// Warn gets what goes wrong where nobody waits for an answer. It may be nil.
	Warn func(message string, err error)
}

// Keeper looks after the detached containers of a state directory. It is an engine
// for them; it has no others.
type Keeper struct {
	engine     Engine
	root, logs string
	warn       func(message string, err error)

	mu       sync.Mutex
	services map[string]*service
	changed  chan struct{} // closed when a service comes or goes, or lives or ends; nil while nobody waits
}

var _ interface {
	driver.Driver
	driver.Detacher
	driver.ExecStarter
	driver.Stopper
	driver.Updater
	driver.Finder
	driver.Waiter
	driver.AllSignaller
	driver.Eventer
	driver.Logger
	driver.Attacher
} = (*Keeper)(nil)

// New opens the detached containers of a state directory: it goes on with those
// that run, and starts again those whose policy says so. Only one process may.
func New(engine Engine, o Options) (*Keeper, error) {
	k := &Keeper{engine: engine, root: o.Root, logs: o.Logs, warn: o.Warn, services: map[string]*service{}}
	if k.logs == "" {
		k.logs = Dir(k.root)
	}
	if k.warn == nil {
		k.warn = func(string, error) {}
	}
	if err := os.MkdirAll(Dir(k.root), 0o700); err != nil {
		return nil, fmt.Errorf("keeper: %w", err)
	}
	for _, id := range Kept(k.root) {
		if err := k.reopen(id); err != nil {
			k.warn(fmt.Sprintf("container %q is left alone", id), err)
		}
	}
	return k, k.forget()
}

// reopen goes on with the container that a record tells of.
func (k *Keeper) reopen(id string) error {
	r, c, err := readRecord(recordPath(k.root, id))
	if err != nil {
		return err
	}
	if r.ID != id || c.ID != id {
		return fmt.Errorf("the record in its directory is %q's", r.ID)
	}
	held, err := k.engine.Reserve(id)
	if err != nil {
		return err
	}
	s := k.service(*r, c, held)
	k.services[id] = s
	return s.resume()
}

// forget removes directories without a record: a keeper was killed when it made or
// removed them.
func (k *Keeper) forget() error {
	var errs []error
	for _, dir := range []string{Dir(k.root), k.logs} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
		for _, e := range entries {
			if e.IsDir() && !Keeps(k.root, e.Name()) {
				errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
			}
		}
	}
	return errors.Join(errs...)
}

// StartDetached is driver.Detacher's.
func (k *Keeper) StartDetached(ctx context.Context, c *driver.Command, hooks driver.Hooks) (driver.Process, error) {
	const op = "start"
	if err := check(c, hooks); err != nil {
		return nil, err
	}
	c = c.Clone()
	s, err := k.admit(c)
	if err != nil {
		return nil, &driver.Error{Op: op, ID: c.ID, Err: err}
	}
	if err := s.first(ctx, hooks); err != nil {
		return nil, inOp(op, c.ID, err)
	}
	return s.process(), nil
}

// check refuses what cannot be started.
func check(c *driver.Command, hooks driver.Hooks) error {
	if err := driver.Validate(c); err != nil {
		e := &driver.Error{Op: "start", Err: err}
		if c != nil {
			e.ID = c.ID
		}
		return e
	}
	if err := driver.ValidateDetached(c, hooks); err != nil {
		return &driver.Error{Op: "start", ID: c.ID, Err: err}
	}
	return nil
}

// admit enters a new container into the list.
func (k *Keeper) admit(c *driver.Command) (*service, error) {
	command, err := encodeCommand(c)
	if err != nil {
		return nil, err
	}
	s := k.service(record{ID: c.ID, Phase: created, Command: command, Created: time.Now()}, c, nil)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.services[c.ID] != nil || Keeps(k.root, c.ID) {
		return nil, driver.ErrExists
	}
	k.services[c.ID] = s
	k.changeLocked()
	return s, nil
}

// Restart is driver.Detacher's.
func (k *Keeper) Restart(ctx context.Context, id string) (driver.Process, error) {
	const op = "restart"
	s, err := k.find(op, id)
	if err != nil {
		return nil, err
	}
	if err := s.again(ctx); err != nil {
		return nil, inOp(op, id, err)
	}
	return s.process(), nil
}

// inOp puts the verb that was called into an error of the engine's, which has its own.
func inOp(op, id string, err error) error {
	if e, ok := err.(*driver.Error); ok {
		return &driver.Error{Op: op, ID: id, Err: e.Err, Hint: e.Hint}
	}
	return &driver.Error{Op: op, ID: id, Err: err}
}

func (k *Keeper) lookup(id string) *service {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.services[id]
}

// find is the container with the error that verbs answer.
func (k *Keeper) find(op, id string) (*service, error) {
	if s := k.lookup(id); s != nil {
		return s, nil
	}
	return nil, &driver.Error{Op: op, ID: id, Err: driver.ErrNotFound}
}

func (k *Keeper) all() []*service {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Values(k.services))
}

// drop takes a container that is gone from the list.
func (k *Keeper) drop(s *service) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.services, s.id)
	k.changeLocked()
}

// change wakes those who wait for one.
func (k *Keeper) change() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changeLocked()
}

func (k *Keeper) changeLocked() {
	if k.changed != nil {
		close(k.changed)
		k.changed = nil
	}
}

// Living counts the containers that run or are to be started again. The channel is
// closed when that may have changed.
func (k *Keeper) Living() (n int, changed <-chan struct{}) {
	k.mu.Lock()
	if k.changed == nil {
		k.changed = make(chan struct{})
	}
	changed = k.changed
	k.mu.Unlock()
	for _, s := range k.all() {
		if _, _, _, live := s.state(); live {
			n++
		}
	}
	return n, changed
}
