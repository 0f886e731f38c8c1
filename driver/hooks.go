package driver

import (
	"context"
	"time"
)

// Stage is the moment in a container's life at which a hook runs.
type Stage string

const (
	// StagePreStart: namespaces and cgroup exist, limits apply, the program does not run yet.
	StagePreStart Stage = "pre_start"
	// StageStart: the program runs.
	StageStart Stage = "start"
	// StagePostStop: the process has exited, its cgroup can still be read.
	StagePostStop Stage = "post_stop"
)

// DefaultHookTimeout is the deadline of each hook when Hooks.Timeout is zero.
const DefaultHookTimeout = 30 * time.Second

// DriverCallback is a hook. It is called in the host process with copies of what
// runs, and the pid of the container's process as the host numbers it. The
// context ends at the hook's deadline and when the run is cancelled; a callback
// that goes on past it is abandoned, and the error says so. One that stands for
// several may return a *HookError itself, with the Index of the one that failed.
type DriverCallback func(ctx context.Context, process *ProcessConfig, pid int, info *HookInfo) error

// HookInfo is the circumstances of a hook's call.
type HookInfo struct {
	ID      string      `json:"id"`
	Stage   Stage       `json:"stage"`
	Command *Command    `json:"command"`
	Status  *ExitStatus `json:"status"` // in post_stop only
}

// Hooks are the callbacks of one container.
//
// PreStart hooks run in order, always; the first error vetoes the start: the
// container is killed and removed and Run returns a *HookError. An error of
// Start kills the container likewise. PostStop hooks run in order once the
// process has ended, all of them, exactly once, if a process ever existed
// (a failed PreStart included); their errors are joined and do not touch the
// exit status.
type Hooks struct {
	PreStart []DriverCallback
	Start    DriverCallback
	PostStop []DriverCallback
	// Timeout is the deadline of each single callback; 0 means DefaultHookTimeout.
	Timeout time.Duration
}
