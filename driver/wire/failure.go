//go:build unix

package wire

import (
	"context"
	"io/fs"
	"os"
	"syscall"

	"github.com/execlua/execlua/driver"
)

// failure is an error on its way: its text, and what of it a program can ask for.
// At most one of the fields that say what it is, is set.
type failure struct {
	Text string     `json:"text"`
	Errs []*failure `json:"errs,omitempty"` // what it wraps

	Class string        `json:"class,omitempty"` // of one that has a name
	Errno syscall.Errno `json:"errno,omitempty"`
	Op    *opError      `json:"op,omitempty"`
	Hook  *hookError    `json:"hook,omitempty"`
	Field *fieldError   `json:"field,omitempty"`
	Own   uint64        `json:"own,omitempty"` // the client's error of that number, see ownErrors
}

type opError struct {
	Op   string `json:"op"`
	ID   string `json:"id"`
	Hint string `json:"hint,omitempty"`
}

type hookError struct {
	ID     string             `json:"id"`
	Stage  driver.Stage       `json:"stage"`
	Index  int                `json:"index"`
	Status *driver.ExitStatus `json:"status,omitempty"`
}

type fieldError struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Value  *value `json:"value,omitempty"`
}

// maxDepth bounds what an error may wrap. Below it there is only the text.
const maxDepth = 100

// foreign is an error of the other side.
type foreign struct {
	text string
	errs []error
	from *link  // whose it is, when it has a number there
	own  uint64 // that number
}

func (e *foreign) Error() string   { return e.text }
func (e *foreign) Unwrap() []error { return e.errs }

// named are the errors that are the same value on both sides.
func named() []struct {
	class string
	err   error
} {
	return []struct {
		class string
		err   error
	}{
		{"invalid", driver.ErrInvalid},
		{"not_found", driver.ErrNotFound},
		{"exists", driver.ErrExists},
		{"not_running", driver.ErrNotRunning},
		{"busy", driver.ErrBusy},
		{"unsupported", driver.ErrUnsupported},
		{"denied", driver.ErrDenied},
		{"wait_timeout", driver.ErrWaitTimeoutReached},
		{"driver_exists", driver.ErrDriverAlreadyRegistered},
		{"driver_not_found", driver.ErrDriverNotFound},
		{"cancelled", context.Canceled},
		{"deadline", context.DeadlineExceeded},
		{"no_file", fs.ErrNotExist},
		{"file_exists", fs.ErrExist},
		{"no_permission", fs.ErrPermission},
		{"file_closed", fs.ErrClosed},
		{"io_timeout", os.ErrDeadlineExceeded},
	}
}

// encode describes an error. to is where it goes: what came from there goes back
// under its number.
func encode(err error, to *link) *failure { return encodeAt(err, to, maxDepth) }

func encodeAt(err error, to *link, depth int) *failure {
	if err == nil {
		return nil
	}
	f := &failure{Text: err.Error()}
	for _, n := range named() {
		if err == n.err {
			f.Class = n.class
			return f
		}
	}
	if depth == 0 {
		return f
	}
	switch e := err.(type) {
	case syscall.Errno:
		f.Errno = e
	case *driver.Error:
		f.Op = &opError{e.Op, e.ID, e.Hint}
	case *driver.HookError:
		f.Hook = &hookError{e.ID, e.Stage, e.Index, e.Status}
	case *driver.FieldError:
		f.Field = &fieldError{e.Path, e.Reason, encodeValue(e.Value)}
	case *foreign:
		if e.from == to {
			f.Own = e.own
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := encodeAt(e.Unwrap(), to, depth-1); inner != nil {
			f.Errs = []*failure{inner}
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if inner := encodeAt(one, to, depth-1); inner != nil {
				f.Errs = append(f.Errs, inner)
			}
		}
	}
	return f
}

// decode makes the error again. On the client own finds its own errors by their
// number; on the server it is nil, and an error keeps the number it came with.
func (f *failure) decode(from *link, own func(uint64) error) error {
	if f == nil {
		return nil
	}
	if f.Own != 0 && own != nil {
		if err := own(f.Own); err != nil {
			return err
		}
	}
	for _, n := range named() {
		if f.Class == n.class {
			return n.err
		}
	}
	if f.Errno != 0 {
		return f.Errno
	}
	err := f.rebuild(from, own)
	if f.Own != 0 && own == nil {
		return &foreign{text: f.Text, errs: []error{err}, from: from, own: f.Own}
	}
	return err
}

func (f *failure) rebuild(from *link, own func(uint64) error) error {
	var errs []error
	for _, inner := range f.Errs {
		if err := inner.decode(from, own); err != nil {
			errs = append(errs, err)
		}
	}
	var first error
	if len(errs) > 0 {
		first = errs[0]
	}
	switch {
	case f.Op != nil:
		return &driver.Error{Op: f.Op.Op, ID: f.Op.ID, Hint: f.Op.Hint, Err: first}
	case f.Hook != nil:
		return &driver.HookError{ID: f.Hook.ID, Stage: f.Hook.Stage, Index: f.Hook.Index, Status: f.Hook.Status, Err: first}
	case f.Field != nil:
		return &driver.FieldError{Path: f.Field.Path, Reason: f.Field.Reason, Value: f.Field.Value.decode(), Class: first}
	}
	return &foreign{text: f.Text, errs: errs}
}
