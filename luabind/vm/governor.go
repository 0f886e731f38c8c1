package vm

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

// lookEvery is how many steps pass from one look at the context to the next.
const lookEvery = 256

// observes tells whether threads have a context, which is asked between instructions.
func (v *VM) observes() bool { return v.opts.Preempt || v.opts.Coverage != nil }

// governor is the context of a Lua thread with Preempt or Coverage. gopher-lua has no hook
// for instructions, but before each of them it asks the thread's context for the
// channel of Done: so Done counts them. Most of the time it answers nil, which
// costs less than a look at a real channel.
type governor struct {
	context.Context // of the task, or of its clean-up
	vm              *VM
	thread          *lua.LState
	guarded         bool      // see guard
	lines           *observer // with Coverage
}

// govern has ctx end what runs in a thread, also when ctx is another thread's governor.
func (v *VM) govern(L *lua.LState, ctx context.Context) {
	if other, ok := ctx.(*governor); ok {
		ctx = other.Context
	}
	g := &governor{Context: ctx, vm: v, thread: L, guarded: v.opts.Limits.Memory > 0}
	if v.opts.Coverage != nil {
		g.lines = &observer{coverage: v.opts.Coverage}
	}
	L.SetContext(g)
}

var over = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Done is called by gopher-lua's loop alone, which holds the lock.
func (g *governor) Done() <-chan struct{} {
	if g.lines != nil {
		g.lines.look(g.thread)
		if !g.vm.opts.Preempt {
			return nil
		}
	}
	if g.guarded {
		g.vm.guard(g.thread)
	}
	return g.count(1)
}

// count counts steps and returns over when there may be no more.
func (g *governor) count(steps int) <-chan struct{} {
	m := &g.vm.meter
	m.steps += uint64(steps)
	if m.steps < m.look && !m.alarm.Load() {
		return nil
	}
	g.vm.settle()
	if g.Err() != nil {
		m.look = m.steps // at each step from now on: no pcall can fall between two looks
		return over
	}
	m.look = m.steps + lookEvery
	return nil
}

func (g *governor) Err() error {
	if err := g.vm.current.overLimit(); err != nil {
		return err
	}
	return g.Context.Err()
}

// spent counts the work of a library function as steps, and says why the script
// is over when it is. A function that may take long calls it now and then.
func spent(L *lua.LState, steps int) error {
	g, ok := L.Context().(*governor)
	if !ok {
		return nil
	}
	if g.count(steps) == nil {
		return nil
	}
	return g.Err()
}

// charge is spent for a function that has nothing to put back.
func charge(L *lua.LState, steps int) {
	if err := spent(L, steps); err != nil {
		L.RaiseError("%s", err.Error())
	}
}
