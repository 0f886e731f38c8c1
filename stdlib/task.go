package stdlib

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// taskModule is execlua.task. A cancelled task's blocking calls raise. A task
// that fails and that nobody waits for fails the script when it ends.
func taskModule() Module {
	return Module{
		Module: bind.Module{
			Name: "execlua.task", Doc: "Strands of a script that wait at the same time.",
			Funcs: append(taskFuncs(), teamFuncs()...),
		},
		Classes: []bind.Class{taskClass(), groupClass(), channelClass()},
	}
}

func taskFuncs() []bind.Func {
	return []bind.Func{
		{
			Name: "spawn", Doc: "Starts fn(...) as a task. An error that nobody waits for is the script's in the end.",
			Params:  []bind.Param{{Name: "fn", Doc: "What runs."}, {Name: "...", Type: "any", Doc: "Its arguments."}},
			Returns: []bind.Return{{Type: "execlua.Task"}},
			Fn: func(L *lua.LState, fn *lua.LFunction, args ...lua.LValue) lua.LValue {
				return object(L, vm.Spawn(L, fn, args...), "task")
			},
		},
		{
			Name: "wait", Doc: "Waits for the end of a task; raises what it raised.",
			Params: []bind.Param{{Name: "task", Type: "execlua.Task"}}, Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What its function returned."}},
			Fn: taskWait,
		},
		{
			Name: "sleep", Doc: "Waits; other tasks run meanwhile.",
			Params: []bind.Param{{Name: "duration"}},
			Fn:     taskSleep,
		},
		{
			Name: "channel", Doc: "Makes a queue between tasks: what one sends another receives, in order.",
			Params:  []bind.Param{{Name: "capacity", Optional: true, Doc: "How many values it holds before send waits; 1 when nil."}},
			Returns: []bind.Return{{Type: "execlua.Channel"}},
			Fn:      newChannel,
		},
	}
}

func taskClass() bind.Class {
	return bind.Class{Name: "task", Doc: "A task that was spawned.", Methods: []bind.Func{
		{
			Name: "wait", Doc: "Waits for its end; raises what it raised.", Method: true,
			Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What its function returned."}},
			Fn:      taskWait,
		},
		{Name: "cancel", Doc: "Makes its blocking calls raise, now and later. Does not wait for its end.", Method: true, Fn: (*vm.Task).Cancel},
		{Name: "done", Doc: "Tells whether it has ended.", Method: true, Fn: (*vm.Task).Ended},
	}}
}

// taskWait is raw: it has as many results as the task's function.
func taskWait(L *lua.LState) int {
	task, ok := L.CheckUserData(1).Value.(*vm.Task)
	if !ok {
		L.ArgError(1, "task expected")
	}
	results, err := task.Wait(L)
	if err != nil {
		vm.Raise(L, err)
	}
	for _, result := range results {
		L.Push(result)
	}
	return len(results)
}

func taskSleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
