// Package plan is an engine that changes nothing. It answers every verb as if all
// went well, and writes down what another engine would create, change and remove.
//
// A run ends at once with exit code 0 and without output. What is started goes on
// until it gets its stop signal, or SIGKILL, or somebody waits for its end or
// follows its output, and not because somebody looks whether it runs. The exit
// code is 0, but for SIGKILL.
//
// Hooks are not called, only mentioned: they act on the process of a container,
// and there is none. So a plan does not foresee a veto. Nor does it know the
// containers that exist elsewhere: it begins with none. What the script would do
// beside its containers, whoever runs the script tells it with Add.
package plan

import (
	"context"
	"iter"
	"os"
	"slices"
	"sync"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// Action is what becomes of a container, or of a file, by a step.
type Action string

const (
	Create Action = "create"
	Change Action = "change"
	Remove Action = "remove"
	Call   Action = "call" // something beyond this machine's files and containers
)

// Step is one call that would have an effect.
type Step struct {
	Action  Action                `json:"action"`
	Verb    string                `json:"verb"`              // "run", "start", "exec", "update", "stop", …
	ID      string                `json:"id,omitempty"`      // of the container
	Command *driver.Command       `json:"command,omitempty"` // of run and start
	Process *driver.ProcessConfig `json:"process,omitempty"` // of exec
	Changes []Difference          `json:"changes,omitempty"` // of update
	Signal  string                `json:"signal,omitempty"`  // of kill and signal_all, and of stop when one was given
	Hooks   []driver.Stage        `json:"hooks,omitempty"`   // the stages that have hooks
	// Detached: the container would stay after its end.
	Detached bool `json:"detached,omitempty"`

	// What follows is of a step beside containers, whose verb is that of a module: "fs.write".
	Target string   `json:"target,omitempty"` // a path, URL or address, or the program
	To     *string  `json:"to,omitempty"`     // of fs.move the new path, of fs.symlink what the link names
	Size   *int64   `json:"size,omitempty"`   // of what is written or sent, in bytes; nil where it is not known
	Argv   []string `json:"argv,omitempty"`   // of sh.run
}

// Difference is a limit that an update changes, as text: "64m".
type Difference struct {
	Field string `json:"field"`
	From  string `json:"from"` // "" is no limit of its own
	To    string `json:"to"`
}

// Driver is the engine. Its containers exist in memory.
type Driver struct {
	*fake.Driver
	mu    sync.Mutex
	steps []Step
	held  map[string]*hold // what was started, by id
}

// New returns an engine with an empty plan.
func New() *Driver {
	return &Driver{Driver: fake.New(fake.Options{Program: program}), held: map[string]*hold{}}
}

// Name is "plan".
func (d *Driver) Name() string { return "plan" }

// Steps are those so far, in the order of the calls.
func (d *Driver) Steps() []Step {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.steps)
}

// add writes a step down, unless the call has failed.
func (d *Driver) add(err error, s Step) {
	if err != nil {
		return
	}
	s.Command, s.Process = s.Command.Clone(), s.Process.Clone()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps = append(d.steps, s)
}

// hold is how the program of a start and those who hold its handle meet.
type hold struct {
	stop   int           // the signal that ends it
	ready  chan struct{} // closed when it heeds that
	over   chan struct{} // closed by finish
	finish func()        // ends it
	begin  func()        // closes ready
}

func newHold(c *driver.Command) *hold {
	h := &hold{ready: make(chan struct{}), over: make(chan struct{})}
	h.finish = sync.OnceFunc(func() { close(h.over) })
	h.begin = sync.OnceFunc(func() { close(h.ready) }) // a detached one may begin again
	if c != nil {
		h.stop, _, _ = c.StopWith(driver.StopOptions{}) // the engine refuses what is wrong with it
	}
	return h
}

// holdKey is where the context of a start has the hold.
type holdKey struct{}

// program is that of every process.
func program(ctx context.Context, p *fake.Process) int {
	held, started := ctx.Value(holdKey{}).(*hold)
	if !started {
		return 0
	}
	for sig := 1; sig <= 64; sig++ {
		p.Trap(sig)
	}
	stopped := p.Trap(held.stop)
	held.begin()
	select {
	case <-stopped:
	case <-held.over:
	case <-ctx.Done():
	}
	return 0
}

// quiet keeps the caller's own files from being read: nobody is there to read them.
func quiet(pipes *driver.Pipes) *driver.Pipes {
	if pipes == nil {
		return nil
	}
	out := *pipes
	if _, ok := out.Stdin.(*os.File); ok {
		out.Stdin = nil
	}
	return &out
}

// Run implements driver.Driver.
func (d *Driver) Run(ctx context.Context, c *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.ExitStatus, error) {
	status, err := d.Driver.Run(ctx, c, quiet(pipes), driver.Hooks{})
	d.add(err, Step{Action: Create, Verb: "run", ID: idOf(c), Command: c, Hooks: stages(hooks)})
	return status, err
}

// Start implements driver.Starter.
func (d *Driver) Start(ctx context.Context, c *driver.Command, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	held := newHold(c)
	process, err := d.Driver.Start(context.WithValue(ctx, holdKey{}, held), c, quiet(pipes), driver.Hooks{})
	d.add(err, Step{Action: Create, Verb: "start", ID: idOf(c), Command: c, Hooks: stages(hooks)})
	if err != nil {
		return nil, err
	}
	<-held.ready
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[c.ID] = held
	return planned{process, d}, nil
}

// planned is a started process.
type planned struct {
	driver.Process
	engine *Driver
}

// Finish implements driver.Planned.
func (p planned) Finish() { p.engine.finish(p.ID()) }

// Signal implements driver.Process.
func (p planned) Signal(ctx context.Context, sig int) error {
	err := p.Process.Signal(ctx, sig)
	p.engine.signalled(err, "kill", p.ID(), sig)
	return err
}

// finish ends a container that somebody waits for.
func (d *Driver) finish(id string) {
	d.mu.Lock()
	held := d.held[id]
	d.mu.Unlock()
	if held != nil {
		held.finish()
	}
}

// Wait implements driver.Waiter.
func (d *Driver) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	d.finish(id)
	return d.Driver.Wait(ctx, id)
}

// Logs implements driver.Logger.
func (d *Driver) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	lines := d.Driver.Logs(ctx, id, o)
	if o.Follow {
		d.finish(id)
	}
	return lines
}

// Attach implements driver.Attacher.
func (d *Driver) Attach(ctx context.Context, c *driver.Command, pipes *driver.Pipes) error {
	d.finish(idOf(c))
	return d.Driver.Attach(ctx, c, quiet(pipes))
}

// stages lists those that have hooks, in their order.
func stages(h driver.Hooks) []driver.Stage {
	var list []driver.Stage
	if len(h.PreStart) > 0 {
		list = append(list, driver.StagePreStart)
	}
	if h.Start != nil {
		list = append(list, driver.StageStart)
	}
	if len(h.PostStop) > 0 {
		list = append(list, driver.StagePostStop)
	}
	return list
}

func idOf(c *driver.Command) string {
	if c == nil {
		return ""
	}
	return c.ID
}
