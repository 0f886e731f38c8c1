//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// classified is an error of libcontainer with the class it belongs to. The init
// sends its errors as text, so errors.Is does not see through them.
type classified struct {
	error
	class error
}

func (c classified) Unwrap() []error { return []error{c.error, c.class} }

// startError gives libcontainer's error a class, and drops the words that tell
// where inside runc it happened.
func startError(err error) error {
	text := err.Error()
	for _, noise := range []string{
		"unable to start container process: ", "error during container init: ",
		"error executing setns process: ", "unable to start init: ",
	} {
		text = strings.ReplaceAll(text, noise, "")
	}
	short := errors.New(text)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ENOMEM), errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return fmt.Errorf("%s: %w", text, err)
	case strings.Contains(text, "executable file not found"), strings.Contains(text, "exec: ") && strings.Contains(text, "no such file or directory"):
		return classified{short, driver.ErrNotFound}
	case strings.Contains(text, "exec: ") && (strings.Contains(text, "permission denied") || strings.Contains(text, "is a directory")):
		return classified{short, driver.ErrDenied}
	}
	return short
}
