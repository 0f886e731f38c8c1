package driver

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/execlua/execlua/internal/clock"
)

// MinStatsPeriod is the shortest period of StatsStream.
const MinStatsPeriod = time.Millisecond

// StatsStream reads a container's Stats now and then once each period, until the
// container has ended, ctx ends, or an error, which is the last of the sequence:
// that nothing runs under the id when it begins, or that every is shorter than
// MinStatsPeriod. A reader that is slower than the period misses samples, and
// holds up nobody.
//
// The cpu_percent of a sample is that of the time since the sample before in the
// same stream; the first has the average, as Stats does.
//
// It is a function and not a verb of engines: Stats keeps no memory of who has
// read what, so a stream is no more than a clock and a subtraction, alike for all
// engines and independent of other readers. An engine that is a Waiter lets it end
// with the container, another one at the next sample.
func StatsStream(ctx context.Context, d Driver, id string, every time.Duration) iter.Seq2[*ResourceStats, error] {
	return func(yield func(*ResourceStats, error) bool) {
		if every < MinStatsPeriod {
			yield(nil, &FieldError{Path: "every", Value: every, Reason: "at least " + MinStatsPeriod.String()})
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		over := whenOver(ctx, d, id)
		c := clock.From(ctx)
		next := c.Now()
		var last *ResourceStats
		for {
			s, err := d.Stats(ctx, id)
			switch {
			case ctx.Err() != nil, last != nil && errors.Is(err, ErrNotRunning):
				return
			case err != nil:
				yield(nil, err)
				return
			}
			if last != nil {
				s.CPUPercent = CPUPercent(last, s)
			}
			kept := *s // s is the reader's to change
			last = &kept
			if !yield(s, nil) {
				return
			}
			next = next.Add(every)
			next = next.Add(max(0, c.Now().Sub(next)).Truncate(every)) // ticks that were missed
			if !await(ctx, c, next.Sub(c.Now()), over) {
				return
			}
		}
	}
}

// await waits for the next sample; false when there will be none.
func await(ctx context.Context, c *clock.Clock, d time.Duration, over <-chan struct{}) bool {
	tick, stop := c.After(d)
	defer stop()
	defer c.Idle(clock.Closed(tick, over, ctx.Done()))()
	select {
	case <-tick:
		return true
	case <-over:
	case <-ctx.Done():
	}
	return false
}

// CPUPercent is the cpu_percent of the time between two samples of a container. It
// is nil when one of the two has no figure, or the clock stood still.
func CPUPercent(from, to *ResourceStats) *float64 {
	elapsed := to.Read.Sub(from.Read)
	if from.CPUUsage == nil || to.CPUUsage == nil || elapsed <= 0 || *to.CPUUsage < *from.CPUUsage {
		return nil
	}
	percent := 100 * float64(*to.CPUUsage-*from.CPUUsage) / float64(elapsed)
	return &percent
}

// whenOver is closed when the container has ended, if the engine can tell: within
// a hook of its own container nobody can wait for that.
func whenOver(ctx context.Context, d Driver, id string) <-chan struct{} {
	waiter, ok := d.(Waiter)
	if !ok {
		return nil
	}
	over := make(chan struct{})
	clock.From(ctx).Go(func() {
		status, err := waiter.Wait(ctx, id)
		if status.ExitCode == -1 && (errors.Is(err, ErrBusy) || errors.Is(err, ErrUnsupported)) {
			return
		}
		close(over)
	})
	return over
}
