package luabind

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
)

// callbacks is what went wrong in the functions that listen to a handle. It is
// told once: by wait, or else at the end of the script.
type callbacks struct {
	mu     sync.Mutex
	errs   []error
	failed chan struct{} // closed when there are errors; nil while nobody waits
}

func (c *callbacks) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs = append(c.errs, err)
	if c.failed != nil {
		close(c.failed)
		c.failed = nil
	}
}

// broken is closed when there is an error to take.
func (c *callbacks) broken() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = make(chan struct{})
	}
	failed := c.failed
	if len(c.errs) > 0 {
		close(c.failed)
		c.failed = nil
	}
	return failed
}

// take returns what has gone wrong since it was last called.
func (c *callbacks) take() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := unjoin(errors.Join(c.errs...))
	c.errs = nil
	return err
}

func (v *VM) subscriptionClass() bind.Class {
	return bind.Class{Name: "subscription", Doc: "A function that listens to a container.", Methods: []bind.Func{
		{Name: "cancel", Doc: "Stops the calls; one that is under way goes on.", Method: true, Fn: func(s *subscription) { s.cancel() }},
	}}
}

func (v *VM) subscribe(s *subscription) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.listening == nil {
		v.listening = map[*subscription]bool{}
	}
	v.listening[s] = true
}

// unsubscribe forgets a subscription that has ended, but not how.
func (v *VM) unsubscribe(s *subscription, failure error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.listening, s)
	if failure != nil {
		s.handle.callbacks.fail(failure)
		v.broken = append(v.broken, s.handle)
	}
}

// joinSubscriptions ends those whose containers go on without the script, and
// waits for the others, which will see the end. The blocking calls of a function
// that is still busy after the grace period fail.
func (v *VM) joinSubscriptions() {
	v.mu.Lock()
	list := slices.Collect(maps.Keys(v.listening))
	v.mu.Unlock()
	patience, cancel := context.WithTimeout(context.Background(), v.opts.Grace)
	defer cancel()
	for _, s := range list {
		if !s.handle.isGone(patience) {
			s.cancel()
		}
		busy := v.opts.clock.Idle(clock.Closed(s.done, patience.Done()))
		select {
		case <-s.done:
		case <-patience.Done():
		}
		busy()
		select {
		case <-s.done:
		default:
			s.endCalls()
			<-s.done
		}
	}
}

// untold are the errors of callbacks that no wait has raised.
func (v *VM) untold() []error {
	v.mu.Lock()
	broken := v.broken
	v.broken = nil
	v.mu.Unlock()
	var errs []error
	for _, h := range broken {
		if err := h.callbacks.take(); err != nil {
			errs = append(errs, v.scriptError(err))
		}
	}
	return errs
}
