package luabind

import (
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// onOptions are those of on.
type onOptions struct {
	Every *time.Duration `json:"every" unit:"seconds"` // of stats; nil: 1 s
	Tail  *int           `json:"tail"`                 // of log: lines from before; nil: none
}

// subscription is what on gives. Its function is called by one goroutine, so it
// never overlaps itself.
type subscription struct {
	handle *handle
	fn     *lua.LFunction
	every  time.Duration
	tail   int

	calls    context.Context    // of the calls: ends when the clean-up has lost its patience
	endCalls context.CancelFunc //
	ctx      context.Context    // of what is listened to: ends with cancel, too
	cancel   context.CancelFunc
	done     chan struct{} // closed when the function is called no more
}

// source begins to listen to something. What it returns calls the function until
// the container is gone, the context of s has ended, or the function has failed,
// and then returns the failure.
type source func(s *subscription) (listen func() error, err error)

func sourceOf(event string) source {
	switch event {
	case "stats":
		return func(s *subscription) (func() error, error) { return s.stats, nil }
	case "exit":
		return func(s *subscription) (func() error, error) { return s.exit, nil }
	case "oom":
		return func(s *subscription) (func() error, error) { return s.events(driver.EventOOM) }
	case "health":
		return func(s *subscription) (func() error, error) { return s.events(driver.EventHealth) }
	case "log":
		return (*subscription).logs
	}
	return nil
}

// onEvents names what on listens to.
const onEvents = `"stats", "oom", "log", "exit" or "health"`

// handleOn is handle:on(event [, opts], fn).
func handleOn(L *lua.LState, h *handle, event string, opts, fn lua.LValue) (lua.LValue, error) {
	v := h.driver.host
	if err := h.notOfAnExec("on"); err != nil {
		return nil, err
	}
	source := sourceOf(event)
	switch {
	case event == "health" && h.cmd.HealthCheck == nil:
		return nil, &bind.FieldError{Path: "event", Message: `"health": the container has no health_check`}
	case source == nil:
		return nil, &bind.FieldError{Path: "event", Message: onEvents + ` expected, got "` + event + `"`}
	}
	if f, ok := opts.(*lua.LFunction); ok && fn == lua.LNil {
		opts, fn = lua.LNil, f
	}
	f, ok := fn.(*lua.LFunction)
	if !ok {
		return nil, &bind.FieldError{Path: "fn", Message: "a function expected, got " + fn.Type().String()}
	}
	o := &onOptions{}
	if opts != lua.LNil {
		if err := v.binder.Decode(opts, o, "options"); err != nil {
			return nil, err
		}
	}
	s := &subscription{handle: h, fn: f, every: time.Second, done: make(chan struct{})}
	if o.Every != nil {
		s.every = *o.Every
	}
	if s.every < driver.MinStatsPeriod {
		return nil, shortPeriod(s.every)
	}
	if o.Tail != nil {
		s.tail = *o.Tail
	}
	s.calls, s.endCalls = context.WithCancel(clock.With(context.Background(), v.opts.clock))
	s.ctx, s.cancel = context.WithCancel(s.calls)
	var listen func() error
	err := vm.Block(L, func(ctx context.Context) (err error) {
		if h.found != nil && h.isGone(ctx) {
			return &driver.Error{Op: "on", ID: h.cmd.ID, Err: driver.ErrNotFound}
		}
		listen, err = source(s)
		return err
	})
	if err != nil {
		s.endCalls()
		return nil, err
	}
	v.subscribe(s)
	v.opts.clock.Go(func() { s.run(listen) })
	return v.object(s, "subscription"), nil
}

func (s *subscription) run(listen func() error) {
	defer close(s.done)
	defer s.endCalls()
	err := listen()
	if s.ctx.Err() != nil {
		err = nil // it was cancelled: what its last call was told is no news
	}
	s.handle.driver.host.unsubscribe(s, err)
}

// call calls the function, unless the subscription was cancelled meanwhile.
func (s *subscription) call(encode func(L *lua.LState) lua.LValue) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	return s.handle.driver.host.vm.Call(s.calls, s.fn, func(L *lua.LState) []lua.LValue { return []lua.LValue{encode(L)} }, nil)
}

// stats calls the function with what is used now, and then. Ticks that come while
// it runs are dropped.
func (s *subscription) stats() error {
	for stats, err := range s.handle.statsStream(s.ctx, s.every) {
		if err != nil {
			return err
		}
		if err := s.call(func(L *lua.LState) lua.LValue { return bind.Encode(L, stats) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *subscription) exit() error {
	h := s.handle
	watched := h.watch(s.ctx)
	busy := clock.From(s.ctx).Idle(clock.Closed(h.over, watched.told, s.ctx.Done()))
	select {
	case <-h.over:
	case <-watched.told:
	case <-s.ctx.Done():
	}
	busy()
	var end ending
	switch {
	case s.ctx.Err() != nil:
		return nil
	case isClosed(h.over):
		end = ending{h.status, h.err}
	default:
		if end = watched.end; end.nothing() {
			return end.err
		}
	}
	return s.call(func(L *lua.LState) lua.LValue {
		return bind.Encode(L, newResult(h.cmd.ID, end.status, errors.Is(end.err, errTimeout), h.streams))
	})
}

// events listens to events of one kind.
func (s *subscription) events(kind driver.EventKind) (func() error, error) {
	eventer, err := verbOf[driver.Eventer](s.handle.driver, "on")
	if err != nil {
		return nil, err
	}
	events := s.handle.events(s.ctx, eventer)
	return func() error {
		for e, err := range events {
			if err != nil {
				return err
			}
			if e.Kind != kind {
				continue
			}
			if err := s.call(func(L *lua.LState) lua.LValue { return encodeEvent(L, e) }); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (s *subscription) logs() (func() error, error) {
	logger, err := verbOf[driver.Logger](s.handle.driver, "on")
	if err != nil {
		return nil, err
	}
	lines := logger.Logs(s.ctx, s.handle.cmd.ID, driver.LogOptions{Tail: &s.tail, Follow: true})
	return func() error {
		for line, err := range lines {
			if errors.Is(err, driver.ErrNotFound) {
				return nil // it is gone, and will say nothing more
			}
			if err != nil {
				return err
			}
			if err := s.call(func(L *lua.LState) lua.LValue { return encodeLine(L, line) }); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
