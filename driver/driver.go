package driver

import (
	"context"
	"time"
)

// Driver is what an engine can do. The methods are the seed's twelve; those that
// wait for a kernel or a peer take a context. Verbs beyond them are the small
// interfaces below (Starter, Stopper, …): an engine has them or not, and a caller
// that finds one missing answers ErrUnsupported.
//
// All methods may be called from many goroutines at once.
type Driver interface {
	// Run starts the Command, waits until its process has exited and removes the
	// container. The status is valid whenever a process existed, whatever the
	// error says: a failed PostStop hook does not hide it. When nothing ran the
	// ExitCode is -1.
	//
	// When ctx ends, the process gets its stop signal, then SIGKILL after the
	// Command's StopGrace; PostStop hooks still run and the error wraps the
	// context's cause.
	Run(ctx context.Context, c *Command, pipes *Pipes, hooks Hooks) (ExitStatus, error)

	// Exec runs one more process in a running container, waits for it and returns
	// its exit code (128+n when signal n ended it, -1 when nothing ran). The
	// process has its own environment, working directory and user; unset ones are
	// the container's. Only hooks.Start applies, and it gets the exec's process.
	Exec(ctx context.Context, c *Command, process *ProcessConfig, pipes *Pipes, hooks Hooks) (int, error)

	// Kill sends a signal to the container's init. Signal 0 asks whether it lives.
	Kill(ctx context.Context, c *Command, sig int) error

	// Pause freezes every process of the container. Pausing twice is no error.
	Pause(ctx context.Context, c *Command) error

	// Unpause thaws the container. Unpausing a running one is no error.
	Unpause(ctx context.Context, c *Command) error

	// Name is the engine's name: "native", "fake", …
	Name() string

	// Info tells whether the container runs. It is never nil.
	Info(id string) Info

	// GetPidsForContainer lists the processes of the container, exec'd ones and
	// those in nested cgroups included, as the host numbers them.
	GetPidsForContainer(ctx context.Context, id string) ([]int, error)

	// Terminate kills the container with SIGKILL, waits until it is gone and
	// removes everything of it, leftovers of a host that died included.
	Terminate(ctx context.Context, c *Command) error

	// Clean removes what a stopped container left behind. A running container is
	// ErrBusy; an unknown id is no error.
	Clean(ctx context.Context, id string) error

	// Stats tells what the container uses now.
	Stats(ctx context.Context, id string) (*ResourceStats, error)

	// SupportsHooks tells whether Run honours Hooks.
	SupportsHooks() bool
}

// Starter is an engine that can start a container without waiting for it.
type Starter interface {
	// Start returns as soon as the program runs and the Start hook has returned.
	// The caller must Wait: the container is removed then. When ctx ends later,
	// the container is stopped as in Run.
	Start(ctx context.Context, c *Command, pipes *Pipes, hooks Hooks) (Process, error)
}

// ExecStarter is to Exec what Starter is to Run.
type ExecStarter interface {
	StartExec(ctx context.Context, c *Command, process *ProcessConfig, pipes *Pipes, hooks Hooks) (Process, error)
}

// Process is a started process: a container's init or an exec.
type Process interface {
	// ID is the container's id.
	ID() string
	// Pid is the process's number on the host.
	Pid() int
	// Signal sends a signal to this process only; ErrNotRunning after its end.
	Signal(ctx context.Context, sig int) error
	// Wait returns when the process has ended, its output has been delivered and,
	// for a container, its PostStop hooks have run and it is removed. When ctx
	// ends first the error is ErrWaitTimeoutReached, joined with the context's
	// cause, and the process goes on. Any number of callers may wait; all get the same answer.
	Wait(ctx context.Context) (ExitStatus, error)
}

// Stopper is an engine that can end a container gracefully.
type Stopper interface {
	// Stop sends the stop signal, waits up to the grace period, then sends
	// SIGKILL, and returns when the container is gone. A container that is
	// paused is thawed first, since a frozen process sees no signal. One whose
	// program has ended already is waited for.
	Stop(ctx context.Context, c *Command, opts StopOptions) (ExitStatus, error)
}

// StopOptions override what the Command says about its end.
type StopOptions struct {
	Signal int            // 0: the Command's StopSignal
	Grace  *time.Duration // nil: the Command's StopGrace; 0: SIGKILL at once after the signal
}

// Info is what an engine knows about one container.
type Info interface {
	// IsRunning is true from the moment the init process exists until it has exited.
	IsRunning() bool
}

// ExitStatus tells how a process ended.
type ExitStatus struct {
	// ExitCode is the program's own code, 128+n when signal n ended it, -1 when nothing ran.
	ExitCode int `json:"exit_code"`
	// OOMKilled: the kernel killed a process of the container for lack of memory,
	// init or another; an init that exits 0 can still have it. Of an exec: while it ran.
	OOMKilled bool `json:"oom_killed"`
	// OOMKills is how many were killed. On v1 those of nested cgroups are not counted.
	OOMKills uint64 `json:"oom_kills"`
	// OOMScope tells whose limit they ran into.
	OOMScope OOMScope `json:"oom_scope"`
	// Signal that ended the process; 0 when it exited by itself.
	Signal int `json:"signal"`
	// CoreDumped: the kernel has written a core dump, or handed it to a program.
	// Whether it does is up to the core rlimit and the machine's core_pattern, see core(5).
	CoreDumped bool `json:"core_dumped"`
	// Stopped: the process ended after Stop, Terminate, or the end of the context asked it to.
	Stopped bool `json:"stopped"`
	// Unknown: nobody has seen how it ended, and ExitCode is -1. It happens to a
	// detached container whose keeper was killed, on a kernel without PIDFD_INFO_EXIT (Linux 6.15).
	Unknown bool `json:"unknown"`
	// Duration from the start of the program to its end.
	Duration time.Duration `json:"duration" unit:"seconds"`
}

// OOMScope is the place of the memory limit that processes were killed for.
//
// On v2 it is OOMOwn when "oom" in memory.events of the container's cgroup has
// grown, which the kernel counts where the limit is and above; a limit that
// a cgroup inside the container has set itself is its own, too. On v1 there is no
// such count, and it is OOMOwn when the container has ever reached its limit (by
// memory.max_usage_in_bytes, or that of memory.memsw): if making room helped then,
// and the kill came later and from above, it is told wrong. Without a limit of its
// own a container always has OOMAncestor. See cgroup-v2.rst and
// cgroup-v1/memory.rst of the kernel's admin-guide.
type OOMScope string

const (
	OOMNone     OOMScope = ""         // nobody was killed
	OOMOwn      OOMScope = "own"      // the container's limit; also when limits above were hit besides
	OOMAncestor OOMScope = "ancestor" // that of a cgroup above it, or all the memory of the machine
)

// Context is a generic set of keys and values that travels with a request.
type Context map[string]string
