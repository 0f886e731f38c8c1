package driver

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// The errors of the seed.
var (
	// ErrNotRunning: the container is known but no process of it runs, or nothing is known under that id.
	ErrNotRunning = errors.New("container is not running")
	// ErrWaitTimeoutReached: a wait ended before what it waited for; the container runs on.
	ErrWaitTimeoutReached = errors.New("wait timeout reached")
	// ErrDriverAlreadyRegistered: an engine of that name exists already.
	ErrDriverAlreadyRegistered = errors.New("driver already registered")
	// ErrDriverNotFound: no engine of that name.
	ErrDriverNotFound = errors.New("driver not found")
)

// Classes of failure beyond the seed's. Test for them with errors.Is.
var (
	// ErrInvalid: the request itself is wrong; nothing was created or changed.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: a thing that was named does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists: the id is taken.
	ErrExists = errors.New("already exists")
	// ErrBusy: possible, but not in the state the container is in now.
	ErrBusy = errors.New("busy")
	// ErrUnsupported: this engine, kernel or build cannot do it.
	ErrUnsupported = errors.New("unsupported")
	// ErrDenied: the caller is not allowed to do it.
	ErrDenied = errors.New("denied")
)

// codes pairs each class with the word that scripts, logs and the wire know it by.
// The first match wins, so a more specific class stands above a more general one.
var codes = []struct {
	err  error
	code string
}{
	{ErrInvalid, "invalid"},
	{ErrNotFound, "not_found"},
	{ErrExists, "exists"},
	{ErrNotRunning, "not_running"},
	{ErrBusy, "busy"},
	{ErrUnsupported, "unsupported"},
	{ErrDenied, "denied"},
	{ErrWaitTimeoutReached, "wait_timeout"},
	{ErrDriverAlreadyRegistered, "driver_exists"},
	{ErrDriverNotFound, "driver_not_found"},
	{context.Canceled, "cancelled"},
	{context.DeadlineExceeded, "cancelled"},
}

// Code names the class of err: "invalid", "not_found", … A HookError is
// "hook_failed" whatever the hook returned; an error of no class is "error"; nil is "".
func Code(err error) string {
	if err == nil {
		return ""
	}
	var hook *HookError
	if errors.As(err, &hook) {
		return "hook_failed"
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "error"
}

// ErrorOf is the error that has that code; nil when none of this package has.
func ErrorOf(code string) error {
	for _, c := range codes {
		if c.code == code {
			return c.err
		}
	}
	return nil
}

// Error is a failed operation on one container.
type Error struct {
	Op   string // the verb: "run", "exec", "pause", …
	ID   string // the container
	Err  error
	Hint string // what the reader can do about it; may be empty
}

func (e *Error) Error() string {
	if e.ID == "" {
		return fmt.Sprintf("%s: %v", e.Op, e.Err)
	}
	return fmt.Sprintf("%s %q: %v", e.Op, e.ID, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// HookError is a hook that returned an error, panicked or ran past its deadline.
type HookError struct {
	ID     string
	Stage  Stage
	Index  int         // position among the hooks of the stage, from 0
	Err    error       // what the hook returned, or why it was given up
	Status *ExitStatus // how the process ended, when there was one that did
}

func (e *HookError) Error() string {
	return fmt.Sprintf("%s hook %d: %v", e.Stage, e.Index+1, e.Err)
}

func (e *HookError) Unwrap() error { return e.Err }

// FieldError is one wrong value in a request. It is an ErrInvalid, or an
// ErrUnsupported where the value is well formed but no engine honours it.
type FieldError struct {
	Path   string // dotted, in the names of the JSON tags: "resources.memory", "mounts[2].source"
	Value  any    // the value as given; nil when it is missing
	Reason string // what is wrong and what is allowed
	Class  error  // ErrInvalid when nil
}

func (e *FieldError) Error() string {
	if e.Value == nil {
		return fmt.Sprintf("%s: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s = %s: %s", e.Path, shorten(e.Value), e.Reason)
}

func (e *FieldError) Unwrap() error {
	if e.Class != nil {
		return e.Class
	}
	return ErrInvalid
}

// shorten prints a value for an error message. Hostile values are long, and one
// with control characters would forge lines in a log: strings are quoted.
func shorten(v any) string {
	const limit = 80
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
		if len(s) > limit {
			s = s[:limit] + "…"
		}
		return strings.ToValidUTF8(s, "?")
	}
	if len(s) > limit {
		return fmt.Sprintf("%q… (%d bytes)", s[:limit], len(s))
	}
	return fmt.Sprintf("%q", s)
}
