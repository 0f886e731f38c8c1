package stdlib

import (
	"context"
	"errors"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// channel is a bounded queue between tasks. Its fields are guarded by the VM's lock.
type channel struct {
	capacity  int
	values    []lua.LValue
	closed    bool
	senders   waiters // for room
	receivers waiters // for a value
}

var errChannelClosed = errors.New("the channel is closed")

func channelClass() bind.Class {
	value := []bind.Return{{Type: "any", Doc: "The oldest value; nil when the channel is closed and empty."}}
	return bind.Class{Name: "channel", Doc: "A queue between tasks.", Methods: []bind.Func{
		{
			Name: "send", Doc: "Adds a value at the end; waits while the channel is full. Raises when it is closed.", Method: true,
			Params: []bind.Param{{Name: "value", Type: "any", Doc: "Anything but nil."}},
			Fn:     channelSend,
		},
		{
			Name: "receive", Doc: "Takes the oldest value; waits while there is none.", Method: true, Returns: value,
			Fn: func(L *lua.LState) int { return receiver[*channel](L, "receive", 0, "channel").receive(L) },
		},
		{
			Name: "values", Doc: "For a loop: for value in channel:values() do … end receives until the channel is closed and empty.", Method: true,
			Returns: []bind.Return{{Type: "fun(): any"}},
			Fn: func(L *lua.LState, c *channel) *lua.LFunction {
				return L.NewFunction(func(L *lua.LState) int { return c.receive(L) })
			},
		},
		{Name: "close", Doc: "Ends it: nothing more can be sent, and what was sent can be received. Closing twice is no error.", Method: true, Fn: (*channel).close},
		{Name: "length", Doc: "How many values wait in it.", Method: true, Fn: func(c *channel) int { return len(c.values) }},
	}}
}

func newChannel(L *lua.LState, capacity *int) (lua.LValue, error) {
	c := &channel{capacity: 1}
	if capacity != nil {
		c.capacity = *capacity
	}
	if c.capacity < 1 {
		return nil, &bind.FieldError{Path: "capacity", Message: "an integer from 1 on expected"}
	}
	return object(L, c, "channel"), nil
}

// channelSend is raw: see taskSleep.
func channelSend(L *lua.LState) int {
	c, value := receiver[*channel](L, "send", 0, "channel"), L.Get(2)
	if value == lua.LNil {
		err := errors.New("nil cannot be sent: receive returns it at the end")
		vm.Raise(L, &bind.ArgError{Func: "send", Index: 1, Err: err})
	}
	for !c.closed && len(c.values) >= c.capacity {
		if err := c.senders.wait(L); err != nil {
			vm.Raise(L, err)
		}
	}
	if c.closed {
		vm.Raise(L, errChannelClosed)
	}
	c.values = append(c.values, value)
	c.receivers.wakeOne()
	return 0
}

// receive pushes its result.
func (c *channel) receive(L *lua.LState) int {
	for len(c.values) == 0 {
		if c.closed {
			L.Push(lua.LNil)
			return 1
		}
		if err := c.receivers.wait(L); err != nil {
			vm.Raise(L, err)
		}
	}
	value := c.values[0]
	c.values[0] = nil
	c.values = c.values[1:]
	c.senders.wakeOne()
	L.Push(value)
	return 1
}

func (c *channel) close() {
	c.closed = true
	c.senders.wakeAll()
	c.receivers.wakeAll()
}

// Values lets the VM count what waits in the channel.
func (c *channel) Values(yield func(lua.LValue)) {
	for _, value := range c.values {
		yield(value)
	}
}

// waiters are tasks that wait for something, the first to come first.
type waiters []chan struct{}

// wait returns when the task was woken, which is no promise, or was cancelled.
func (w *waiters) wait(L *lua.LState) error {
	woken := make(chan struct{})
	*w = append(*w, woken)
	c := vm.ClockOf(L)
	err := vm.Block(L, func(ctx context.Context) error {
		defer c.Idle(clock.Closed(woken, ctx.Done()))()
		select {
		case <-woken:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err == nil {
		return nil
	}
	if i := slices.Index(*w, woken); i >= 0 {
		*w = slices.Delete(*w, i, i+1)
	} else { // it was woken at the same time: the next one's turn
		w.wakeOne()
	}
	return err
}

// join is wait for what is sure to come, whether or not the task is cancelled.
func (w *waiters) join(L *lua.LState) {
	woken := make(chan struct{})
	*w = append(*w, woken)
	c := vm.ClockOf(L)
	vm.Unlocked(L, func() {
		defer c.Idle(clock.Closed(woken))()
		<-woken
	})
}

func (w *waiters) wakeOne() {
	if len(*w) > 0 {
		close((*w)[0])
		*w = (*w)[1:]
	}
}

func (w *waiters) wakeAll() {
	for len(*w) > 0 {
		w.wakeOne()
	}
}
