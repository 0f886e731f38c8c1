//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/execlua/execlua/driver"
)

// follow sees a run to its end, and those after it.
func (s *service) follow() {
	defer s.end()
	defer func() {
		if p := recover(); p != nil {
			s.warn(fmt.Errorf("panic: %v", p))
		}
	}()
	for {
		if _, _, run, _ := s.state(); run != nil {
			s.await(run)
		}
		if !s.renew() {
			return
		}
	}
}

func (s *service) await(run driver.Process) {
	status, err := run.Wait(context.Background())
	s.mu.Lock()
	unwatch := s.unwatch
	s.mu.Unlock()
	unwatch()
	s.mu.Lock()
	s.run = nil
	noted := s.record.Status != nil
	s.mu.Unlock()
	if !noted {
		s.hasEnded(status)
	}
	if err != nil {
		s.warn(err)
	}
}

// renew starts the container again, unless it is to stay ended. One that an earlier
// keeper was about to start is not counted once more.
func (s *service) renew() bool {
	r, c, _, _ := s.state()
	row, delay, yes := r.again(c.Restart)
	if r.Phase != starting {
		if !yes || !s.sleep(delay) {
			return false
		}
		s.try(func(r *record) {
			r.Restarts++
			r.Row, r.Renew = row, false
			r.begin()
		})
	}
	switch err := s.start(context.Background(), driver.Hooks{}); {
	case errors.Is(err, errAsked):
		s.try(func(now *record) { now.Phase, now.Finished, now.Status = exited, r.Finished, r.Status })
		return false
	case err != nil:
		s.warn(fmt.Errorf("start again: %w", err))
		s.hasEnded(driver.ExitStatus{ExitCode: -1})
		return true
	}
	s.emit(driver.Event{Kind: driver.EventRestarted})
	return true
}

// sleep waits; false when the end of the container is asked for meanwhile.
func (s *service) sleep(d time.Duration) bool {
	s.mu.Lock()
	asked := s.asked
	s.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-asked:
		return false
	}
}

// begin is the step to a run after the first.
func (r *record) begin() {
	r.Phase, r.Status, r.Finished, r.Health = starting, nil, time.Time{}, ""
}

// giveUp has a container that is between two runs stay as it is. What is left of the
// first may still be there: it is waited for.
func (s *service) giveUp(ctx context.Context, op string) error {
	if r, _, _, live := s.state(); !live || r.Phase != exited {
		return nil
	}
	s.ask()
	_, err := s.wait(ctx, op)
	return err
}

// again starts a container that has ended since somebody wants it, be it that its
// policy would do so later.
func (s *service) again(ctx context.Context) error {
	if err := s.giveUp(ctx, "restart"); err != nil {
		return err
	}
	s.mu.Lock()
	switch {
	case s.removing:
		s.mu.Unlock()
		return driver.ErrNotFound
	case s.live:
		s.mu.Unlock()
		return driver.ErrBusy
	}
	s.enliven()
	before := s.record
	s.mu.Unlock()
	s.keeper.change()
	err := s.note(func(r *record) {
		r.Stopping, r.Killed, r.Row, r.Renew = false, 0, 0, false
		r.begin()
	})
	if err == nil {
		err = s.start(ctx, driver.Hooks{})
	}
	if err != nil {
		s.try(func(r *record) { *r = before })
		s.end()
		return err
	}
	s.emit(driver.Event{Kind: driver.EventRestarted})
	go s.follow()
	return nil
}

// resume goes on with what an earlier keeper has left.
func (s *service) resume() error {
	switch s.record.Phase {
	case created: // whoever asked for it was not told that it is there
		err := s.remove()
		s.end()
		s.keeper.drop(s)
		return err
	case exited:
		if err := s.held.Sweep(); err != nil {
			return err
		}
	default:
		run, status, err := s.held.Adopt(s.cmd.Clone(), s.outlet(), s.record.Started)
		switch {
		case err != nil:
			return err
		case run != nil:
			s.runs(run, s.record.Started)
		case status != nil:
			s.hasEnded(*status)
			if err := s.held.Sweep(); err != nil {
				return err
			}
		case s.record.Phase == running: // somebody else has removed it
			s.hasEnded(driver.ExitStatus{ExitCode: -1, Unknown: true})
		}
	}
	go s.follow()
	return nil
}
