package fake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/logs"
)

// service is a detached container: one life after the other under one id. It is
// the Process of StartDetached and Restart, and stands for the life of now.
type service struct {
	id     string
	engine *Driver
	made   time.Time
	log    logs.Log

	// Guarded by Driver.mu:
	life     *container // of now, or the last
	restarts int        // by policy or health check
	row      int        // of them, since the last life that lasted
	finished time.Time  // of the life; zero while it goes on
	health   driver.Health
	kill     int           // the last signal that Kill has sent
	renewed  bool          // the health check has ended the life, for another to begin
	left     chan struct{} // closed when somebody has asked for the end: no life is to follow
	doomed   bool          // nothing is to stay after the end
	end      *ending       // replaced by Restart
}

// ending is the end after which no life follows.
type ending struct {
	done   chan struct{} // closed then
	status driver.ExitStatus
}

// unheard is where the output of a detached container goes after the log: one
// writer for each stream, since one for both would make one stream of them.
type unheard struct{ _ byte }

func (*unheard) Write(p []byte) (int, error) { return len(p), nil }

func unheardPipes() *driver.Pipes { return &driver.Pipes{Stdout: &unheard{}, Stderr: &unheard{}} }

// StartDetached implements driver.Detacher.
func (d *Driver) StartDetached(ctx context.Context, c *driver.Command, hooks driver.Hooks) (driver.Process, error) {
	d.record(Call{Verb: "start", Command: c, Detached: true})
	s, err := d.detach(ctx, c, hooks)
	if err != nil {
		return nil, failed("start", idOf(c), err)
	}
	return s, nil
}

func (d *Driver) detach(ctx context.Context, c *driver.Command, hooks driver.Hooks) (*service, error) {
	err := driver.Validate(c)
	if err == nil {
		err = driver.ValidateDetached(c, hooks)
	}
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	program, err := d.answer(ctx, Call{Verb: "start", ID: c.ID, Command: c.Clone(), Detached: true})
	if err != nil {
		return nil, err
	}
	s := &service{id: c.ID, engine: d, made: d.clock.Now(), log: logs.Log{Clock: d.clock}, left: make(chan struct{}), end: &ending{done: make(chan struct{})}}
	b, err := s.claim(ctx, c.Clone(), hooks, program)
	if err != nil {
		return nil, err
	}
	err = d.begin(ctx, b)
	if !b.unwatch() && err == nil {
		err = context.Cause(ctx) // it has ended before the start had, and so stopped the container
	}
	if err != nil {
		d.finish(ctx, b, err)
		s.conclude()
		return nil, b.err
	}
	s.begun(ctx, b)
	return s, nil
}

// claim makes the first life.
func (s *service) claim(ctx context.Context, c *driver.Command, hooks driver.Hooks, program program) (*container, error) {
	d := s.engine
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.containers[s.id] != nil {
		return nil, driver.ErrExists
	}
	return s.newLife(ctx, c, hooks, program)
}

// newLife makes a container whose program does not run yet. It needs Driver.mu.
func (s *service) newLife(ctx context.Context, c *driver.Command, hooks driver.Hooks, program program) (*container, error) {
	b, err := s.engine.newContainer(ctx, &container{command: c, hooks: hooks, made: s.made, log: &s.log, service: s}, unheardPipes(), program)
	if err != nil {
		return nil, err
	}
	s.life, s.finished, s.kill = b, time.Time{}, 0
	if s.health = driver.HealthNone; c.HealthCheck != nil {
		s.health = driver.HealthStarting
	}
	return b, nil
}

// begun is the moment from which a life goes on by itself.
func (s *service) begun(ctx context.Context, b *container) {
	ctx = context.WithoutCancel(ctx)
	s.engine.clock.Go(func() { s.supervise(ctx, b) })
	if b.command.HealthCheck != nil {
		s.engine.clock.Go(func() { s.watchHealth(ctx, b) })
	}
}

// Restart implements driver.Detacher. It does not wait for the delay of a restart
// that is due by the policy.
func (d *Driver) Restart(ctx context.Context, id string) (driver.Process, error) {
	d.record(Call{Verb: "restart", ID: id})
	s, err := d.restart(ctx, id)
	if err != nil {
		return nil, failed("restart", id, err)
	}
	return s, nil
}

func (d *Driver) restart(ctx context.Context, id string) (*service, error) {
	d.mu.Lock()
	b := d.containers[id]
	switch {
	case b == nil:
		d.mu.Unlock()
		return nil, driver.ErrNotFound
	case b.state() != Exited:
		err := fmt.Errorf("%w: it is %s", driver.ErrBusy, b.state())
		d.mu.Unlock()
		return nil, err
	case b.service == nil:
		d.mu.Unlock()
		return nil, fmt.Errorf("%w: it is not detached", driver.ErrUnsupported)
	}
	s := b.service
	s.leave()
	d.mu.Unlock()
	if _, err := s.wait(ctx); err != nil {
		return nil, err
	}
	if err := s.next(ctx, true); err != nil {
		return nil, err
	}
	return s, nil
}

// ID implements driver.Process.
func (s *service) ID() string { return s.id }

// Pid implements driver.Process.
func (s *service) Pid() int { return s.now().Pid() }

// Signal implements driver.Process.
func (s *service) Signal(ctx context.Context, sig int) error {
	b := s.now()
	s.engine.mu.Lock()
	b.killed(sig)
	s.engine.mu.Unlock()
	return b.Signal(ctx, sig)
}

// Wait implements driver.Process: it returns when no life is to follow.
func (s *service) Wait(ctx context.Context) (driver.ExitStatus, error) {
	status, err := s.wait(ctx)
	return status, failed("wait", s.id, err)
}

func (s *service) wait(ctx context.Context) (driver.ExitStatus, error) {
	s.engine.mu.Lock()
	end := s.end
	s.engine.mu.Unlock()
	if err := s.engine.awaitIn(ctx, end.done); err != nil {
		return driver.ExitStatus{ExitCode: -1}, err
	}
	return end.status, nil
}

func (s *service) now() *container {
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	return s.life
}

// describe adds what Find tells of a detached container. It needs Driver.mu.
func (s *service) describe(i *driver.ContainerInfo) {
	i.Detached, i.Restarts, i.Health = true, s.restarts, s.health
	i.Started, i.Finished = s.life.process.startedAt(), s.finished
	if i.State == driver.StateExited {
		status := s.life.process.exitStatus()
		i.Status = &status
	}
}

// killed remembers the signal of a Kill, after which no life follows if it ends
// this one. It needs Driver.mu.
func (b *container) killed(sig int) {
	if b != nil && b.service != nil && sig != 0 {
		b.service.kill = sig
	}
}

// leave lets no life follow. It needs Driver.mu.
func (s *service) leave() {
	if !s.asked() {
		close(s.left)
	}
}

// asked tells whether somebody has asked for the end. It needs Driver.mu.
func (s *service) asked() bool {
	select {
	case <-s.left:
		return true
	default:
		return false
	}
}

var errAsked = errors.New("its end was asked for")
