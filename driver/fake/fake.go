// Package fake is an engine in memory. It has the state machine of a real one
// (hooks with their deadlines, signals, freezing, one container for an id at a
// time), and a Go function in the place of every program. It needs no root, no
// image and no kernel, so scripts and embedders test with it.
//
// What it does not do: limits, those of log files among them, are accepted and not
// enforced, a terminal is plain pipes with one way out, and the environment holds
// what was given and no defaults.
package fake

import (
	"context"
	"slices"
	"sync"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/events"
	"github.com/execlua/execlua/internal/clock"
)

// Options configure New. The zero value is useful.
type Options struct {
	// Program is the body of every process, exec'd ones included; nil is Builtins.
	// It returns the exit code, of which the low 8 bits count. Its context ends
	// when a signal has killed the process: it must return then, since the
	// container is gone only once it has. Driver.Reply comes before it.
	Program func(ctx context.Context, p *Process) int

	// Clock is what delays, timeouts and moments go by; nil is the machine's.
	Clock *clock.Clock
}

// firstPid is above the largest pid the kernel ever gives (PID_MAX_LIMIT, 2^22,
// see proc_sys_kernel(5)): a hook that signals a made-up pid hits nobody.
const firstPid = 1<<22 + 1

// Driver is the engine. Its containers live and die with it.
type Driver struct {
	program program
	clock   *clock.Clock
	events  events.Broadcaster

	mu         sync.Mutex
	containers map[string]*container
	pids       int // given so far
	calls      []Call
	rules      []rule // of Reply
}

// The interfaces the engine has.
var _ interface {
	driver.Driver
	driver.Starter
	driver.ExecStarter
	driver.Stopper
	driver.Updater
	driver.Finder
	driver.Waiter
	driver.AllSignaller
	driver.Eventer
	driver.Logger
	driver.Attacher
	driver.Detacher
} = (*Driver)(nil)

// New returns an engine without containers.
func New(o Options) *Driver {
	d := &Driver{program: o.Program, clock: o.Clock, containers: map[string]*container{}}
	d.events.Clock = o.Clock
	if d.program == nil {
		d.program = Builtins
	}
	return d
}

// Name is "fake".
func (d *Driver) Name() string { return "fake" }

// SupportsHooks is true.
func (d *Driver) SupportsHooks() bool { return true }

// Call is one call of a verb, in the words of scripts: "run", "start", "restart",
// "exec", "exec_start", "kill", "pause", "unpause", "stop", "terminate", "clean", "pids",
// "stats", "update", "find", "wait", "signal_all", "events", "logs", "attach", or
// "signal" and "resize" for what is done through a handle.
type Call struct {
	Verb      string
	ID        string
	Command   *driver.Command       // a copy; nil where the verb takes only an id
	Process   *driver.ProcessConfig // a copy; of exec and exec_start
	Resources *driver.Resources     // a copy; of update
	Signal    int                   // of kill, signal, signal_all and stop
	Options   any                   // of run, start, exec and exec_start: what WithOptions has put into the context
	Detached  bool                  // of start
	Size      [2]int                // of resize: height and width
}

// optionsKey is where a context has what the caller notes.
type optionsKey struct{}

// WithOptions gives the calls with a context a note of the caller: how it asked
// for a process, of which an engine sees the consequences only.
func WithOptions(ctx context.Context, options any) context.Context {
	return context.WithValue(ctx, optionsKey{}, options)
}

// Calls returns the calls of one verb in their order, failed ones included, or
// those of all verbs when verb is "".
func (d *Driver) Calls(verb string) []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	if verb == "" {
		return slices.Clone(d.calls)
	}
	var out []Call
	for _, c := range d.calls {
		if c.Verb == verb {
			out = append(out, c)
		}
	}
	return out
}

// record notes a call. What the caller may change later is copied.
func (d *Driver) record(c Call) {
	c.Command, c.Process, c.Resources = c.Command.Clone(), c.Process.Clone(), c.Resources.Clone()
	if c.Command != nil {
		c.ID = c.Command.ID
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, c)
}

// failed adds the verb and the container to an error; nil stays nil.
func failed(verb, id string, err error) error {
	if err == nil {
		return nil
	}
	return &driver.Error{Op: verb, ID: id, Err: err}
}
