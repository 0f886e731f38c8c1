// Package stdlib holds the modules that scripts require.
package stdlib

import (
	"context"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

const taskType = "execlua.task"

// OpenTask loads the module execlua.task: strands of a script that wait at the
// same time.
//
//	spawn(fn, ...)         starts fn(...) as a task and returns its handle
//	wait(task)             returns what the task returned, or raises what it raised
//	map(list, [opts,] fn)  calls fn(item, index) for each item, each in a task of its
//	                       own, and returns the first result of each, in order;
//	                       opts.limit is how many run at once (default: all)
//	sleep(duration)        waits: seconds, or text such as "500ms"
//
// A handle has the methods wait, cancel and done. A cancelled task's blocking
// calls raise; cancel does not wait for its end. A task that fails and that nobody
// waits for fails the script when it ends.
func OpenTask(L *lua.LState) int {
	mt := L.NewTypeMetatable(taskType)
	methods := L.NewTable()
	methods.RawSetString("wait", L.NewFunction(taskWait))
	methods.RawSetString("cancel", L.NewFunction(taskCancel))
	methods.RawSetString("done", L.NewFunction(taskDone))
	mt.RawSetString("__index", methods)
	mt.RawSetString("__name", lua.LString("task"))
	mt.RawSetString("__metatable", lua.LFalse)

	module := L.NewTable()
	module.RawSetString("spawn", L.NewFunction(taskSpawn))
	module.RawSetString("wait", L.NewFunction(taskWait))
	module.RawSetString("map", L.NewFunction(taskMap))
	module.RawSetString("sleep", L.NewFunction(taskSleep))
	L.Push(module)
	return 1
}

func taskSpawn(L *lua.LState) int {
	fn := L.CheckFunction(1)
	var args []lua.LValue
	for i := 2; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	handle := L.NewUserData()
	handle.Value = vm.Spawn(L, fn, args...)
	handle.Metatable = L.GetTypeMetatable(taskType)
	L.Push(handle)
	return 1
}

func checkTask(L *lua.LState) *vm.Task {
	task, ok := L.CheckUserData(1).Value.(*vm.Task)
	if !ok {
		L.ArgError(1, "task expected")
	}
	return task
}

func taskWait(L *lua.LState) int {
	results, err := checkTask(L).Wait(L)
	if err != nil {
		vm.Raise(L, err)
	}
	for _, result := range results {
		L.Push(result)
	}
	return len(results)
}

func taskCancel(L *lua.LState) int {
	checkTask(L).Cancel()
	return 0
}

func taskDone(L *lua.LState) int {
	L.Push(lua.LBool(checkTask(L).Ended()))
	return 1
}

func taskSleep(L *lua.LState) int {
	duration := checkDuration(L, 1)
	err := vm.Block(L, func(ctx context.Context) error {
		timer := time.NewTimer(duration)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil {
		vm.Raise(L, err)
	}
	return 0
}

func checkDuration(L *lua.LState, n int) time.Duration {
	switch value := L.Get(n).(type) {
	case lua.LNumber:
		seconds := float64(value)
		if seconds >= 0 && seconds < math.MaxInt64/float64(time.Second) {
			return time.Duration(seconds * float64(time.Second))
		}
	case lua.LString:
		if duration, err := time.ParseDuration(string(value)); err == nil && duration >= 0 {
			return duration
		}
	}
	L.ArgError(n, `a duration expected: seconds, or text such as "500ms"`)
	return 0
}

// taskMap joins all its tasks before it returns or raises. The first error
// cancels the others and is raised as it is.
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
