//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// watchHealth checks a run now and then until ctx ends, which is when it does.
func (s *service) watchHealth(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.warn(fmt.Errorf("health check: panic: %v", p))
		}
	}()
	r, c, _, _ := s.state()
	h := c.HealthCheck
	state := checkState{health: r.Health, retries: h.Retries, grace: r.Started.Add(orDefault(h.StartPeriod, 0))}
	if state.health == driver.HealthNone {
		state.health = driver.HealthStarting
		s.try(func(r *record) { r.Health = driver.HealthStarting })
	}
	for {
		err := s.check(ctx, h)
		if ctx.Err() != nil {
			return
		}
		if r, _, _, _ := s.state(); err != nil && (r.Stopping || r.Phase == exited) {
			return // it fails since the program ends, or has ended
		}
		if !errors.Is(err, errPaused) && state.see(err, time.Now()) {
			s.healthIs(state.health)
			if state.health == driver.HealthUnhealthy && s.heal(h.OnFailure) {
				return
			}
		}
		timer := time.NewTimer(orDefault(h.Every, driver.DefaultHealthEvery))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

func orDefault(d *time.Duration, fallback time.Duration) time.Duration {
	if d == nil {
		return fallback
	}
	return *d
}

// checkState is what the checks of one run have found so far.
type checkState struct {
	health  driver.Health
	failed  int // in a row
	retries int
	grace   time.Time // until then failures do not count
}

// see takes the result of a check, and tells whether the health has changed.
func (c *checkState) see(err error, now time.Time) bool {
	before := c.health
	switch {
	case err == nil:
		c.failed, c.health = 0, driver.HealthHealthy
	case c.health == driver.HealthStarting && now.Before(c.grace):
	default:
		c.failed++
		retries := c.retries
		if retries == 0 {
			retries = driver.DefaultHealthRetries
		}
		if c.failed >= retries {
			c.health = driver.HealthUnhealthy
		}
	}
	return c.health != before
}

func (s *service) healthIs(health driver.Health) {
	s.try(func(r *record) { r.Health = health })
	s.emit(driver.Event{Kind: driver.EventHealth, Message: string(health)})
}

// heal does what is to be done about an unhealthy container, and tells whether
// that is its end.
func (s *service) heal(what string) bool {
	switch what {
	case "restart":
		s.try(func(r *record) { r.Renew = true })
	case "stop":
		s.try(func(r *record) { r.Stopping = true })
	default:
		return false
	}
	_, c, _, _ := s.state()
	if _, err := s.keeper.engine.Stop(context.Background(), c, driver.StopOptions{}); err != nil && !over(err) {
		s.warn(fmt.Errorf("unhealthy, and cannot be stopped: %w", err))
	}
	return true
}

// errPaused: a frozen container is neither healthy nor unhealthy.
var errPaused = errors.New("paused")

// check is one check.
func (s *service) check(ctx context.Context, h *driver.HealthCheck) error {
	found, err := s.keeper.engine.Find(ctx, driver.Filter{ID: s.id})
	if err != nil || len(found) == 0 {
		return errPaused // it is about to end
	}
	if found[0].State == driver.StatePaused {
		return errPaused
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(h.Timeout, driver.DefaultHealthTimeout))
	defer cancel()
	switch {
	case len(h.Exec) > 0:
		return s.checkExec(ctx, h.Exec)
	case h.TCP != "":
		return checkTCP(ctx, found[0].Pid, h.TCP)
	default:
		return checkHTTP(ctx, found[0].Pid, h.HTTP)
	}
}

// checkExec runs a program inside, and kills it when it takes too long: to ask it
// to stop would take as long again.
func (s *service) checkExec(ctx context.Context, argv []string) error {
	_, c, _, _ := s.state()
	p, err := s.keeper.engine.StartExec(context.WithoutCancel(ctx), c,
		&driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}, nil, driver.Hooks{})
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = p.Signal(context.Background(), int(unix.SIGKILL)) }) // or it has just ended
	defer stop()
	status, err := p.Wait(context.Background())
	if err == nil && status.ExitCode != 0 {
		err = fmt.Errorf("exit code %d", status.ExitCode)
	}
	return err
}
