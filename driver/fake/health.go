package fake

import (
	"cmp"
	"context"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// watchHealth looks at a life now and then, until it ends. A paused container is
// left alone.
func (s *service) watchHealth(ctx context.Context, b *container) {
	h := b.command.HealthCheck
	failures := 0
	for began := s.engine.clock.Now(); b.idle(or(h.Every, driver.DefaultHealthEvery)); {
		healthy, known := s.check(ctx, b, h)
		switch {
		case !known:
		case healthy:
			failures = 0
			s.found(b, driver.HealthHealthy)
		case s.engine.clock.Now().Sub(began) >= or(h.StartPeriod, 0):
			failures++
		}
		if failures < cmp.Or(h.Retries, driver.DefaultHealthRetries) {
			continue
		}
		s.found(b, driver.HealthUnhealthy)
		switch h.OnFailure {
		case "restart":
			s.renew(b)
			return
		case "stop":
			s.engine.stop(b, b.stopSignal, b.stopGrace, nil)
			return
		}
	}
}

func or(d *time.Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return *d
}

// idle waits while the container runs; false when it has ended.
func (b *container) idle(d time.Duration) bool {
	c := b.engine.clock
	passed, stop := c.After(d)
	defer stop()
	defer c.Idle(clock.Closed(passed, b.process.done))()
	select {
	case <-passed:
		return true
	case <-b.process.done:
		return false
	}
}

// check is one check. There is no network: what an address answers is up to
// Driver.Reply, and well without it.
func (s *service) check(ctx context.Context, b *container, h *driver.HealthCheck) (healthy, known bool) {
	d := s.engine
	process := &driver.ProcessConfig{Entrypoint: h.TCP + h.HTTP}
	if len(h.Exec) > 0 {
		process = &driver.ProcessConfig{Entrypoint: h.Exec[0], Arguments: h.Exec[1:]}
	}
	program, err := d.ruled(ctx, Call{Verb: "health", ID: s.id, Command: b.command.Clone(), Process: process.Clone()})
	if program == nil {
		program = d.program
		if len(h.Exec) == 0 {
			return true, true
		}
	}
	ctx, cancel := d.clock.WithTimeout(ctx, or(h.Timeout, driver.DefaultHealthTimeout), nil)
	defer cancel()
	d.mu.Lock()
	if b.state() != Running {
		d.mu.Unlock()
		return false, false
	}
	if err != nil {
		d.mu.Unlock()
		return false, true
	}
	p := d.spawn(ctx, b, process, nil, program, (*Process).kill)
	d.mu.Unlock()
	d.leave(b, p, nil)
	return p.status.ExitCode == 0, !b.process.hasEnded()
}

// found takes down what a check has found.
func (s *service) found(b *container, health driver.Health) {
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	if s.life == b && s.health != health && !b.process.hasEnded() {
		s.health = health
		b.emit(driver.Event{Kind: driver.EventHealth, Message: string(health)})
	}
}

// renew ends a life for another to begin.
func (s *service) renew(b *container) {
	s.engine.mu.Lock()
	s.renewed = true
	b.stopping()
	s.engine.mu.Unlock()
	b.process.stop(b.stopSignal, b.stopGrace, nil)
}
