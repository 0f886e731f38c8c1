package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// Error is a call that the world outside has refused.
type Error struct {
	Op   string // "fs.read"
	Name string // what it was done to: a path, an address, a URL
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s %q: %v", e.Op, e.Name, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// failed adds to an error what was done to what. The operating system's own
// description of that is dropped.
func failed(op, name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	var network *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &network) && errors.Is(network, syscall.EPIPE):
		err = errGone // EPIPE itself means that nobody reads the script's output any more
	case errors.As(err, &path) && errors.Unwrap(err) == path.Err:
		err = path.Err
	case errors.As(err, &link) && errors.Unwrap(err) == link.Err:
		err = link.Err
	case errors.As(err, &call) && errors.Unwrap(err) == call.Err:
		err = call.Err
	}
	return &Error{Op: op, Name: name, Err: err}
}

// Code is the class of the failure, "error" when it has none.
func (e *Error) Code() string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	err := e.Err
	switch {
	case errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, fs.ErrNotExist):
		return "not_found"
	case errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.EADDRINUSE), errors.Is(err, syscall.ETXTBSY):
		return "busy" // before fs.ErrExist, which ENOTEMPTY is too
	case errors.Is(err, fs.ErrExist):
		return "exists"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "denied"
	case errors.Is(err, errTooLarge):
		return "limit"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "wait_timeout"
	case errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR),
		errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, fs.ErrInvalid):
		return "invalid"
	}
	return driver.Code(err)
}

// errTooLarge is why something was not read to its end.
var errTooLarge = errors.New("too large")

// timeoutError is a wait that was too long. Its code is wait_timeout.
type timeoutError time.Duration

func (e timeoutError) Error() string { return fmt.Sprintf("timed out after %v", time.Duration(e)) }
func (timeoutError) Timeout() bool   { return true }

// errGone is why nothing can be sent.
var errGone = errors.New("the other end is gone")

// errInvalid is text from outside that does not say what it should.
var errInvalid = driver.ErrInvalid

// invalid is a wrong value in a field of a script.
func invalid(path, message string) error { return &bind.FieldError{Path: path, Message: message} }
