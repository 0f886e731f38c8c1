// Package events tells what happens to the containers of an engine to whoever
// wants to know, so that all engines keep the contract of driver.Eventer.
package events

import (
	"context"
	"iter"
	"sync"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// Broadcaster hands events to any number of readers. The zero value is ready.
//
// The events are a linked list of which the broadcaster holds the end only and
// each reader its own place: a reader waits for nobody, and what all have read
// is garbage.
type Broadcaster struct {
	Clock *clock.Clock // set before use; nil is the machine's

	mu   sync.Mutex
	seq  uint64
	next *node
}

// node is the place of one event.
type node struct {
	filled chan struct{} // closed when event and next are there
	event  driver.Event
	next   *node
}

func newNode() *node { return &node{filled: make(chan struct{})} }

// Emit gives the event its number, and its time unless it has one, and never waits. Calls that
// follow each other are read in that order.
func (b *Broadcaster) Emit(e driver.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	if e.Seq = b.seq; e.Time.IsZero() {
		e.Time = b.Clock.Now()
	}
	n := b.end()
	n.event, n.next = e, newNode()
	b.next = n.next
	close(n.filled)
}

// end is the place of the next event. It needs the lock.
func (b *Broadcaster) end() *node {
	if b.next == nil {
		b.next = newNode()
	}
	return b.next
}

// Events is driver.Eventer's.
func (b *Broadcaster) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	b.mu.Lock()
	first := b.end()
	b.mu.Unlock()
	return func(yield func(driver.Event, error) bool) {
		for n := first; ; n = n.next {
			busy := b.Clock.Idle(clock.Closed(n.filled, ctx.Done()))
			select {
			case <-n.filled:
			case <-ctx.Done():
			}
			busy()
			if ctx.Err() != nil || !yield(n.event, nil) {
				return
			}
		}
	}
}

// HookFailed emits an event for each *driver.HookError in an error, and returns
// the error.
func (b *Broadcaster) HookFailed(err error) error {
	switch e := err.(type) {
	case *driver.HookError:
		b.Emit(driver.Event{ID: e.ID, Kind: driver.EventHookFailed, Stage: e.Stage, Message: e.Error()})
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			_ = b.HookFailed(one)
		}
	}
	return err
}
