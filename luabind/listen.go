package luabind

import (
	"context"
	"iter"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

var (
	eventsParam = bind.Param{Name: "filter", Type: "execlua.EventFilter", Optional: true, Doc: "id: of one container only."}
	logsParam   = bind.Param{Name: "opts", Type: "execlua.LogOptions", Optional: true, Doc: "tail, since, follow."}
)

// eventTable is an event as scripts see it.
type eventTable struct {
	Seq     uint64    `json:"seq"`   // rises by one for each event of the engine
	Time    time.Time `json:"time"`  // seconds since the epoch
	ID      string    `json:"id"`    // the container
	Event   string    `json:"event"` // "created", "started", "exited", …
	Pid     int       `json:"pid,omitempty"`
	Stage   string    `json:"stage,omitempty"`   // of a hook that failed
	Message string    `json:"message,omitempty"` // of a warning or a failure
	Health  string    `json:"health,omitempty"`  // of health: "healthy" or "unhealthy"
	Result  *result   `json:"result"`            // of exited and exec_exited
}

func encodeEvent(L *lua.LState, e driver.Event) lua.LValue {
	t := eventTable{Seq: e.Seq, Time: e.Time, ID: e.ID, Event: string(e.Kind), Pid: e.Pid, Stage: string(e.Stage), Message: e.Message}
	if e.Kind == driver.EventHealth {
		t.Health = e.Message
	}
	if e.Status != nil {
		t.Result = newResult(e.ID, *e.Status, false, &streams{})
	}
	return bind.Encode(L, t)
}

// eventFilter is what events takes.
type eventFilter struct {
	ID string `json:"id"` // nil: of every container
}

// events is driver:events([filter]).
func driverEvents(L *lua.LState, d *scriptDriver, f *eventFilter) (*lua.LFunction, error) {
	eventer, err := verbOf[driver.Eventer](d, "events")
	if err != nil {
		return nil, err
	}
	return iterate(L, d.host, func(ctx context.Context) iter.Seq2[driver.Event, error] {
		events := eventer.Events(ctx)
		if f == nil || f.ID == "" {
			return events
		}
		return func(yield func(driver.Event, error) bool) {
			for e, err := range events {
				if (err != nil || e.ID == f.ID) && !yield(e, err) {
					return
				}
			}
		}
	}, encodeEvent)
}

// handleEvents is handle:events(). It ends when the container is gone.
func handleEvents(L *lua.LState, h *handle) (*lua.LFunction, error) {
	if err := h.notOfAnExec("events"); err != nil {
		return nil, err
	}
	eventer, err := verbOf[driver.Eventer](h.driver, "events")
	if err != nil {
		return nil, err
	}
	return iterate(L, h.driver.host, func(ctx context.Context) iter.Seq2[driver.Event, error] { return h.events(ctx, eventer) }, encodeEvent)
}

// events are those of the container from now on, up to its removal.
func (h *handle) events(ctx context.Context, eventer driver.Eventer) iter.Seq2[driver.Event, error] {
	events := eventer.Events(ctx)
	gone := h.isGone(ctx) // asked after subscribing: one that is there will be told to go
	return func(yield func(driver.Event, error) bool) {
		if gone {
			return
		}
		for e, err := range events {
			if err == nil && e.ID != h.cmd.ID {
				continue
			}
			if !yield(e, err) || e.Kind == driver.EventRemoved {
				return
			}
		}
	}
}

func (h *handle) isGone(ctx context.Context) bool {
	if isClosed(h.over) {
		return true
	}
	now, err := h.look(ctx)
	return err == nil && now == nil
}

// logs is driver:logs(target [, opts]).
func driverLogs(L *lua.LState, d *scriptDriver, target lua.LValue, o *driver.LogOptions) (*lua.LFunction, error) {
	logger, err := verbOf[driver.Logger](d, "logs")
	if err != nil {
		return nil, err
	}
	cmd, err := d.host.target(target)
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &driver.LogOptions{}
	}
	return iterate(L, d.host, func(ctx context.Context) iter.Seq2[driver.LogLine, error] {
		if err := handleOf(target).isStill(ctx, "logs"); err != nil {
			return func(yield func(driver.LogLine, error) bool) { yield(driver.LogLine{}, err) }
		}
		return logger.Logs(ctx, cmd.ID, *o)
	}, encodeLine)
}

func encodeLine(L *lua.LState, line driver.LogLine) lua.LValue { return bind.Encode(L, line) }

// item is the place of one value of a sequence that a goroutine reads for a task.
type item[T any] struct {
	filled  chan struct{} // closed when what follows is there
	value   T
	end     bool // there is no value
	failure error
	next    *item[T]
	taken   chan struct{} // closed when the next value is wanted
}

func newItem[T any]() *item[T] {
	return &item[T]{filled: make(chan struct{}), taken: make(chan struct{})}
}

// iterate makes the function of a generic for. It belongs to the task that made
// it: the sequence is read by a goroutine, which ends with the task, since a loop
// that is left by break tells nobody.
func iterate[T any](L *lua.LState, v *VM, open func(context.Context) iter.Seq2[T, error], encode func(*lua.LState, T) lua.LValue) (*lua.LFunction, error) {
	c := v.opts.clock
	place := newItem[T]() // of the next value; guarded by the VM's lock
	err := vm.Block(L, func(task context.Context) error {
		ctx, cancel := context.WithCancel(task)
		release := context.AfterFunc(v.life, cancel) // a stream function's context never ends
		sequence, first := open(ctx), place
		c.Go(func() {
			defer cancel()
			defer release()
			feed(ctx, c, sequence, first)
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return L.NewFunction(func(L *lua.LState) int {
		for {
			it := place
			err := vm.Block(L, func(ctx context.Context) error {
				defer c.Idle(clock.Closed(it.filled, ctx.Done()))()
				select {
				case <-it.filled:
					return it.failure
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			switch {
			case err != nil:
				v.binder.Raise(L, err)
			case it.end:
				L.Push(lua.LNil)
				return 1
			case it == place: // else another task was faster
				place = it.next
				close(it.taken)
				L.Push(encode(L, it.value))
				return 1
			}
		}
	}), nil
}

// feed hands a sequence over, until its end or that of ctx.
func feed[T any](ctx context.Context, c *clock.Clock, sequence iter.Seq2[T, error], it *item[T]) {
	defer func() {
		it.end = true
		close(it.filled)
	}()
	for value, err := range sequence {
		if err != nil {
			it.failure = err
			return
		}
		now := it
		it = newItem[T]()
		now.value, now.next = value, it
		close(now.filled)
		busy := c.Idle(clock.Closed(now.taken, ctx.Done()))
		select {
		case <-now.taken:
		case <-ctx.Done():
		}
		busy()
		if ctx.Err() != nil {
			return
		}
	}
}
