package stdlib

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// group is a team that a script fills. A failed task cancels the others when it
// ends, not only when somebody waits for them.
type group struct {
	*team
	stopped bool
	results *lua.LTable
}

// Values lets the VM count what the tasks have returned.
func (g *group) Values(yield func(lua.LValue)) { yield(g.results) }

func groupClass() bind.Class {
	return bind.Class{Name: "group", Doc: "Tasks that are joined together.", Methods: []bind.Func{
		{
			Name: "spawn", Doc: "Starts fn(...) as a task of the group. In a group that has failed or was cancelled it is cancelled at once.", Method: true,
			Params:  []bind.Param{{Name: "fn", Doc: "What runs."}, {Name: "...", Type: "any", Doc: "Its arguments."}},
			Returns: []bind.Return{{Type: "execlua.Task"}},
			Fn: func(L *lua.LState, g *group, fn *lua.LFunction, args ...lua.LValue) lua.LValue {
				return object(L, g.spawn(L, fn, args...), "task")
			},
		},
		{
			Name: "wait", Doc: "Waits until all of its tasks have ended; raises the first error.", Method: true,
			Returns: []bind.Return{{Type: "any[]", Doc: "The first result of each task, in the order of spawning."}},
			Fn:      groupWait,
		},
		{Name: "cancel", Doc: "Makes the blocking calls of its tasks raise, now and later.", Method: true, Fn: (*group).stop},
	}}
}

var errDeadlock = errors.New("deadlock: a task of the group would wait for itself")

// taskGroup is raw: with a function it has as many results as that one.
func taskGroup(L *lua.LState) int {
	g := &group{team: newTeam(), results: L.NewTable()}
	self := object(L, g, "group")
	if L.Get(1) == lua.LNil {
		L.Push(self)
		return 1
	}
	body := g.spawn(L, L.CheckFunction(1), self)
	if _, err := groupWait(L, g); err != nil {
		vm.Raise(L, err)
	}
	results, err := body.Wait(L)
	if err != nil {
		vm.Raise(L, err)
	}
	return pushAll(L, results)
}

func (g *group) spawn(L *lua.LState, fn *lua.LFunction, args ...lua.LValue) *vm.Task {
	task := g.team.spawn(L, fn, args...)
	task.OnEnd(func() {
		if task.Failed() {
			g.stop()
		}
	})
	if g.stopped {
		task.Cancel()
	}
	return task
}

// stop cancels what runs and what will be spawned.
func (g *group) stop() {
	g.stopped = true
	g.cancel()
}

func groupWait(L *lua.LState, g *group) (*lua.LTable, error) {
	if _, member := g.running[vm.Current(L)]; member {
		return nil, errDeadlock
	}
	for len(g.running) > 0 {
		if order, values := g.next(L); len(values) > 0 {
			g.results.RawSetInt(order, values[0])
		}
	}
	return g.results, g.err
}
