package luabind

import (
	"context"
	"errors"
	"iter"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
)

var statsParam = bind.Param{Name: "opts", Type: "execlua.StatsOptions", Optional: true, Doc: "every."}

// statsOptions are those of stats_stream.
type statsOptions struct {
	Every *time.Duration `json:"every" unit:"seconds"` // at least 1 ms; nil: 1 s
}

func (o *statsOptions) period() (time.Duration, error) {
	if o == nil || o.Every == nil {
		return time.Second, nil
	}
	if *o.Every < driver.MinStatsPeriod {
		return 0, shortPeriod(*o.Every)
	}
	return *o.Every, nil
}

func shortPeriod(every time.Duration) error {
	return &bind.FieldError{Path: "every", Message: "at least " + driver.MinStatsPeriod.String() + ", got " + every.String()}
}

// stats_stream is driver:stats_stream(target [, opts]).
func driverStatsStream(L *lua.LState, d *scriptDriver, target lua.LValue, o *statsOptions) (*lua.LFunction, error) {
	if h := handleOf(target); h != nil {
		return handleStatsStream(L, h, o)
	}
	every, err := o.period()
	if err != nil {
		return nil, err
	}
	cmd, err := d.host.target(target)
	if err != nil {
		return nil, err
	}
	return iterate(L, d.host, func(ctx context.Context) iter.Seq2[*driver.ResourceStats, error] {
		return driver.StatsStream(ctx, d.engine, cmd.ID, every)
	}, encodeStats)
}

func handleStatsStream(L *lua.LState, h *handle, o *statsOptions) (*lua.LFunction, error) {
	if err := h.notOfAnExec("stats_stream"); err != nil {
		return nil, err
	}
	every, err := o.period()
	if err != nil {
		return nil, err
	}
	return iterate(L, h.driver.host, func(ctx context.Context) iter.Seq2[*driver.ResourceStats, error] {
		return h.statsStream(ctx, every)
	}, encodeStats)
}

func encodeStats(L *lua.LState, s *driver.ResourceStats) lua.LValue { return bind.Encode(L, s) }

// statsStream ends with the container, also when that has ended already: a script
// that has started it cannot know.
func (h *handle) statsStream(ctx context.Context, every time.Duration) iter.Seq2[*driver.ResourceStats, error] {
	return func(yield func(*driver.ResourceStats, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := h.isStill(ctx, "stats_stream"); err != nil {
			yield(nil, err)
			return
		}
		h.watch(ctx)
		c := clock.From(ctx)
		c.Go(func() { // an engine that is no Waiter would tell at the next sample only
			defer c.Idle(clock.Closed(h.over, ctx.Done()))()
			select {
			case <-h.over:
				cancel()
			case <-ctx.Done():
			}
		})
		for s, err := range driver.StatsStream(ctx, h.driver.engine, h.cmd.ID, every) {
			if errors.Is(err, driver.ErrNotRunning) || !yield(s, err) {
				return
			}
		}
	}
}
