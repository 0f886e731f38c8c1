// Package vm runs Lua 5.1 scripts: one state, many tasks, one lock.
//
// A task is a Lua thread on a goroutine of its own. Exactly one task runs Lua at
// a time, the holder of the lock; a bound Go function that waits for something
// releases the lock around the wait ([Block]), so waits overlap and Lua code
// needs no synchronisation. Tasks are switched nowhere else: a loop that never
// blocks keeps the others waiting.
//
// The package knows nothing of containers. It repairs or refuses what gopher-lua
// does differently from the Lua 5.1 manual where that would crash, hang or
// mislead: see the files coroutine.go, yield.go and protected.go.
package vm

import (
	"context"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/internal/clock"
)

// Options say what a script can reach. The zero value reaches nothing outside the VM.
type Options struct {
	Stdout io.Writer // print, io.write, io.stdout; nil discards. Written to by one task at a time.
	Stderr io.Writer // io.stderr; nil discards
	Stdin  io.Reader // io.read, io.stdin; nil is empty

	// Host opens what reaches the machine: io, the rest of os, dofile, loadfile
	// and modules on disk. Without it there are the base library, table, string,
	// math, coroutine, the clock and calendar of os, os.exit, and require for
	// modules given to Preload.
	Host bool
	Path []string // package.path with Host: patterns in which ? stands for the module

	// Libraries lists those of Libraries() that scripts have; nil is all of them.
	Libraries []string
	// Getenv is what os.getenv asks, with Host; nil is os.LookupEnv.
	Getenv func(name string) (string, bool)
	// Files gives what io and os open, remove and rename; nil is the machine's. It is asked each time.
	Files  func() Files
	Source fs.FS // where require looks before Path, with Host and without; may be nil

	// Preempt ends loops that never block, too: the task's context is looked at
	// between instructions, which makes tight loops up to 1.9 times slower. Tail
	// calls then take stack like other calls, because the traceback of an error
	// would grow with each of them. Limits need it, and imply it.
	Preempt bool
	Limits  Limits

	// Coverage counts the lines of files that run; nil counts none.
	Coverage *Coverage

	// Grace bounds what still runs in a task after it was cancelled or
	// interrupted: deferred functions and BlockCleanup. 0 is 10 seconds.
	Grace time.Duration

	// Clock is what waits and moments go by; nil is the machine's. Limits and Grace
	// are always the machine's.
	Clock *clock.Clock

	// ErrorValue turns a Go error into the value that a script catches. Nil
	// gives the text with the position of the caller in front.
	ErrorValue func(L *lua.LState, err error) lua.LValue
}

// Files is a file system as io and os change it.
type Files interface {
	OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error)
	Remove(path string) error
	Rename(from, to string) error
}

// machine is the file system of the machine.
type machine struct{}

func (machine) OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, mode)
}
func (machine) Remove(path string) error     { return os.Remove(path) }
func (machine) Rename(from, to string) error { return os.Rename(from, to) }

// Limits of one thread, a task's or a coroutine's. A registry grows by copying,
// which nothing interrupts: the worst case is max²/(2·step) slots, so the first
// size is small and the product too.
const (
	registrySize = 128 // gopher-lua takes no less
	registryMax  = 65536
	registryStep = 256
	maxFrames    = 4088 // calls, one in another
)

const defaultGrace = 10 * time.Second

// VM is one Lua state. Its methods may be called from any goroutine that does
// not hold the lock; functions that take an *lua.LState are for the holder.
type VM struct {
	opts   Options
	stdout *lockedWriter
	stderr *lockedWriter
	seed   maphash.Seed // see identity

	ctx    context.Context // ends with Interrupt, os.exit and Close; every script task hangs on it
	cancel context.CancelCauseFunc
	hard   context.Context // ends the grace period
	kill   context.CancelFunc
	owner  owner

	meter  meter
	layout layout // only with a limit of memory

	mu         sync.Mutex // the lock; it guards everything below and the whole Lua state
	main       *lua.LState
	current    *Task                       // the task that runs Lua; nil while the lock is free
	spawned    map[*Task]bool              // tasks that run, or that failed and nobody waited for
	begun      chan struct{}               // of the task spawned last; see takeTurn
	changed    chan struct{}               // see taskEnded; nil while nobody waits
	sequence   int                         // of spawned tasks
	idle       []*lua.LState               // threads to use again
	callers    map[*lua.LState]*lua.LState // who waits for the thread of a protected call
	closed     bool
	threads    map[*lua.LState]bool // in use; only with a limit of memory
	trampoline *lua.FunctionProto
	runBody    *lua.LFunction // runs Task.body of the current task
	callbacks  sync.Pool      // of tasks whose callback has ended and that nobody knows
	packages   packages
}

