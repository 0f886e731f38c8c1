package driver

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/moby/sys/signal"
)

// DefaultStopGrace is the time from the stop signal to SIGKILL when a Command says nothing.
const DefaultStopGrace = 10 * time.Second

// ParseSignal reads "TERM", "SIGTERM", "term" or "15".
func ParseSignal(s string) (int, error) {
	invalid := &FieldError{Path: "signal", Value: s, Reason: "no such signal; a name as TERM or SIGTERM, or a number from 1 to 64"}
	if n, err := strconv.Atoi(s); err == nil {
		if n < 1 || n > 64 {
			return 0, invalid
		}
		return n, nil
	}
	n, ok := signal.SignalMap[strings.TrimPrefix(strings.ToUpper(s), "SIG")]
	if !ok {
		return 0, invalid
	}
	return int(n), nil
}

// SignalName is the name of a signal without SIG: "TERM"; its number when it has no name.
func SignalName(n int) string {
	best := strconv.Itoa(n)
	for name, sig := range signal.SignalMap {
		// Some signals have two names (CLD and CHLD, IO and POLL): the order makes the answer the same each time.
		if sig == syscall.Signal(n) && (best == strconv.Itoa(n) || name < best) {
			best = name
		}
	}
	return best
}

// StopWith is the signal and the grace period that end this Command's container.
func (c *Command) StopWith(opts StopOptions) (sig int, grace time.Duration, err error) {
	sig, grace = int(syscall.SIGTERM), DefaultStopGrace
	if c.StopSignal != "" {
		if sig, err = ParseSignal(c.StopSignal); err != nil {
			return 0, 0, &FieldError{Path: "stop_signal", Value: c.StopSignal, Reason: "no such signal; a name as TERM, or a number from 1 to 64"}
		}
	}
	if c.StopGrace != nil {
		grace = *c.StopGrace
	}
	if opts.Signal != 0 {
		sig = opts.Signal
	}
	if opts.Grace != nil {
		grace = *opts.Grace
	}
	return sig, grace, nil
}
