// Package clock is time that tests of scripts can do without: while it is virtual,
// and everything that takes part waits, it jumps to the next deadline.
//
// The idea is that of testing/synctest, whose bubbles exist in Go tests only. Here
// goroutines take part by saying so: they are busy from Enter (or Go) to Leave, but
// for the times between Idle and what it returns. Who waits for another one's deed
// says how to see that it was done, so that a wait that is about to end is never
// taken for one that lasts: the jump looks at all waits first. What waits without
// Idle (for the network, say) counts as busy. Then time stands still, and a timer
// that is due by the machine's clock fires all the same, a moment late: virtual
// time is never behind what has really passed for long, and nothing hangs.
//
// A nil *Clock is the machine's clock, and costs nothing.
package clock

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// patience is how long a timer that is due by the machine's clock waits for those
// that are busy to have done what comes before it.
const patience = 250 * time.Millisecond

// Clock counts who is busy. New makes one; it begins with the machine's time.
type Clock struct {
	mu      sync.Mutex
	virtual bool
	now     time.Time     // while virtual
	skipped time.Duration // by jumps, while virtual
	busy    int
	waits   map[*wait]struct{}
	timers  []*Timer // by their time, then in the order in which they were made
	alarm   *time.Timer
}

// wait is what an idle goroutine waits for.
type wait struct{ over func() bool }

// New returns a clock of which nobody is busy.
func New() *Clock { return &Clock{waits: map[*wait]struct{}{}} }

// Now is the time, which stands still while it is virtual and does not jump.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *Clock) nowLocked() time.Time {
	if c.virtual {
		return c.now
	}
	return time.Now()
}

// SetVirtual turns jumping on, from the present moment, or off: it is the
// machine's time again. What a timer has left stays.
func (c *Clock) SetVirtual(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on == c.virtual {
		return
	}
	now := time.Now().Truncate(time.Microsecond) // as a number of Lua has it
	shift := now.Sub(c.nowLocked())
	for _, t := range c.timers {
		t.when = t.when.Add(shift)
		t.due = t.when
	}
	c.virtual, c.now, c.skipped = on, now, 0
	c.schedule()
}

// Enter makes the calling goroutine, or one that is about to begin, busy.
func (c *Clock) Enter() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy++
}

// Leave is the end of what Enter began.
func (c *Clock) Leave() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	c.settle()
}

// Go runs f on a goroutine that is busy.
func (c *Clock) Go(f func()) {
	c.Enter()
	go func() {
		defer c.Leave()
		f()
	}()
}

// Idle says that the calling goroutine, which is busy, is going to wait. over tells
// without waiting whether the wait is over, and goes on to tell it until busy is
// called, which the goroutine does as soon as it goes on: a channel that is closed
// is such a sign, one that has a value is not. over must not call the clock.
func (c *Clock) Idle(over func() bool) (busy func()) {
	if c == nil {
		return func() {}
	}
	w := &wait{over}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits[w] = struct{}{}
	c.busy--
	c.settle()
	return func() { c.resume(w) }
}

func (c *Clock) resume(w *wait) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waits, w)
	c.busy++
}

// settle jumps when everything waits. It needs the lock.
func (c *Clock) settle() {
	if !c.virtual || c.busy > 0 || len(c.timers) == 0 {
		return
	}
	for w := range c.waits {
		if w.over() {
			return
		}
	}
	c.skipped += max(0, c.timers[0].when.Sub(c.now))
	c.fire()
}

// fire has the first timer's function called. The others wait until what that
// sets in motion has come to rest. It needs the lock.
func (c *Clock) fire() {
	t := c.timers[0]
	c.timers = c.timers[1:]
	if t.when.After(c.now) {
		c.now = t.when
	}
	c.busy++
	go func() {
		defer c.Leave()
		t.f()
	}()
	c.schedule()
}

// schedule sets the alarm for the first timer. It needs the lock.
func (c *Clock) schedule() {
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
	if len(c.timers) > 0 {
		c.alarm = time.AfterFunc(c.left(c.timers[0]), c.ring)
	}
}

// left is how long a timer has at most, in the machine's time.
func (c *Clock) left(t *Timer) time.Duration {
	if !c.virtual {
		return time.Until(t.when)
	}
	return time.Until(t.due.Add(-c.skipped)) + patience
}

func (c *Clock) ring() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) > 0 && c.left(c.timers[0]) <= 0 {
		c.fire()
		return
	}
	c.schedule()
}

// Timer calls a function later.
type Timer struct {
	clock *Clock
	when  time.Time
	due   time.Time // by the machine's clock, if nothing had been skipped
	f     func()
	real  *time.Timer // of the machine's clock
}

// AfterFunc has f called on a goroutine of its own after d; the longest duration
// there is is for ever.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	if c == nil {
		return &Timer{real: time.AfterFunc(d, f)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d = max(d, 0)
	t := &Timer{clock: c, when: c.nowLocked().Add(d), due: time.Now().Add(d).Add(c.skipped), f: f}
	if d == math.MaxInt64 {
		return t
	}
	i, _ := slices.BinarySearchFunc(c.timers, t, func(other, t *Timer) int {
		if other.when.After(t.when) {
			return 1
		}
		return -1 // behind those of the same time
	})
	c.timers = slices.Insert(c.timers, i, t)
	if i == 0 {
		c.schedule()
	}
	return t
}

// Stop tells whether it has come before the call.
func (t *Timer) Stop() bool {
	if t.real != nil {
		return t.real.Stop()
	}
	c := t.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.timers, t)
	if i < 0 {
		return false
	}
	c.timers = slices.Delete(c.timers, i, i+1)
	if i == 0 {
		c.schedule()
	}
	return true
}

// After is closed after d, unless stop was called before.
func (c *Clock) After(d time.Duration) (passed <-chan struct{}, stop func() bool) {
	ch := make(chan struct{})
	return ch, c.AfterFunc(d, func() { close(ch) }).Stop
}

// Sleep waits, until ctx ends at most.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	passed, stop := c.After(d)
	defer stop()
	defer c.Idle(Closed(passed, ctx.Done()))()
	select {
	case <-passed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Closed is for Idle: it tells whether one of the channels is closed. Those that
// are nil never are.
func Closed(channels ...<-chan struct{}) func() bool {
	return func() bool {
		for _, ch := range channels {
			select {
			case <-ch:
				return true
			default:
			}
		}
		return false
	}
}
