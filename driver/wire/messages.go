//go:build unix

package wire

import (
	"encoding/json"
	"time"

	"github.com/execlua/execlua/driver"
)

// call is the body of kindCall: a verb and what it is given. The header has its number.
type call struct {
	Verb    string         `json:"verb"`
	Timeout *time.Duration `json:"timeout,omitempty"` // until the deadline of its context
	Cause   *failure       `json:"cause,omitempty"`   // why the context has ended already
	Inside  []string       `json:"inside,omitempty"`  // the containers in whose hooks it is called

	Target    uint64                `json:"target,omitempty"` // the call that has started the process which this one is about
	ID        string                `json:"id,omitempty"`
	Command   *driver.Command       `json:"command,omitempty"`
	Process   *driver.ProcessConfig `json:"process,omitempty"`
	Consoles  [2]string             `json:"consoles,omitzero"` // of the two above: fields that their JSON leaves out
	Hooks     *hookList             `json:"hooks,omitempty"`
	Pipes     *ends                 `json:"pipes,omitempty"`
	Resources *driver.Resources     `json:"resources,omitempty"`
	Filter    driver.Filter         `json:"filter,omitzero"`
	Logs      driver.LogOptions     `json:"logs,omitzero"`
	Stop      driver.StopOptions    `json:"stop,omitzero"`
	Signal    int                   `json:"signal,omitempty"`
	Size      [2]int                `json:"size,omitzero"`
}

// hookList says which hooks the client has.
type hookList struct {
	PreStart int           `json:"pre_start"`
	Start    bool          `json:"start"`
	PostStop int           `json:"post_stop"`
	Timeout  time.Duration `json:"timeout"`
}

// ends says which ends of pipes there are. The descriptors come in this order.
type ends struct {
	Stdin  bool `json:"stdin"`
	Stdout bool `json:"stdout"`
	Stderr bool `json:"stderr"` // false when it is the same as stdout
	Both   bool `json:"both"`   // stdout is stderr too
}

// result is the body of kindResult and kindEnded.
type result struct {
	Failure *failure               `json:"failure,omitempty"`
	Status  driver.ExitStatus      `json:"status,omitzero"`
	Code    int                    `json:"code,omitempty"`
	Pid     int                    `json:"pid,omitempty"`
	Planned bool                   `json:"planned,omitempty"` // the process is a driver.Planned
	Running bool                   `json:"running,omitempty"`
	Pids    []int                  `json:"pids,omitempty"`
	Stats   *driver.ResourceStats  `json:"stats,omitempty"`
	Found   []driver.ContainerInfo `json:"found,omitempty"`
	Spec    json.RawMessage        `json:"spec,omitempty"`
}

// hookCall is the body of kindHook. The header has the number of the hook's call,
// which the server gives.
type hookCall struct {
	Call    uint64                `json:"call"` // the call that it is a hook of
	Index   int                   `json:"index"`
	Timeout time.Duration         `json:"timeout"` // until the deadline of its context
	Process *driver.ProcessConfig `json:"process"`
	Pid     int                   `json:"pid"`
	Info    *driver.HookInfo      `json:"info"`
}

// why is the body of kindCancel, kindUnhook and kindAnswer.
type why struct {
	Failure *failure `json:"failure,omitempty"`
}

// item is the body of kindItem.
type item struct {
	Failure *failure      `json:"failure,omitempty"`
	Event   *driver.Event `json:"event,omitempty"`
	Line    *logLine      `json:"line,omitempty"`
}

// logLine is a driver.LogLine with the bytes that the program wrote, which need
// not be the UTF-8 that JSON strings are.
type logLine struct {
	Time   time.Time `json:"time"`
	Stream string    `json:"stream"`
	Line   []byte    `json:"line"`
}

// more is the body of kindMore.
type more struct {
	Items int `json:"items"`
}

// broken is the body of kindBroken.
type broken struct {
	Stream  int      `json:"stream"` // 1 or 2
	Failure *failure `json:"failure"`
}

// The verbs of driver.Driver, and those about a process or a terminal that there is.
const (
	verbRun       = "run"
	verbExec      = "exec"
	verbKill      = "kill"
	verbPause     = "pause"
	verbUnpause   = "unpause"
	verbInfo      = "info"
	verbPids      = "pids"
	verbTerminate = "terminate"
	verbClean     = "clean"
	verbStats     = "stats"

	verbSignal = "signal"
	verbResize = "resize"
	verbFinish = "finish"
	verbHangUp = "hang_up"
)

// The verbs of the small interfaces.
const (
	verbStart         = "start"
	verbStartExec     = "start_exec"
	verbStop          = "stop"
	verbUpdate        = "update"
	verbFind          = "find"
	verbWait          = "wait"
	verbSignalAll     = "signal_all"
	verbEvents        = "events"
	verbLogs          = "logs"
	verbAttach        = "attach"
	verbSpec          = "spec"
	verbStartDetached = "start_detached"
	verbRestart       = "restart"
)
