//go:build linux

package keeper

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/execlua/execlua/driver"
)

func encodeCommand(c *driver.Command) (json.RawMessage, error) { return json.Marshal(c) }

// Find lists the containers, ended ones too.
func (k *Keeper) Find(ctx context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	if err := f.Check(); err != nil {
		return nil, &driver.Error{Op: "find", Err: err}
	}
	runs, err := k.engine.Find(ctx, driver.Filter{ID: f.ID})
	if err != nil {
		return nil, err
	}
	var found []driver.ContainerInfo
	for _, s := range k.all() {
		at := slices.IndexFunc(runs, func(i driver.ContainerInfo) bool { return i.ID == s.id })
		var run *driver.ContainerInfo
		if at >= 0 {
			run = &runs[at]
		}
		if i, ok := s.describe(run); ok && f.Matches(&i) {
			found = append(found, i)
		}
	}
	sortInfo(found)
	return found, nil
}

func sortInfo(list []driver.ContainerInfo) {
	slices.SortFunc(list, func(a, b driver.ContainerInfo) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
}

// describe adds to what the engine knows of a run; false when there is nothing yet
// that anybody may see.
func (s *service) describe(run *driver.ContainerInfo) (driver.ContainerInfo, bool) {
	r, c, _, _ := s.state()
	var i driver.ContainerInfo
	switch {
	case run != nil:
		i = *run
	case r.Phase == created:
		return i, false
	default:
		i.Command, i.State = c.Clone(), driver.StateCreated
		if r.Phase != starting {
			i.State = driver.StateExited
		}
	}
	i.ID, i.Labels, i.Created = s.id, i.Command.Labels, r.Created
	i.Detached, i.Started, i.Finished = true, r.Started, r.Finished
	i.Restarts, i.Health = r.Restarts, r.Health
	if r.Phase == starting && r.Row > 0 {
		i.Restarts-- // noted, and not yet made
	}
	if r.Status != nil {
		i.Status = new(*r.Status)
	}
	return i, true
}

// process is a container in the hands of a caller. It implements driver.Process.
type process struct {
	s   *service
	pid int
}

// process is the container as its starter gets it.
func (s *service) process() *process {
	p := &process{s: s}
	if _, _, run, _ := s.state(); run != nil {
		p.pid = run.Pid()
	}
	return p
}

func (p *process) ID() string { return p.s.id }
func (p *process) Pid() int   { return p.pid }

func (p *process) Signal(ctx context.Context, sig int) error {
	_, c, _, _ := p.s.state()
	return p.s.keeper.Kill(ctx, c, sig)
}

func (p *process) Wait(ctx context.Context) (driver.ExitStatus, error) { return p.s.wait(ctx, "wait") }

// wait waits until the container is not live.
func (s *service) wait(ctx context.Context, op string) (driver.ExitStatus, error) {
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	select {
	case <-ended:
	default:
		select {
		case <-ended:
		case <-ctx.Done():
			err := fmt.Errorf("%w: %w", driver.ErrWaitTimeoutReached, context.Cause(ctx))
			return driver.ExitStatus{ExitCode: -1}, &driver.Error{Op: op, ID: s.id, Err: err}
		}
	}
	if r, _, _, _ := s.state(); r.Status != nil {
		return *r.Status, nil
	}
	return driver.ExitStatus{ExitCode: -1}, nil
}
