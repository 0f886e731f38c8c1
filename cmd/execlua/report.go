//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/terminal"
	"github.com/execlua/execlua/luabind"
)

// Exit codes that are not the script's own.
const (
	exitError = 1
	exitUsage = 2

	// Of exec and attach, whose other codes are the program's, as those of podman.
	exitTool      = 125 // nothing was started
	exitDenied    = 126 // the program cannot be executed
	exitNoProgram = 127 // there is no such program
)

// exit ends the program with a code when everything has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// codedError is an error with an exit code of its own.
type codedError struct {
	err  error
	code int
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// usageError is a wrong command line.
type usageError string

func (e usageError) Error() string { return string(e) }

// interruptedError is the end of a script after a signal.
type interruptedError struct {
	why signalError
	err error
}

func (e *interruptedError) Error() string { return e.err.Error() }
func (e *interruptedError) Unwrap() error { return e.err }

// panicError is a fault of ours, not of the script.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// reporter tells a person how the program ended.
type reporter struct {
	out   io.Writer
	red   bool
	debug bool
}

func newReporter(out *os.File, debug bool) *reporter {
	return &reporter{out: out, red: terminal.Is(out) && os.Getenv("NO_COLOR") == "", debug: debug}
}

// report prints what there is to say about err and returns the exit code.
func (r *reporter) report(err error) int {
	var (
		code        exit
		coded       *codedError
		usage       usageError
		interrupted *interruptedError
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &coded):
		r.report(coded.err)
		return coded.code
	case errors.As(err, &usage):
		r.line(usage)
		r.block("try: execlua --help")
		return exitUsage
	case errors.As(err, &interrupted):
		r.print(interrupted.err)
		return interrupted.why.code()
	}
	r.print(err)
	return exitError
}

// print shows an error, or several that were joined. Nothing is said of a closed
// pipe, as whoever closed it knows, and little of an interrupt, as whoever
// pressed Ctrl-C wants no traceback.
func (r *reporter) print(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			r.print(err)
		}
		return
	}
	switch {
	case r.debug:
		r.full(err)
		r.goSide(err)
	case errors.Is(err, syscall.EPIPE):
	case errors.Is(err, luabind.ErrInterrupted):
		r.line(err)
	default:
		r.full(err)
	}
}

// full shows an error of a script with its traceback and hint.
func (r *reporter) full(err error) {
	r.line(err)
	var (
		script *luabind.Error
		verb   *driver.Error
		hint   string
	)
	switch {
	case errors.As(err, &script):
		r.block(script.Traceback)
		hint = script.Hint
	case errors.As(err, &verb):
		hint = verb.Hint
	}
	if hint != "" {
		r.block("hint: " + hint)
	}
}

// goSide shows the chain of Go errors behind err, and the stack of a panic.
func (r *reporter) goSide(err error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		r.block(fmt.Sprintf("go: %T: %v", e, e))
	}
	var fault *panicError
	if errors.As(err, &fault) {
		r.block(string(fault.stack))
	}
}

func (r *reporter) line(err error) {
	prefix := "execlua:"
	if r.red {
		prefix = "\x1b[31m" + prefix + "\x1b[0m"
	}
	r.block(prefix + " " + err.Error())
}

func (r *reporter) block(text string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		fmt.Fprintln(r.out, text)
	}
}
