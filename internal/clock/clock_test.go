package clock_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/execlua/execlua/internal/clock"
)

// virtual is a clock on which the test is busy.
func virtual(t *testing.T) *clock.Clock {
	t.Helper()
	c := clock.New()
	c.Enter()
	c.SetVirtual(true)
	return c
}

func TestJumps(t *testing.T) {
	c := virtual(t)
	begun, really := c.Now(), time.Now()
	if err := c.Sleep(t.Context(), 24*time.Hour); err != nil || c.Now().Sub(begun) != 24*time.Hour {
		t.Errorf("%v after %v", err, c.Now().Sub(begun))
	}
	ctx, cancel := c.WithTimeout(t.Context(), time.Hour, errors.New("late"))
	defer cancel()
	if err := c.Sleep(ctx, math.MaxInt64); err == nil || context.Cause(ctx).Error() != "late" {
		t.Errorf("%v, %v", err, context.Cause(ctx))
	}
	if took := time.Since(really); took > 10*time.Second || c.Now().Sub(begun) != 25*time.Hour {
		t.Errorf("%v took %v", c.Now().Sub(begun), took)
	}
}

// Those of one moment come in the order in which they were made, each when the one
// before has come to rest.
func TestOrder(t *testing.T) {
	c := virtual(t)
	var order []int
	last, _ := c.After(time.Hour)
	for i, d := range []time.Duration{3, 1, 2, 1, -1} {
		c.AfterFunc(d*time.Minute, func() { order = append(order, i) })
	}
	if stopped := c.AfterFunc(time.Minute, func() { order = append(order, -1) }); !stopped.Stop() || stopped.Stop() {
		t.Error("a timer is stopped once")
	}
	busy := c.Idle(clock.Closed(last))
	<-last
	busy()
	if !slices.Equal(order, []int{4, 1, 3, 2, 0}) {
		t.Errorf("order %v", order)
	}
}

// What one has done and another has not noticed yet is not jumped over.
func TestHandOver(t *testing.T) {
	for range 1000 {
		c := virtual(t)
		begun := c.Now()
		told, seen := make(chan struct{}), make(chan time.Duration, 1)
		c.Go(func() {
			busy := c.Idle(clock.Closed(told))
			<-told
			busy()
			seen <- c.Now().Sub(begun)
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan time.Duration, 1)
		c.OnDone(ctx, func() { ended <- c.Now().Sub(begun) })
		close(told)
		cancel()
		if err := c.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if a, b := <-seen, <-ended; a != 0 || b != 0 {
			t.Fatalf("noticed after %v and %v", a, b)
		}
	}
}

// While somebody is busy time stands still, for as long as a timer really takes.
func TestBusy(t *testing.T) {
	c := virtual(t)
	begun, really := c.Now(), time.Now()
	passed, _ := c.After(50 * time.Millisecond)
	time.Sleep(10 * time.Millisecond)
	if now := c.Now(); !now.Equal(begun) {
		t.Errorf("%v have passed", now.Sub(begun))
	}
	<-passed
	if took := time.Since(really); took < 50*time.Millisecond || c.Now().Sub(begun) != 50*time.Millisecond {
		t.Errorf("%v passed in %v", c.Now().Sub(begun), took)
	}
}

// What is left of a timer stays when time becomes real.
func TestTurnedOff(t *testing.T) {
	c := virtual(t)
	_ = c.Sleep(t.Context(), time.Hour)
	passed, _ := c.After(20 * time.Millisecond)
	c.SetVirtual(false)
	begun := time.Now()
	if now := c.Now(); now.After(begun.Add(time.Minute)) {
		t.Errorf("it is %v at %v", now, begun)
	}
	<-passed
	if took := time.Since(begun); took < 10*time.Millisecond || took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestMachine(t *testing.T) {
	var c *clock.Clock
	begun := time.Now()
	if err := c.Sleep(t.Context(), 5*time.Millisecond); err != nil || c.Now().Sub(begun) < 5*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}
