package stdlib

import (
	"context"
	"fmt"
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
			Fn: func(L *lua.LState) int { return taskWait(L, 1) },
		},
		{
			Name: "sleep", Doc: "Waits; other tasks run meanwhile.",
			Params: []bind.Param{{Name: "duration", Type: "execlua.Duration"}},
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
			Fn:      func(L *lua.LState) int { return taskWait(L, 0) },
		},
		{Name: "cancel", Doc: "Makes its blocking calls raise, now and later. Does not wait for its end.", Method: true, Fn: (*vm.Task).Cancel},
		{Name: "done", Doc: "Tells whether it has ended.", Method: true, Fn: (*vm.Task).Ended},
	}}
}

// taskWait is raw: it has as many results as the task's function.
func taskWait(L *lua.LState, index int) int {
	results, err := receiver[*vm.Task](L, "wait", index, "task").Wait(L)
	if err != nil {
		vm.Raise(L, err)
	}
	return pushAll(L, results)
}

// receiver is the first argument of a raw function, which calls it its index-th: a
// method's own object is number 0.
func receiver[T any](L *lua.LState, function string, index int, class string) T {
	object, _ := L.Get(1).(*lua.LUserData)
	if object != nil {
		if value, ok := object.Value.(T); ok {
			return value
		}
	}
	vm.Raise(L, &bind.ArgError{Func: function, Index: index, Err: fmt.Errorf("%s expected, got %s", class, given(L, 1))})
	panic("unreachable: Raise does not return")
}

// given is what an error calls an argument.
func given(L *lua.LState, i int) string {
	if i > L.GetTop() {
		return "no value"
	}
	return L.Get(i).Type().String()
}

// taskSleep is raw, as what else a task is apt to wait in: calling through
// reflection takes a goroutine's stack from 4 kB to 8 kB.
func taskSleep(L *lua.LState) int {
	duration, err := bind.Duration(L, "sleep", 1, "duration")
	if err != nil {
		vm.Raise(L, err)
	}
	err = sleep(L, duration)
	if err != nil {
		vm.Raise(L, err)
	}
	return 0
}

func sleep(L *lua.LState, duration time.Duration) error {
	c := vm.ClockOf(L)
	return vm.Block(L, func(ctx context.Context) error { return c.Sleep(ctx, duration) })
}
