package luabind

import (
	"errors"
	"fmt"
	"time"

	"github.com/execlua/execlua/driver"
)

// result is how a run, an exec or a wait ended, as scripts see it.
type result struct {
	ID              string        `json:"id"`                      // of the container
	OK              bool          `json:"ok"`                      // exit 0, and not timed out
	ExitCode        int           `json:"exit_code"`               // 128+n when signal n ended it
	Signal          *string       `json:"signal"`                  // "SEGV"; nil when the program exited by itself
	TimedOut        bool          `json:"timed_out"`               // it ran out of its timeout
	Stopped         bool          `json:"stopped"`                 // we asked for the end
	Unknown         bool          `json:"unknown"`                 // nobody has seen how a detached container ended; exit_code is -1
	CoreDumped      bool          `json:"core_dumped"`             // the kernel wrote a core dump, or handed it to a program
	OOMKilled       bool          `json:"oom_killed"`              // the kernel killed a process of it for lack of memory
	OOMKills        uint64        `json:"oom_kills"`               // how many it killed
	OOMScope        *string       `json:"oom_scope"`               // whose limit they ran into: "own", or "ancestor", a cgroup above or the machine; nil when none was killed
	Duration        time.Duration `json:"duration" unit:"seconds"` // from the start of the program to its end
	Stdout          *string       `json:"stdout"`                  // the end of it, where it was captured
	StdoutTruncated bool          `json:"stdout_truncated"`        // there was more before it
	Stderr          *string       `json:"stderr"`                  // as stdout
	StderrTruncated bool          `json:"stderr_truncated"`        // as stdout_truncated
}

func newResult(id string, status driver.ExitStatus, timedOut bool, s *streams) *result {
	r := &result{
		ID: id, OK: status.ExitCode == 0 && !timedOut, ExitCode: status.ExitCode,
		TimedOut: timedOut, Stopped: status.Stopped, Unknown: status.Unknown, CoreDumped: status.CoreDumped,
		OOMKilled: status.OOMKilled, OOMKills: status.OOMKills, Duration: status.Duration,
	}
	if status.OOMScope != driver.OOMNone {
		r.OOMScope = (*string)(&status.OOMScope)
	}
	if status.Signal != 0 {
		name := driver.SignalName(status.Signal)
		r.Signal = &name
	}
	r.Stdout, r.StdoutTruncated = s.stdout.text()
	r.Stderr, r.StderrTruncated = s.stderr.text()
	return r
}

// errTimeout is why a run ended that ran out of its timeout.
var errTimeout = errors.New("timed out")

// resultError is an error of a run whose process existed.
type resultError struct {
	err    error
	result *result
}

func (e *resultError) Error() string { return e.err.Error() }
func (e *resultError) Unwrap() error { return e.err }

// exitStatusError is what check = true makes of a result that is not ok.
type exitStatusError struct{ result *result }

func (e *exitStatusError) Error() string {
	r := e.result
	switch {
	case r.TimedOut:
		return fmt.Sprintf("%q timed out after %v", r.ID, r.Duration.Round(time.Millisecond))
	case r.Unknown:
		return fmt.Sprintf("%q has ended, and nobody has seen how", r.ID)
	case r.OOMKilled:
		return fmt.Sprintf("%q ran out of memory (exit code %d)", r.ID, r.ExitCode)
	case r.Signal != nil:
		return fmt.Sprintf("%q was killed by signal %s", r.ID, *r.Signal)
	}
	return fmt.Sprintf("%q exited with code %d", r.ID, r.ExitCode)
}

// conclude turns what an engine answered into a result or an error.
func conclude(id string, status driver.ExitStatus, err error, check bool, s *streams) (*result, error) {
	timedOut := errors.Is(err, errTimeout)
	r := newResult(id, status, timedOut, s)
	var hook *driver.HookError
	if timedOut && !errors.As(err, &hook) {
		err = nil
	}
	switch {
	case err != nil && status.ExitCode == -1:
		return nil, err
	case err != nil:
		return nil, &resultError{err, r}
	case check && !r.OK:
		return nil, &resultError{&exitStatusError{r}, r}
	}
	return r, nil
}
