//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

// service is one detached container over all its runs. What has to outlive the
// keeper is in the record. It is written before a step that must not be taken
// twice, such as a restart, and with the end of a run before the run is removed.
type service struct {
	keeper *Keeper
	id     string
	log    *logFiles

	mu       sync.Mutex
	held     Reservation
	record   record
	cmd      *driver.Command
	run      driver.Process // nil between two runs
	unwatch  func()         // ends the health check of the run, and waits for its end
	live     bool           // it runs, is being started, or is to be started again
	removing bool
	ended    chan struct{} // closed when it is not live any more
	asked    chan struct{} // closed when its end is asked for
}

func (k *Keeper) service(r record, c *driver.Command, held Reservation) *service {
	s := &service{keeper: k, id: c.ID, held: held, record: r, cmd: c, unwatch: func() {}}
	s.log = newLogFiles(filepath.Join(k.logs, c.ID), c.LogFiles, s.warn)
	s.enliven()
	return s
}

// enliven begins a time of being live. It needs the lock, once others see the service.
func (s *service) enliven() {
	s.live, s.ended, s.asked = true, make(chan struct{}), make(chan struct{})
}

// end ends it.
func (s *service) end() {
	if err := s.log.end(); err != nil {
		s.warn(err)
	}
	s.mu.Lock()
	s.live = false
	close(s.ended)
	s.mu.Unlock()
	s.keeper.change()
}

// state is a copy of what changes.
func (s *service) state() (r record, c *driver.Command, run driver.Process, live bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record, s.cmd, s.run, s.live
}

func (s *service) warn(err error) {
	s.keeper.warn("container "+s.id, err)
	s.emit(driver.Event{Kind: driver.EventWarning, Message: err.Error()})
}

func (s *service) emit(e driver.Event) {
	e.ID = s.id
	s.keeper.engine.Emit(e)
}

// note changes the record and writes it. What cannot be written holds for as long
// as the keeper lives.
func (s *service) note(change func(r *record)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.record)
	if s.removing {
		return nil
	}
	return s.record.write(recordPath(s.keeper.root, s.id))
}

// try is note for a change that is made in any case.
func (s *service) try(change func(r *record)) {
	if err := s.note(change); err != nil {
		s.warn(err)
	}
}

// first starts a new container. Nothing of it stays when that fails.
func (s *service) first(ctx context.Context, hooks driver.Hooks) error {
	err := s.found()
	if err == nil {
		err = s.start(ctx, hooks)
	}
	if err == nil {
		go s.follow()
		return nil
	}
	if s.held != nil {
		if rerr := s.remove(); rerr != nil {
			err = errors.Join(err, rerr)
		}
	}
	s.end()
	s.keeper.drop(s)
	return err
}

// found takes the id, and makes the directories and the record.
func (s *service) found() (err error) {
	if s.held, err = s.keeper.engine.Reserve(s.id); err != nil {
		return err
	}
	dir, logs := s.dir(), s.log.dir
	err = errors.Join(os.RemoveAll(dir), os.RemoveAll(logs), os.MkdirAll(logs, 0o700), os.MkdirAll(dir, 0o700))
	if err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	return s.note(func(*record) {})
}

func (s *service) dir() string { return filepath.Join(Dir(s.keeper.root), s.id) }

// remove removes all of a container that is not live. The id is free at the moment
// at which the record goes, and not before: nobody finds it half removed.
func (s *service) remove() error {
	err := s.held.Release()
	if err == nil && s.log.dir != s.dir() {
		err = os.RemoveAll(s.log.dir)
	}
	if err == nil {
		err = os.RemoveAll(s.dir())
	}
	return err
}

var errAsked = errors.New("its end was asked for")

// start makes one run. It is given up when the end of the container is asked for.
func (s *service) start(ctx context.Context, hooks driver.Hooks) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.mu.Lock()
	asked := s.asked
	s.mu.Unlock()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-asked:
			cancel(errAsked)
		case <-over:
		}
	}()
	run, err := s.held.Start(ctx, s.cmd.Clone(), s.outlet(), hooks)
	if err != nil {
		return err
	}
	s.runs(run, time.Now())
	return nil
}

func (s *service) outlet() Outlet {
	return Outlet{Dir: s.dir(), Stdout: s.log.stream("stdout"), Stderr: s.log.stream("stderr"), Ended: s.hasEnded}
}

// runs notes a run, which may have ended already.
func (s *service) runs(run driver.Process, since time.Time) {
	ctx, cancel := context.WithCancel(context.Background())
	watched := make(chan struct{})
	s.try(func(r *record) {
		s.run, s.unwatch = run, func() { cancel(); <-watched }
		if r.Started = since; r.Status == nil {
			r.Phase = running
		} else {
			r.Started = r.Finished.Add(-r.Status.Duration)
		}
	})
	r, c, _, _ := s.state()
	if c.HealthCheck == nil {
		close(watched)
	} else {
		go func() {
			defer close(watched)
			s.watchHealth(ctx)
		}()
	}
	if r.Stopping { // asked for while it was being started
		go func() { _, _ = s.keeper.engine.Stop(ctx, c, driver.StopOptions{}) }() // it has ended otherwise
	}
}

// hasEnded notes how a run has ended, while all of it is still there: a keeper
// that is killed from here on does not lose it.
func (s *service) hasEnded(status driver.ExitStatus) {
	s.try(func(r *record) {
		r.Phase, r.Finished, r.Status = exited, time.Now(), &status
	})
}
