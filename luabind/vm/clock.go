package vm

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
)

// ClockOf is the clock of a state's VM.
func ClockOf(L *lua.LState) *clock.Clock { return Of(L).opts.Clock }

// takePart makes the goroutine of a task busy, unless who waits for the task is,
// as the clock of its context says.
func (v *VM) takePart(ctx context.Context) (leave func()) {
	c := v.opts.Clock
	if c == nil || clock.From(ctx) == c {
		return func() {}
	}
	c.Enter()
	return c.Leave
}

// takeTurn has spawned tasks of a VM with a clock begin in their order, so that
// their waits do.
func (v *VM) takeTurn(t *Task) (wait func()) {
	if v.opts.Clock == nil {
		return func() {}
	}
	before := v.begun
	t.begun = make(chan struct{})
	v.begun = t.begun
	return func() {
		if before != nil {
			<-before
		}
	}
}