// registryKey is where the Lua registry holds the VM.
const registryKey = "execlua.vm"

// New makes a VM with its libraries open. Close it in the end.
func New(o Options) *VM {
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.Files == nil {
		o.Files = func() Files { return machine{} }
	}
	o.Preempt = o.Preempt || o.Limits.any()
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	v := &VM{
		opts:    o,
		stdout:  &lockedWriter{w: o.Stdout},
		stderr:  &lockedWriter{w: o.Stderr},
		seed:    maphash.MakeSeed(),
		spawned: make(map[*Task]bool),
		callers: make(map[*lua.LState]*lua.LState),
		threads: make(map[*lua.LState]bool),
	}
	if o.Limits.Memory > 0 {
		v.layout = layoutOf()
		v.meter.heap.limit = o.Limits.Memory
	}
	v.ctx, v.cancel = context.WithCancelCause(context.Background())
	v.hard, v.kill = context.WithCancel(context.Background())
	v.owner.hurry, v.owner.kill = context.WithCancel(v.hard)
	v.main = lua.NewState(lua.Options{
		CallStackSize:       maxFrames,
		RegistrySize:        registrySize,
		RegistryMaxSize:     registryMax,
		RegistryGrowStep:    registryStep,
		MinimizeStackMemory: true,
		SkipOpenLibs:        true,
	})
	self := v.main.NewUserData()
	self.Value = v
	v.main.G.Registry.RawSetString(registryKey, self)
	v.runBody = v.main.NewFunction(func(L *lua.LState) int {
		t := v.current
		body := t.body
		t.body = nil
		t.outcome = body(L)
		return 0
	})
	v.openLibraries(v.main)
	return v
}

// Of returns the VM that a state belongs to.
func Of(L *lua.LState) *VM {
	return L.G.Registry.RawGetString(registryKey).(*lua.LUserData).Value.(*VM)
}

// Stdout is the stream that print writes to. It may be used by many goroutines at once.
func (v *VM) Stdout() io.Writer { return v.stdout }

// Stderr is to io.stderr what Stdout is to print.
func (v *VM) Stderr() io.Writer { return v.stderr }

// Close ends the VM: tasks that wait are woken and unwind, nothing runs Lua any
// more, and what the script owned is closed. It waits for no task (see Join), and
// closing twice is no error.
func (v *VM) Close() {
	v.cancel(&abortError{ErrClosed})
	v.kill()
	defer v.owner.close()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return
	}
	v.closed = true
	v.idle = nil
	v.main.Close()
}

// thread returns a Lua thread for one use. ctx is looked at only with Preempt.
func (v *VM) thread(ctx context.Context) *lua.LState {
	var L *lua.LState
	if n := len(v.idle); n > 0 {
		L, v.idle = v.idle[n-1], v.idle[:n-1]
	} else {
		L, _ = v.main.NewThread() // no cancel function: the main state has no context
	}
	if v.observes() {
		v.govern(L, ctx)
	}
	if v.opts.Limits.Memory > 0 {
		v.threads[L] = true
	}
	return L
}

// maxIdle bounds how many threads wait to be used again. They spare a callback
// most of its cost; more than a few would only keep memory.
const maxIdle = 8

// recycle takes a thread back after PCall. One that a Go panic has unwound may
// still hold open upvalues: it is left to the collector.
func (v *VM) recycle(L *lua.LState, err error) {
	delete(v.threads, L)
	if v.closed || len(v.idle) >= maxIdle {
		return
	}
	if api, ok := err.(*lua.ApiError); err != nil && (!ok || api.Type != lua.ApiErrorRun) {
		return
	}
	L.Env = v.main.Env // setfenv(0, …) changes it
	v.idle = append(v.idle, L)
}

// lockedWriter lets tasks that print while the VM's lock is free share a stream.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.w == nil {
		return len(p), nil
	}
	return l.w.Write(p)
}
