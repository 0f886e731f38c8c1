package events

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/execlua/execlua/driver"
)

// Many write, many read at their own speed, and all read the same.
func TestAllInOrder(t *testing.T) {
	const writers, each, readers = 8, 500, 5
	var b Broadcaster
	b.Emit(driver.Event{ID: "before anybody listens"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got := make([][]driver.Event, readers)
	var all sync.WaitGroup
	for i := range readers {
		events := b.Events(ctx) // from here on, not from the range on
		all.Go(func() {
			for e, err := range events {
				if err != nil {
					t.Error(err)
				}
				got[i] = append(got[i], e)
				if i == 0 {
					runtime.Gosched()
				}
				if len(got[i]) == writers*each {
					break
				}
			}
		})
	}
	for w := range writers {
		all.Go(func() {
			for n := range each {
				b.Emit(driver.Event{ID: fmt.Sprint(w), Pid: n})
			}
		})
	}
	all.Wait()
	for i, events := range got {
		if !slices.EqualFunc(events, got[0], func(a, b driver.Event) bool { return a == b }) {
			t.Errorf("reader %d has read other events than reader 0", i)
		}
	}
	next := map[string]int{}
	for i, e := range got[0] {
		if e.Seq != uint64(i+2) || e.Pid != next[e.ID] || e.Time.IsZero() {
			t.Fatalf("event %d is %+v; want number %d, and pid %d", i, e, i+2, next[e.ID])
		}
		next[e.ID]++
	}
}

func TestTheContextEndsIt(t *testing.T) {
	var b Broadcaster
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := b.Events(ctx)
	b.Emit(driver.Event{})
	b.Emit(driver.Event{})
	n := 0
	for range events {
		n++
		cancel()
	}
	if n != 1 {
		t.Errorf("read %d events, want 1: the context has ended", n)
	}
	for range events {
		t.Error("an event after the end")
	}
}

// A sequence may be ranged over again, and starts at the same event.
func TestAgain(t *testing.T) {
	var b Broadcaster
	events := b.Events(t.Context())
	b.Emit(driver.Event{ID: "first"})
	for range 2 {
		for e := range events {
			if e.ID != "first" {
				t.Errorf("got %+v", e)
			}
			break
		}
	}
}

func TestHookFailed(t *testing.T) {
	var b Broadcaster
	events := b.Events(t.Context())
	first := &driver.HookError{ID: "box", Stage: driver.StagePostStop, Index: 0, Err: errors.New("no")}
	second := &driver.HookError{ID: "box", Stage: driver.StagePostStop, Index: 1, Err: errors.New("neither")}
	joined := errors.Join(first, errors.New("something else"), second)
	if err := b.HookFailed(joined); err != joined {
		t.Errorf("got %v", err)
	}
	if err := b.HookFailed(nil); err != nil {
		t.Errorf("got %v", err)
	}
	b.Emit(driver.Event{Message: "end"})
	var got []string
	for e := range events {
		if e.Message == "end" {
			break
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", e.ID, e.Kind, e.Stage, e.Message))
	}
	if want := []string{"box hook_failed post_stop post_stop hook 1: no", "box hook_failed post_stop post_stop hook 2: neither"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
