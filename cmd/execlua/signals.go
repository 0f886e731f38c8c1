//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/luabind"
)

const (
	// grace is what a script and its containers have to end after the first signal.
	grace = 10 * time.Second
	// farewell is what comes after that: hooks and clean-up after a SIGKILL.
	farewell = 2 * time.Second
)

// signalError is why a script is interrupted.
type signalError struct{ signal syscall.Signal }

func (e signalError) Error() string { return unix.SignalName(e.signal) }

// code is what a shell makes of a program that the signal has ended.
func (e signalError) code() int { return 128 + int(e.signal) }

// catchSignals takes over the signals that ask to end. One that was ignored from
// the start stays so: nohup(1) ignores HUP, a shell INT for what it puts in the
// background.
//
// SIGPIPE is received and dropped. The runtime ends a program without such a
// receiver when its stdout is closed, with its containers left behind; and
// ignoring the signal would be inherited by every program we start.
func catchSignals() <-chan os.Signal {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	received := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(received, sig)
		}
	}
	return received
}

// outcome is how a script ended.
type outcome struct {
	code int
	err  error
}

// supervise runs a script to its end and closes the VM. The first signal
// interrupts it, the second kills its containers, and then it has a last moment:
// Lua that never comes back must not keep the process alive.
func supervise(vm *luabind.VM, received <-chan os.Signal, script func(context.Context) (int, error)) error {
	done := make(chan outcome, 1)
	go func() {
		code, err := guard(script)
		done <- outcome{code, errors.Join(err, vm.Close())}
	}()

	var first os.Signal
	select {
	case end := <-done:
		return end.error()
	case first = <-received:
	}
	why := signalError{first.(syscall.Signal)}
	vm.Interrupt(why)

	select {
	case end := <-done:
		return end.after(why)
	case <-received:
	case <-time.After(grace + farewell):
	}
	go vm.Kill() // waits for the containers, which may take longer than we have

	select {
	case end := <-done:
		return end.after(why)
	case <-time.After(farewell):
		return &interruptedError{why, fmt.Errorf("given up on a script that does not end after %v: %w", why, luabind.ErrInterrupted)}
	}
}

// guard turns a panic on our side into an error with its stack.
func guard(script func(context.Context) (int, error)) (code int, err error) {
	defer func() {
		if value := recover(); value != nil {
			code, err = exitError, &panicError{value, debug.Stack()}
		}
	}()
	return script(context.Background())
}

func (o outcome) error() error {
	if o.err == nil && o.code != 0 {
		return exit(o.code)
	}
	return o.err
}

// after is error for a script that a signal has interrupted. One that caught the
// interrupt and ended by itself keeps its code.
func (o outcome) after(why signalError) error {
	if o.err == nil {
		return o.error()
	}
	return &interruptedError{why, o.err}
}
