package luabind

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// find is driver:find{…}.
func driverFind(L *lua.LState, d *scriptDriver, f *driver.Filter) (*lua.LTable, error) {
	finder, err := verbOf[driver.Finder](d, "find")
	if err != nil {
		return nil, err
	}
	if f == nil {
		f = &driver.Filter{}
	}
	var found []driver.ContainerInfo
	err = vm.Block(L, func(ctx context.Context) error {
		found, err = finder.Find(ctx, *f)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := L.CreateTable(len(found), 0)
	for i := range found {
		h := d.handleTo(found[i].Command)
		h.found = &found[i]
		list.Append(d.host.object(h, "container"))
	}
	return list, nil
}

// handleTo is a handle to a container that the engine knows by its id. What it
// prints has gone to whoever started it.
func (d *scriptDriver) handleTo(cmd *driver.Command) *handle {
	return &handle{driver: d, cmd: cmd, streams: &streams{}, over: make(chan struct{})}
}

// watch learns of the end of a container that the engine knows by its id, until ctx
// ends. What it cannot learn, and the end of a detached one, come out of it; another
// end is the handle's.
func (h *handle) watch(ctx context.Context) *learned {
	if h.process != nil || isClosed(h.over) {
		return &learned{}
	}
	l := &learned{told: make(chan struct{})}
	clock.From(ctx).Go(func() {
		waiter, err := verbOf[driver.Waiter](h.driver, "wait")
		if err == nil {
			err = h.isStill(ctx, "wait")
		}
		e := ending{driver.ExitStatus{ExitCode: -1}, err}
		if err == nil {
			e.status, e.err = waiter.Wait(ctx, h.cmd.ID)
		}
		if h.detached() || e.nothing() {
			l.end = e
			close(l.told)
			return
		}
		h.end(e.status, e.err)
	})
	return l
}

// learned is what comes out of watch.
type learned struct {
	told chan struct{} // closed when end is there; nil: nothing will come
	end  ending
}

// look is what the engine tells of the handle's container now; nil when it is gone.
func (h *handle) look(ctx context.Context) (*driver.ContainerInfo, error) {
	now, err := h.holder(ctx)
	if err != nil || now == nil || h.replaced(now) {
		return nil, err
	}
	return now, nil
}

// holder is the container that has the handle's id now, or nil.
func (h *handle) holder(ctx context.Context) (*driver.ContainerInfo, error) {
	finder, err := verbOf[driver.Finder](h.driver, "find")
	if err != nil {
		return nil, err
	}
	found, err := finder.Find(ctx, driver.Filter{ID: h.cmd.ID})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// replaced tells that the id is another container's by now.
func (h *handle) replaced(holder *driver.ContainerInfo) bool {
	if h.found != nil {
		return !h.found.Created.Equal(holder.Created)
	}
	return !h.exec && isClosed(h.over)
}

// isStill refuses a verb that would reach the next container of the same id. What
// is said of an id that nobody has is the engine's business.
func (h *handle) isStill(ctx context.Context, verb string) error {
	if h == nil || h.found == nil && !isClosed(h.over) {
		return nil
	}
	if holder, err := h.holder(ctx); err != nil || holder == nil || !h.replaced(holder) {
		return nil
	}
	return &driver.Error{Op: verb, ID: h.cmd.ID, Err: driver.ErrNotFound, Hint: "the container is gone; its id is another's by now"}
}

// pid is the number of the process on the host; nil once a container that was
// found had exited. A detached one has another in each life.
func (h *handle) pid(L *lua.LState) (*int, error) {
	switch {
	case h.process != nil:
		return new(h.process.Pid()), nil
	case h.detached():
		return known(h, L, func(now *driver.ContainerInfo) int { return now.Pid })
	case h.found.Pid != 0:
		return &h.found.Pid, nil
	}
	return nil, nil
}

// now is what the engine tells of the container now; nil when it is gone.
func (h *handle) now(L *lua.LState) (now *driver.ContainerInfo, err error) {
	err = vm.Block(L, func(ctx context.Context) error {
		now, err = h.look(ctx)
		return err
	})
	return now, err
}

// known is a part of what the engine tells now; nil for a zero, and when the
// container is gone.
func known[T comparable](h *handle, L *lua.LState, part func(*driver.ContainerInfo) T) (*T, error) {
	now, err := h.now(L)
	if err != nil || now == nil {
		return nil, err
	}
	value, zero := part(now), *new(T)
	if value == zero {
		return nil, nil
	}
	return &value, nil
}

// state is that of the container now.
func (h *handle) state(L *lua.LState) (string, error) {
	now, err := h.now(L)
	if err != nil || now == nil {
		return "gone", err
	}
	return string(now.State), nil
}

// created is when the engine made the container; nil when that is gone, unless it
// was found.
func (h *handle) created(L *lua.LState) (*time.Time, error) {
	if h.found != nil {
		return &h.found.Created, nil
	}
	return known(h, L, func(now *driver.ContainerInfo) time.Time { return now.Created })
}

// ended is the result of a detached container that has ended.
func (h *handle) ended(L *lua.LState) (*result, error) {
	now, err := h.now(L)
	if err != nil || now == nil || now.Status == nil {
		return nil, err
	}
	return newResult(h.cmd.ID, *now.Status, false, &streams{}), nil
}

// labels are a copy.
func (h *handle) labels(L *lua.LState) lua.LValue {
	if h.cmd.Labels == nil {
		return L.NewTable()
	}
	return bind.Encode(L, h.cmd.Labels)
}
