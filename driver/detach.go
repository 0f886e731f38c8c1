package driver

import (
	"context"
	"time"
)

// Detacher is an engine whose containers can outlive the process that starts
// them. A detached container belongs to its state directory: any process that
// opens it finds the container, and the other verbs act on it as on one's own.
// After its end it stays, with its exit status and its logs, until Clean or
// Terminate; until then its id is taken. Wait, of its Process or by id, and a
// follower of Logs hear of the end that nothing follows by itself: they wait through
// what a restart policy or a health check starts again.
type Detacher interface {
	// StartDetached is Start without an owner: the end of ctx does not stop the
	// container. Its stdin is /dev/null and its output goes to the files that Logs
	// reads. PreStart and Start hooks run in the calling process; PostStop ones
	// are refused, since nobody may be there to run them. So is a terminal.
	StartDetached(ctx context.Context, c *Command, hooks Hooks) (Process, error)

	// Restart starts a detached container that has ended once more, with the
	// Command that it was started with, and without hooks. One that runs is ErrBusy.
	Restart(ctx context.Context, id string) (Process, error)
}

// RestartPolicy says when a detached container is started again after its
// program has ended. Nothing is started again that Stop, Terminate or Kill with
// a signal that ended it has asked to end.
type RestartPolicy struct {
	Always    bool           `json:"always"`               // however it ended; excludes on_failure
	OnFailure int            `json:"on_failure"`           // so many times in a row when the exit code is not 0; a run of 10 s or more ends the row
	Delay     *time.Duration `json:"delay" unit:"seconds"` // before the first restart of a row, doubled for each that follows up to a minute; nil is 100 ms
}

// HealthCheck looks at a detached container now and then. Exactly one of exec,
// tcp and http is set. Addresses are those of the container's own network.
type HealthCheck struct {
	Exec        []string       `json:"exec"`                                 // a program to run inside: healthy when it exits 0
	TCP         string         `json:"tcp"`                                  // "host:port" that accepts a connection
	HTTP        string         `json:"http"`                                 // a URL that answers with a status from 200 to 399
	Every       *time.Duration `json:"every" unit:"seconds"`                 // from the end of one check to the next; nil is 30 s
	Timeout     *time.Duration `json:"timeout" unit:"seconds"`               // for one check; nil is 5 s
	StartPeriod *time.Duration `json:"start_period" unit:"seconds"`          // after the start, in which failures do not count; nil is 0
	Retries     int            `json:"retries"`                              // failures in a row that make it unhealthy; 0 is 3
	OnFailure   string         `json:"on_failure" words:"none restart stop"` // when it becomes unhealthy: "none" ("" too), "restart" or "stop"
}

// LogFiles are where the output of a detached container is kept.
type LogFiles struct {
	MaxSize int64 `json:"max_size" unit:"bytes"` // of one file, from 4 KiB on; the next one is begun when it is reached; 0 is 10 MiB
	Files   int   `json:"files"`                 // how many are kept, the present one included; 0 is 3
}

// Health is what the health check of a container has found.
type Health string

// The states of health.
const (
	HealthNone      Health = ""          // there is no check
	HealthStarting  Health = "starting"  // no check has succeeded yet, and too few have failed
	HealthHealthy   Health = "healthy"   // the last one has succeeded, or too few have failed since
	HealthUnhealthy Health = "unhealthy" // so many have failed as retries says
)

// Defaults of RestartPolicy, HealthCheck and LogFiles.
const (
	DefaultRestartDelay  = 100 * time.Millisecond
	MaxRestartDelay      = time.Minute
	RestartRow           = 10 * time.Second // a run that lasts as long ends a row of failures
	DefaultHealthEvery   = 30 * time.Second
	DefaultHealthTimeout = 5 * time.Second
	DefaultHealthRetries = 3
	DefaultLogSize       = 10 << 20
	DefaultLogFiles      = 3
)
