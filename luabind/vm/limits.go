package vm

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Limits end a script that takes more than it may. Zero is no limit. They hold
// for everything that runs between the begin of a Run and the end of its Join;
// see Meter. Where several run at the same time they share them.
type Limits struct {
	Time   time.Duration
	Steps  uint64 // instructions of Lua, and what library functions do that take longer than one
	Memory uint64 // bytes that the script's values hold
}

func (l Limits) any() bool { return l != Limits{} }

// ErrLimit is in every error of a script that a limit has ended.
var ErrLimit = errors.New("limit")

// LimitError says which limit has ended a script.
type LimitError struct{ message string }

func (e *LimitError) Error() string { return e.message }

// Unwrap makes errors.Is(err, ErrLimit) true.
func (e *LimitError) Unwrap() error { return ErrLimit }

// What a limit has left to run. Code that began under a lower stage is over: a
// script cannot outlive a limit, while what is deferred, and the callbacks that
// clean up, begin later and have a reserve.
const (
	stageRunning = iota
	stageReserve // a limit was reached: Options.Grace of time, and an eighth of the other limits
	stageOver    // no Lua runs
)

// reserve is the part of a limit that cleaning up has.
const reserve = 8

// meter counts what a script takes.
type meter struct {
	steps uint64 // so far; guarded by the VM's lock, as are the next three, while Lua runs
	look  uint64 // the step at which to look around
	trace string // where the limit has met the script
	met   *Task  // whose trace it is

	stage atomic.Int32
	alarm atomic.Bool // look around at the next step
	limit atomic.Pointer[LimitError]
	heap  heapWatch

	mu    sync.Mutex
	users int
	timer *time.Timer // of the time limit, then of the reserve's
}

// Meter has the limits count until stop is called, which may be called once.
// Time and Steps begin anew where nothing was counted before. Tasks, callbacks
// and Join call it for themselves; a caller who also cleans up wraps them all.
func (v *VM) Meter() (stop func()) {
	if !v.opts.Limits.any() {
		return func() {}
	}
	m := &v.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	m.users++
	if m.users == 1 && m.limit.Load() == nil {
		v.startMeter()
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.users--; m.users == 0 {
			v.stopMeter()
		}
	}
}

// startMeter is called when no Lua runs.
func (v *VM) startMeter() {
	limits, m := v.opts.Limits, &v.meter
	m.steps, m.look = 0, 0
	if limits.Time > 0 {
		m.timer = time.AfterFunc(limits.Time, func() {
			v.exceed(fmt.Sprintf("the script has run for longer than %v", limits.Time))
		})
	}
	if limits.Memory > 0 {
		m.heap.start(&m.alarm)
	}
}

func (v *VM) stopMeter() {
	if v.meter.timer != nil {
		v.meter.timer.Stop()
	}
	v.meter.heap.stop()
}

// exceed ends the script, and what a reserve was left to the next time. It never
// waits for the VM's lock.
func (v *VM) exceed(message string) {
	m := &v.meter
	err := &LimitError{message: message}
	if !m.limit.CompareAndSwap(nil, err) {
		v.exhaust()
		return
	}
	m.stage.Store(stageReserve)
	m.alarm.Store(true)
	v.cancel(&abortError{err})
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.timer != nil {
		m.timer.Stop()
	}
	m.timer = time.AfterFunc(v.opts.Grace, v.exhaust)
}

func (v *VM) exhaust() {
	v.meter.stage.Store(stageOver)
	v.meter.alarm.Store(true)
	v.kill()
}

// Exceeded tells whether a limit has ended the VM.
func (v *VM) Exceeded() bool { return v.meter.limit.Load() != nil }

// overLimit returns the limit that has ended what the task runs now, or nil.
func (t *Task) overLimit() error {
	m := &t.vm.meter
	if stage := m.stage.Load(); stage > t.stage || stage == stageOver {
		return m.limit.Load()
	}
	return nil
}

// settle compares what was taken with the limits. The lock is held.
func (v *VM) settle() {
	limits, m := v.opts.Limits, &v.meter
	if m.alarm.Swap(false) && limits.Memory > 0 {
		v.settleMemory()
	}
	if limits.Steps == 0 {
		return
	}
	allowed := limits.Steps
	if m.stage.Load() > stageRunning {
		allowed += allowed / reserve
	}
	if m.steps > allowed && m.stage.Load() < stageOver {
		v.exceed(fmt.Sprintf("the script has taken more than %d steps", limits.Steps))
	}
}

// settleMemory is called when the heap has grown. Others may have done that, so
// the script's own values are counted. What Go code holds for the script is not
// among them: it counts when the heap has doubled the limit and half of the limit
// is known to be the script's.
func (v *VM) settleMemory() {
	m := &v.meter
	allowed := v.opts.Limits.Memory
	if m.stage.Load() > stageRunning {
		allowed += allowed / reserve
	}
	growth := m.heap.growth()
	if growth <= allowed || m.stage.Load() == stageOver {
		return
	}
	own := v.measure()
	if own <= allowed && growth > 2*allowed {
		runtime.GC()
		growth = m.heap.growth()
	}
	// Counting takes memory, too. It must not raise the next alarm, or nothing else would be done.
	m.heap.settled(max(growth, m.heap.growth()))
	m.alarm.Store(false)
	if own > allowed || growth > 2*allowed && own > allowed/2 {
		v.exceed(fmt.Sprintf("the script holds more than %d bytes of memory", v.opts.Limits.Memory))
	}
}

// noteLimit keeps where the script was when a limit met it: the innermost calls
// first, then those of the protected calls that they unwind.
func (v *VM) noteLimit(trace string) {
	m := &v.meter
	trace = tidyTraceback(trace)
	switch {
	case m.trace == "" && firstPosition(trace) != "":
		m.trace, m.met = trace, v.current
	case m.met == v.current:
		m.trace += "\n" + strings.TrimPrefix(trace, tracebackHeader)
	}
}

// located adds to the reason for a task's end where a limit met the script.
func (v *VM) located(why error) error {
	if !errors.Is(why, ErrLimit) {
		return why
	}
	return &ScriptError{
		Value: lua.LString(why.Error()), Where: firstPosition(v.meter.trace), Traceback: v.meter.trace,
		message: why.Error(), cause: why,
	}
}
