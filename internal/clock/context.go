package clock

import (
	"context"
	"time"
)

type key struct{}

// With gives ctx a clock. Who hands such a context to others is busy, or lets
// them be busy in its stead, until they have answered.
func With(ctx context.Context, c *Clock) context.Context {
	if c == nil {
		return ctx
	}
	return context.WithValue(ctx, key{}, c)
}

// From is the clock of ctx, nil when there is none.
func From(ctx context.Context) *Clock {
	c, _ := ctx.Value(key{}).(*Clock)
	return c
}

// WithTimeout is context.WithTimeoutCause. Its context has no deadline to ask for
// unless c is the machine's clock.
func (c *Clock) WithTimeout(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	if c == nil {
		return context.WithTimeoutCause(ctx, d, cause)
	}
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := c.AfterFunc(d, func() { cancel(cause) })
	return ctx, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}

// OnDone is context.AfterFunc, with f busy from the end of ctx on.
func (c *Clock) OnDone(ctx context.Context, f func()) (stop func() bool) {
	if c == nil {
		return context.AfterFunc(ctx, f)
	}
	w := &wait{Closed(ctx.Done())}
	c.mu.Lock()
	c.waits[w] = struct{}{}
	c.mu.Unlock()
	undo := context.AfterFunc(ctx, func() {
		c.resume(w)
		defer c.Leave()
		f()
	})
	return func() bool {
		stopped := undo()
		if stopped {
			c.mu.Lock()
			defer c.mu.Unlock()
			delete(c.waits, w)
		}
		return stopped
	}
}
