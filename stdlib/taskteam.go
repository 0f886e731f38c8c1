package stdlib

import (
	"errors"
	"fmt"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// teamFuncs are those that run several tasks, and return when all of them have ended.
func teamFuncs() []bind.Func {
	return []bind.Func{
		{
			Name: "map", Doc: "Calls fn(item, index) for each item of a list, each in a task of its own. The first error cancels the others, and is raised when all have ended: with the index of its item, and the results of the calls that had ended well.",
			Params: []bind.Param{
				{Name: "list", Type: "any[]"},
				{Name: "opts", Type: "{limit: integer}|fun(item: any, index: integer): any", Doc: "limit: how many run at once, all when nil. May be left out: fn is the second argument then."},
				{Name: "fn", Type: "fun(item: any, index: integer): any", Optional: true, Doc: "What to call."},
			},
			Returns: []bind.Return{{Type: "any[]", Doc: "The first result of each call, in the order of the list."}},
			Fn:      taskMap,
		},
		{
			Name: "group", Doc: "Makes a group of tasks: the first error cancels the others. With fn it calls fn(group) as one of them, and waits for all.",
			Params:  []bind.Param{{Name: "fn", Type: "fun(group: execlua.Group): any ...", Optional: true, Doc: "What spawns the tasks."}},
			Returns: []bind.Return{{Name: "...", Type: "execlua.Group|any", Doc: "The group; with fn, what fn returned."}},
			Fn:      taskGroup,
		},
		{
			Name: "race", Doc: "Calls the functions, each in a task of its own. When the first has ended the others are cancelled; returns when all have ended.",
			Params:  []bind.Param{{Name: "...", Type: "fun(): any ...", Doc: "The functions, or one list of them."}},
			Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What the first returned; what it raised is raised."}},
			Fn:      taskRace,
		},
		{
			Name: "timeout", Doc: "Calls fn(...) in a task of its own, and cancels it when it takes too long: raises wait_timeout when it has ended.",
			Params: []bind.Param{
				{Name: "duration", Type: "execlua.Duration", Doc: "How long it may take."},
				{Name: "fn", Type: "fun(...: any): any ...", Doc: "What to call."},
				{Name: "...", Type: "any", Doc: "Its arguments."},
			},
			Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What fn returned."}},
			Fn:      taskTimeout,
		},
	}
}

// team is some tasks that are joined together. Its methods need the lock.
type team struct {
	running map[*vm.Task]int // to the order of spawning, from 1
	ended   []*vm.Task       // of them, and nobody has taken their results
	joining waiters
	spawned int
	err     error // the first
	failed  int   // the order of the task that it is of, 0 when it is the caller's own
}

func newTeam() *team { return &team{running: make(map[*vm.Task]int)} }

func (t *team) spawn(L *lua.LState, fn *lua.LFunction, args ...lua.LValue) *vm.Task {
	task := vm.Spawn(L, fn, args...)
	t.spawned++
	t.running[task] = t.spawned
	task.OnEnd(func() {
		t.ended = append(t.ended, task)
		t.joining.wakeAll()
	})
	return task
}

// next waits for one of the tasks to end, and returns its results and order; 0
// when another caller has taken the last. The first error, the caller's own
// cancellation included, cancels the team; from there on next waits whatever
// happens to the caller, as its tasks are to end.
func (t *team) next(L *lua.LState) (order int, results []lua.LValue) {
	for len(t.ended) == 0 {
		switch {
		case len(t.running) == 0:
			return 0, nil
		case t.err != nil:
			t.joining.join(L)
		default:
			t.fail(0, t.joining.wait(L))
		}
	}
	task := t.ended[0]
	t.ended = t.ended[1:]
	results, err := task.Wait(L)
	order = t.running[task]
	delete(t.running, task)
	t.fail(order, err)
	return order, results
}

// fail keeps the first error and cancels the tasks.
func (t *team) fail(order int, err error) {
	if err == nil || t.err != nil {
		return
	}
	t.err, t.failed = err, order
	t.cancel()
}

func (t *team) cancel() {
	for task := range t.running {
		task.Cancel()
	}
}

// taskMap is raw: its options may be left out.
func taskMap(L *lua.LState) int {
	items := L.CheckTable(1)
	n, total := 2, items.Len()
	limit := total
	if opts, ok := L.Get(2).(*lua.LTable); ok {
		limit = checkLimit(L, opts, limit)
		n = 3
	}
	fn := L.CheckFunction(n)
	results := L.CreateTable(total, 0)
	t := newTeam()
	for t.err == nil && t.spawned < total || len(t.running) > 0 {
		for t.err == nil && t.spawned < total && len(t.running) < limit {
			index := t.spawned + 1
			t.spawn(L, fn, items.RawGetInt(index), lua.LNumber(index))
		}
		if index, values := t.next(L); len(values) > 0 {
			results.RawSetInt(index, values[0])
		}
	}
	if t.err != nil {
		raiseItem(L, t, results)
	}
	L.Push(results)
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

// errLost is why the tasks are cancelled that did not win a race.
var errLost = errors.New("another task has won")

// taskRace is raw: it has as many results as the winner.
func taskRace(L *lua.LState) int {
	var fns []*lua.LFunction
	if list, ok := L.Get(1).(*lua.LTable); ok && L.GetTop() == 1 {
		for i := 1; i <= list.Len(); i++ {
			fn, ok := list.RawGetInt(i).(*lua.LFunction)
			if !ok {
				L.ArgError(1, "a list of functions expected")
			}
			fns = append(fns, fn)
		}
	} else {
		for i := 1; i <= L.GetTop(); i++ {
			fns = append(fns, L.CheckFunction(i))
		}
	}
	if len(fns) == 0 {
		L.ArgError(1, "functions expected")
	}
	t := newTeam()
	for _, fn := range fns {
		t.spawn(L, fn)
	}
	_, results := t.next(L)
	err := t.err
	t.fail(0, errLost)
	for len(t.running) > 0 {
		t.next(L)
	}
	if err != nil {
		vm.Raise(L, err)
	}
	return pushAll(L, results)
}

// TimeoutError is why task.timeout has cancelled what it called.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string { return fmt.Sprintf("timed out after %v", e.After) }

// taskTimeout is raw: it has as many results as the function.
func taskTimeout(L *lua.LState) int {
	duration, err := bind.Duration(L, "timeout", 1, "duration")
	if err != nil {
		vm.Raise(L, err)
	}
	fn := L.CheckFunction(2)
	var args []lua.LValue
	for i := 3; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	t := newTeam()
	task := t.spawn(L, fn, args...)
	late := make(chan struct{})
	timer := vm.ClockOf(L).AfterFunc(duration, func() {
		close(late)
		task.Cancel()
	})
	_, results := t.next(L)
	if !timer.Stop() {
		<-late
		if t.err == nil || errors.Is(t.err, vm.ErrCancelled) {
			t.err = &TimeoutError{duration}
		}
	}
	if t.err != nil {
		vm.Raise(L, t.err)
	}
	return pushAll(L, results)
}

func pushAll(L *lua.LState, values []lua.LValue) int {
	for _, value := range values {
		L.Push(value)
	}
	return len(values)
}
