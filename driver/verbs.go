package driver

import (
	"context"
	"time"
)

// The interfaces below are verbs beyond the seed's twelve. An engine has them or
// not; a caller that finds one missing answers ErrUnsupported.

// Updater changes the limits of a running container.
type Updater interface {
	// Update applies the fields of r that are set; zero leaves a limit as it is
	// and -1 removes it. An unset MemorySwap follows Memory. It changes all or
	// nothing: when the kernel refuses one, those before it are put back.
	Update(ctx context.Context, c *Command, r *Resources) error
}

// Finder lists the containers of an engine.
type Finder interface {
	// Find returns the containers that match, oldest first.
	Find(ctx context.Context, f Filter) ([]ContainerInfo, error)
}

// Filter selects containers. Zero fields match all.
type Filter struct {
	ID     string            `json:"id"`
	Labels map[string]string `json:"labels"` // all of them, with these values
	State  State             `json:"state"`
}

// State is what a container does now.
type State string

const (
	StateCreated State = "created" // its program does not run yet
	StateRunning State = "running"
	StatePaused  State = "paused"
	StateExited  State = "exited" // its program has ended, PostStop hooks run
)

// ContainerInfo is one container that Find has found.
type ContainerInfo struct {
	ID      string            `json:"id"`
	State   State             `json:"state"`
	Pid     int               `json:"pid"`
	Labels  map[string]string `json:"labels"`
	Created time.Time         `json:"created"`
	Command *Command          `json:"command"` // a copy
}

// Waiter waits for containers by id.
type Waiter interface {
	// Wait is Process.Wait for the container of that id, which may be another caller's.
	Wait(ctx context.Context, id string) (ExitStatus, error)
}

// AllSignaller signals every process of a container.
type AllSignaller interface {
	// SignalAll sends sig to every process in the container's cgroup, exec'd ones
	// and those below nested cgroups included. It freezes the container meanwhile,
	// so that none escapes by forking.
	SignalAll(ctx context.Context, c *Command, sig int) error
}

// Eventer tells what happens to containers.
type Eventer interface {
	// Events calls fn for each event from now on, in order, each once, until fn
	// returns an error, which it returns, or ctx ends, which returns nil. Events
	// wait for a slow fn; none is dropped.
	Events(ctx context.Context, fn func(Event) error) error
}

// EventKind names what happened.
type EventKind string

const (
	EventCreated    EventKind = "created"     // namespaces and cgroup exist
	EventStarted    EventKind = "started"     // the program runs
	EventPaused     EventKind = "paused"      //
	EventUnpaused   EventKind = "unpaused"    //
	EventUpdated    EventKind = "updated"     // limits have changed
	EventOOM        EventKind = "oom"         // the kernel killed a process for lack of memory
	EventExecuted   EventKind = "exec"        // one more process was started
	EventExecDied   EventKind = "exec_exited" // and has ended
	EventStopping   EventKind = "stopping"    // somebody asked for the end
	EventExited     EventKind = "exited"      // the program has ended
	EventHookFailed EventKind = "hook_failed" //
	EventWarning    EventKind = "warning"     // something that was asked for cannot be honoured on this machine
	EventRemoved    EventKind = "removed"     // nothing of it is left
)

// Event is one thing that happened to one container.
type Event struct {
	Seq     uint64      `json:"seq"` // rises by one for each event of an engine
	Time    time.Time   `json:"time"`
	ID      string      `json:"id"`
	Kind    EventKind   `json:"event"`
	Pid     int         `json:"pid"`
	Stage   Stage       `json:"stage"`   // of a hook that failed
	Message string      `json:"message"` // of a warning or a failure
	Status  *ExitStatus `json:"status"`  // of exited and exec_exited
}

// Logger keeps the end of the containers' output.
type Logger interface {
	// Logs calls fn for each line of a container's output: the last Tail lines,
	// and with Follow those to come, until the container is gone or ctx ends.
	Logs(ctx context.Context, id string, o LogOptions, fn func(LogLine) error) error
}

// LogOptions select lines.
type LogOptions struct {
	Tail   *int      `json:"tail"` // nil: all that is kept
	Since  time.Time `json:"since"`
	Follow bool      `json:"follow"`
}

// LogLine is one line of output, without its newline.
type LogLine struct {
	Time   time.Time `json:"time"`
	Stream string    `json:"stream"` // "stdout" or "stderr"; a terminal has stdout only
	Line   string    `json:"line"`
}

// Attacher joins the streams of a running container.
type Attacher interface {
	// Attach copies the container's output from now on to pipes, and pipes.Stdin
	// to the container if it has a stdin, until the container ends, ctx ends, or,
	// on a terminal, the detach keys are typed. The container goes on.
	Attach(ctx context.Context, c *Command, pipes *Pipes) error
}

// Resizer is a Process with a terminal.
type Resizer interface {
	Resize(height, width int) error
}
