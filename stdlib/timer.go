package stdlib

import (
	"context"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

func timerFuncs() []bind.Func {
	fn := bind.Param{Name: "fn", Type: "fun()", Doc: "An error in it that nobody waits for is the script's in the end."}
	returns := []bind.Return{{Type: "execlua.Timer"}}
	return []bind.Func{
		{
			Name: "after", Doc: "Calls fn once, in a task of its own, for which the script waits at its end.",
			Params: []bind.Param{{Name: "duration"}, fn}, Returns: returns,
			Fn: func(L *lua.LState, duration time.Duration, fn *lua.LFunction) lua.LValue {
				return startTimer(L, &timer{fn: fn, wait: duration})
			},
		},
		{
			Name:   "every",
			Doc:    "Calls fn again and again in a task of its own, until it is cancelled or fn raises: a script does not end before. Ticks that come while fn runs are dropped.",
			Params: []bind.Param{{Name: "duration", Doc: "From 1 ms on."}, fn}, Returns: returns,
			Fn: func(L *lua.LState, duration time.Duration, fn *lua.LFunction) (lua.LValue, error) {
				if duration < time.Millisecond {
					return nil, &bind.FieldError{Path: "duration", Message: "1 ms or more expected"}
				}
				return startTimer(L, &timer{fn: fn, wait: duration, again: true}), nil
			},
		},
	}
}

func timerClass() bind.Class {
	return bind.Class{Name: "timer", Doc: "A function that is called later.", Methods: []bind.Func{
		{
			Name: "cancel", Doc: "Ends the timer. A call that runs already goes on to its end.", Method: true,
			Fn: func(t *timer) { t.stopped.Do(func() { close(t.stop) }) },
		},
		{
			Name: "wait", Doc: "Waits for the end of the timer; raises what its function raised.", Method: true,
			Fn: func(L *lua.LState, t *timer) error {
				_, err := t.task.Wait(L)
				return err
			},
		},
		{Name: "done", Doc: "Tells whether the timer has ended.", Method: true, Returns: []bind.Return{{}}, Fn: func(t *timer) bool { return t.task.Ended() }},
	}}
}

// timer is a task that waits and calls a function, once or again and again.
type timer struct {
	fn    *lua.LFunction
	wait  time.Duration
	again bool

	stop    chan struct{}
	stopped sync.Once
	task    *vm.Task
}

func startTimer(L *lua.LState, t *timer) lua.LValue {
	t.stop = make(chan struct{})
	t.task = vm.Spawn(L, L.NewFunction(t.run))
	return object(L, t, "timer")
}

// run is the body of the task.
func (t *timer) run(L *lua.LState) int {
	c := vm.ClockOf(L)
	next := c.Now().Add(t.wait)
	for {
		called := false
		tick, untick := c.After(next.Sub(c.Now()))
		err := vm.Block(L, func(ctx context.Context) error {
			defer c.Idle(clock.Closed(tick, t.stop, ctx.Done()))()
			select {
			case <-tick:
				called = true
				return nil
			case <-t.stop:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		untick()
		if err != nil {
			vm.Raise(L, err)
		}
		if !called || t.cancelled() {
			return 0
		}
		L.Push(t.fn)
		L.Call(0, 0)
		if !t.again {
			return 0
		}
		// One tick that has come meanwhile counts, as of time.Ticker.
		if late := c.Now().Sub(next); late > t.wait {
			next = next.Add(late.Truncate(t.wait))
		} else {
			next = next.Add(t.wait)
		}
	}
}

func (t *timer) cancelled() bool {
	select {
	case <-t.stop:
		return true
	default:
		return false
	}
}
