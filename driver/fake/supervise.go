package fake

import (
	"context"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// supervise sees a life through, and lets the next begin when one is to follow.
func (s *service) supervise(ctx context.Context, b *container) {
	s.engine.end(b)
	b.settle()
	if delay, again := s.ended(b); again && s.idle(delay) {
		err := s.next(ctx, false)
		if err == nil {
			return
		}
		if err != errAsked {
			b.emit(driver.Event{Kind: driver.EventWarning, Message: "not started again: " + err.Error()})
		}
	}
	s.conclude()
}

// ended takes down that a life is over, and tells whether another is to follow, and
// after how long.
func (s *service) ended(b *container) (delay time.Duration, again bool) {
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	s.finished = s.engine.clock.Now()
	if b.status.Duration >= driver.RestartRow {
		s.row = 0
	}
	p, status := b.command.Restart, b.status
	switch {
	case s.asked(), s.kill != 0 && (status.Signal == s.kill || status.ExitCode == 128+s.kill):
		return 0, false
	case s.renewed, p != nil && p.Always:
	case p == nil, status.ExitCode == 0, s.row >= p.OnFailure:
		return 0, false
	}
	delay = backoff(p, s.row)
	s.row++
	s.renewed = false
	return delay, true
}

// backoff is the delay after so many restarts in a row.
func backoff(p *driver.RestartPolicy, row int) time.Duration {
	delay := driver.DefaultRestartDelay
	if p != nil && p.Delay != nil {
		delay = *p.Delay
	}
	for ; row > 0 && delay < driver.MaxRestartDelay; row-- {
		delay = min(2*delay, driver.MaxRestartDelay)
	}
	return delay
}

// idle waits between two lives, unless somebody asks for the end.
func (s *service) idle(delay time.Duration) bool {
	s.engine.mu.Lock()
	left := s.left
	s.engine.mu.Unlock()
	c := s.engine.clock
	passed, stop := c.After(delay)
	defer stop()
	defer c.Idle(clock.Closed(passed, left))()
	select {
	case <-passed:
		return true
	case <-left:
		return false
	}
}

// next begins another life, asked for by Restart or by what was decided when the
// last one ended.
func (s *service) next(ctx context.Context, asked bool) error {
	d := s.engine
	d.mu.Lock()
	c := s.life.now()
	d.mu.Unlock()
	program, err := d.answer(ctx, Call{Verb: "restart", ID: s.id, Command: c.Clone()})
	if err != nil {
		return err
	}
	d.mu.Lock()
	b, err := s.follow(ctx, c, program, asked)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	if d.release(b) == nil { // else it was killed first, which the supervisor sees
		b.emit(driver.Event{Kind: driver.EventRestarted, Pid: b.Pid()})
	}
	s.begun(ctx, b)
	return nil
}

// follow makes the next life, unless things have changed meanwhile. It needs Driver.mu.
func (s *service) follow(ctx context.Context, c *driver.Command, program program, asked bool) (*container, error) {
	d := s.engine
	switch {
	case d.containers[s.id] != s.life:
		return nil, driver.ErrNotFound
	case s.life.state() != Exited:
		return nil, driver.ErrBusy
	case !asked && s.asked():
		return nil, errAsked
	}
	b, err := s.newLife(context.WithoutCancel(ctx), c, driver.Hooks{}, program)
	if err != nil {
		return nil, err
	}
	if !asked {
		s.restarts++
		return b, nil
	}
	s.row, s.renewed, s.left = 0, false, make(chan struct{})
	s.end = &ending{done: make(chan struct{})}
	s.log.Reopen()
	return b, nil
}

// conclude is the end after which no life follows.
func (s *service) conclude() {
	s.log.Close()
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	s.end.status = s.life.process.exitStatus()
	close(s.end.done)
	if s.doomed {
		s.remove()
	}
}

// doom lets nothing stay of the container after its end. It needs Driver.mu.
func (s *service) doom() {
	s.doomed = true
	select {
	case <-s.end.done:
		s.remove()
	default:
	}
}

// remove needs Driver.mu.
func (s *service) remove() {
	if s.engine.containers[s.id] == s.life {
		delete(s.engine.containers, s.id)
		s.life.emit(driver.Event{Kind: driver.EventRemoved})
	}
}
