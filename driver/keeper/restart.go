//go:build linux

package keeper

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// again tells whether a container that has ended is to be started once more, how
// long to wait before, and which restart of a row that would be. It asks the record
// alone, so that the next keeper comes to the same answer.
func (r *record) again(p *driver.RestartPolicy) (row int, delay time.Duration, yes bool) {
	if r.Stopping || r.Status == nil || r.askedByKill() {
		return 0, 0, false
	}
	if row = r.Row; r.Status.Duration >= driver.RestartRow {
		row = 0
	}
	switch {
	case r.Renew:
	case p == nil:
		return 0, 0, false
	case p.Always:
	case r.Status.ExitCode == 0 || row >= p.OnFailure:
		return 0, 0, false
	}
	return row + 1, backoff(p, row), true
}

// askedByKill tells whether the program ended of a signal that Kill has sent, or
// exited as a shell does that got it. Of an end that nobody has seen, SIGKILL is
// the only signal that must have been the cause.
func (r *record) askedByKill() bool {
	switch s := r.Status; {
	case r.Killed == 0:
		return false
	case s.Unknown:
		return r.Killed == int(unix.SIGKILL)
	default:
		return s.Signal == r.Killed || s.ExitCode == 128+r.Killed
	}
}

// backoff is the delay after so many restarts in a row.
func backoff(p *driver.RestartPolicy, row int) time.Duration {
	delay := driver.DefaultRestartDelay
	if p != nil && p.Delay != nil {
		delay = *p.Delay
	}
	for ; row > 0 && delay < driver.MaxRestartDelay; row-- {
		delay = min(2*delay, driver.MaxRestartDelay)
	}
	return delay
}
