package driver

import (
	"context"
	"iter"
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

// Check refuses a State that there is not.
func (f Filter) Check() error {
	switch f.State {
	case "", StateCreated, StateRunning, StatePaused, StateExited:
		return nil
	}
	return &FieldError{Path: "state", Value: string(f.State), Reason: `"created", "running", "paused" or "exited"`}
}

// Matches tells whether a container is selected.
func (f Filter) Matches(c *ContainerInfo) bool {
	for key, value := range f.Labels {
		if have, ok := c.Labels[key]; !ok || have != value {
			return false
		}
	}
	return (f.ID == "" || f.ID == c.ID) && (f.State == "" || f.State == c.State)
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
	Pid     int               `json:"pid,omitempty"` // 0 once its program has ended
	Labels  map[string]string `json:"labels"`
	Created time.Time         `json:"created"`
	Command *Command          `json:"command"` // a copy, with the limits of now

	Detached bool        `json:"detached"`
	Started  time.Time   `json:"started,omitzero"`  // of a detached one: when its program was last started
	Finished time.Time   `json:"finished,omitzero"` // and when it ended
	Status   *ExitStatus `json:"status,omitempty"`  // of a detached one that has ended
	Restarts int         `json:"restarts"`          // by its policy or its health check
	Health   Health      `json:"health,omitempty"`
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
	// so that none escapes by forking. To a paused container the rule of Kill applies.
	SignalAll(ctx context.Context, c *Command, sig int) error
}

// Eventer tells what happens to containers.
type Eventer interface {
	// Events subscribes. The sequence has every event since the call, whenever it
	// is ranged over: in order, each once. It waits for the next one until ctx
	// ends. Events wait for a slow reader; none is dropped. An error, which only an
	// engine elsewhere has, is the last of the sequence.
	Events(ctx context.Context) iter.Seq2[Event, error]
}

// EventKind names what happened.
type EventKind string

const (
	EventCreated    EventKind = "created"     // namespaces and cgroup exist
	EventStarted    EventKind = "started"     // the program runs
	EventPaused     EventKind = "paused"      // every process is frozen
	EventUnpaused   EventKind = "unpaused"    // and goes on
	EventUpdated    EventKind = "updated"     // limits have changed
	EventOOM        EventKind = "oom"         // the kernel killed a process for lack of memory
	EventExecuted   EventKind = "exec"        // one more process was started
	EventExecDied   EventKind = "exec_exited" // and has ended; may come after exited and removed
	EventStopping   EventKind = "stopping"    // somebody asked for the end
	EventExited     EventKind = "exited"      // the program has ended
	EventHookFailed EventKind = "hook_failed" // it returned an error, panicked or ran past its deadline
	EventHealth     EventKind = "health"      // what its health check finds has changed; the message is the Health
	EventRestarted  EventKind = "restarted"   // its restart policy, its health check or Restart has started it again
	EventWarning    EventKind = "warning"     // something that was asked for cannot be honoured on this machine
	EventRemoved    EventKind = "removed"     // nothing of it is left
)

// Event is one thing that happened to one container.
type Event struct {
	Seq     uint64      `json:"seq"` // rises by one for each event of an engine
	Time    time.Time   `json:"time"`
	ID      string      `json:"id"`
	Kind    EventKind   `json:"event"`
	Pid     int         `json:"pid,omitempty"`
	Stage   Stage       `json:"stage,omitempty"`   // of a hook that failed
	Message string      `json:"message,omitempty"` // of a warning or a failure
	Status  *ExitStatus `json:"status,omitempty"`  // of exited and exec_exited
}

// Logger keeps the end of the containers' output.
type Logger interface {
	// Logs reads the lines of a container's output: the last Tail lines, and with
	// Follow those to come, until the container has ended or ctx ends. The last
	// 64 KiB are kept: a reader that falls further behind goes on with the oldest
	// line there is. A stream that the container was started without has no lines,
	// and one writer for both streams makes one of them, stdout. A line without an
	// end is cut at 16 KiB. The only error is that there is no such container.
	Logs(ctx context.Context, id string, o LogOptions) iter.Seq2[LogLine, error]
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
	// to its stdin, until the container ends, ctx ends, or, on a terminal, the
	// detach keys ctrl-p ctrl-q are typed; none of this is an error. The container
	// goes on, also when a writer of pipes fails, which is; it waits for a slow one.
	// After the return pipes are left alone. In a hook of the container itself it is ErrBusy. The end of pipes.Stdin is not the
	// container's. A stream that the container was started without cannot be
	// joined: its output is not seen, and a stdin is ErrUnsupported.
	Attach(ctx context.Context, c *Command, pipes *Pipes) error
}

// Planned is a Process of an engine that runs nothing: it would go on for ever.
type Planned interface {
	// Finish says that somebody waits for the end now, which comes then.
	Finish()
}

// Resizer is a Process with a terminal.
type Resizer interface {
	Resize(height, width int) error
}
