package stdlib

import (
	"context"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// taskModule is execlua.task. A cancelled task's blocking calls raise. A task
// that fails and that nobody waits for fails the script when it ends.
func taskModule() Module {
	taskParam := bind.Param{Name: "task", Type: "execlua.Task"}
	return Module{
		Module: bind.Module{Name: "execlua.task", Doc: "Strands of a script that wait at the same time.", Funcs: []bind.Func{
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
				Params: []bind.Param{taskParam}, Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What its function returned."}},
				Fn: taskWait,
			},
			{
				Name: "map", Doc: "Calls fn(item, index) for each item of a list, each in a task of its own. The first error cancels the others, and is raised when all have ended.",
				Params: []bind.Param{
					{Name: "list", Type: "any[]"},
					{Name: "opts", Type: "{limit: integer}|fun(item: any, index: integer): any", Doc: "limit: how many run at once, all when nil. May be left out: fn is the second argument then."},
					{Name: "fn", Type: "fun(item: any, index: integer): any", Optional: true, Doc: "What to call."},
				},
				Returns: []bind.Return{{Type: "any[]", Doc: "The first result of each call, in the order of the list."}},
				Fn:      taskMap,
			},
			{
				Name: "sleep", Doc: "Waits; other tasks run meanwhile.",
				Params: []bind.Param{{Name: "duration"}},
				Fn:     taskSleep,
			},
		}},
		Classes: []bind.Class{{Name: "task", Doc: "A task that was spawned.", Methods: []bind.Func{
			{
				Name: "wait", Doc: "Waits for its end; raises what it raised.", Method: true,
				Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What its function returned."}},
				Fn:      taskWait,
			},
			{Name: "cancel", Doc: "Makes its blocking calls raise, now and later. Does not wait for its end.", Method: true, Fn: (*vm.Task).Cancel},
			{Name: "done", Doc: "Tells whether it has ended.", Method: true, Fn: (*vm.Task).Ended},
		}}},
	}
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

// taskMap joins all its tasks before it returns or raises. It is raw: its options may be left out.
func taskMap(L *lua.LState) int {
	items := L.CheckTable(1)
	n := 2
	limit := items.Len()
	if opts, ok := L.Get(2).(*lua.LTable); ok {
		limit = checkLimit(L, opts, limit)
		n = 3
	}
	m := &mapping{
		fn:      L.CheckFunction(n),
		items:   items,
		total:   items.Len(),
		limit:   limit,
		results: L.CreateTable(items.Len(), 0),
		ended:   make(chan *vm.Task),
		running: make(map[*vm.Task]int),
	}
	if err := m.run(L); err != nil {
		vm.Raise(L, err)
	}
	L.Push(m.results)
	return 1
}

func checkLimit(L *lua.LState, opts *lua.LTable, limit int) int {
	opts.ForEach(func(key, value lua.LValue) {
		number, ok := value.(lua.LNumber)
		switch {
		case key != lua.LString("limit"):
			L.ArgError(2, "no option '"+key.String()+"'; there is limit")
		case !ok || number < 1 || float64(number) != math.Trunc(float64(number)):
			L.ArgError(2, "limit: an integer from 1 on expected")
		}
		limit = int(min(number, math.MaxInt32))
	})
	return limit
}

// mapping is one call of map.
type mapping struct {
	fn      *lua.LFunction
	items   *lua.LTable
	total   int
	limit   int
	results *lua.LTable
	ended   chan *vm.Task
	running map[*vm.Task]int // to the index of the item
	next    int
	err     error
}

func (m *mapping) run(L *lua.LState) error {
	for m.err == nil && m.next < m.total || len(m.running) > 0 {
		for m.err == nil && m.next < m.total && len(m.running) < m.limit {
			m.spawn(L)
		}
		task, err := m.wait(L)
		if err != nil {
			m.fail(err)
			continue
		}
		results, err := task.Wait(L) // it has ended
		if err != nil {
			m.fail(err)
		} else if len(results) > 0 {
			m.results.RawSetInt(m.running[task], results[0])
		}
		delete(m.running, task)
	}
	return m.err
}

func (m *mapping) spawn(L *lua.LState) {
	m.next++
	task := vm.Spawn(L, m.fn, m.items.RawGetInt(m.next), lua.LNumber(m.next))
	m.running[task] = m.next
	go func() {
		<-task.Done()
		m.ended <- task
	}()
}

// wait returns a task that has ended. Once an error is known, the rest is waited
// for whatever happens to the calling task: its tasks end, for they are cancelled.
func (m *mapping) wait(L *lua.LState) (task *vm.Task, err error) {
	if m.err != nil {
		vm.Unlocked(L, func() { task = <-m.ended })
		return task, nil
	}
	err = vm.Block(L, func(ctx context.Context) error {
		select {
		case task = <-m.ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if task != nil {
		return task, nil
	}
	return nil, err
}

func (m *mapping) fail(err error) {
	if m.err != nil {
		return
	}
	m.err = err
	for task := range m.running {
		task.Cancel()
	}
}
