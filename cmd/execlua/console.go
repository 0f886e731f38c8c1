//go:build linux && cgo

package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/terminal"
)

// console is our terminal while a process in a container is driven from it. The zero
// console has none.
type console struct {
	undo []func()
}

// take sets a mode until leave.
func (s *console) take(mode func(*os.File) (func(), error)) error {
	restore, err := mode(os.Stdin)
	if err == nil {
		s.undo = append(s.undo, restore)
	}
	return err
}

// follow gives a process the size of the terminal, now and whenever it changes.
func (s *console) follow(r driver.Resizer) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	s.undo = append(s.undo, func() { signal.Stop(changed); close(changed) })
	changed <- syscall.SIGWINCH // it may have changed while the process was started
	go func() {
		for range changed {
			if height, width := terminal.Size(os.Stdin); height > 0 {
				_ = r.Resize(height, width) // fails when the process has ended
			}
		}
	}()
}

// leave puts the terminal back. Leaving twice is no error.
func (s *console) leave() {
	for _, undo := range s.undo {
		undo()
	}
	s.undo = nil
}

// passedSignals are those that ask us to end, of which the first goes to a process.
type passedSignals struct {
	received chan os.Signal
	cancel   context.CancelCauseFunc

	mu   sync.Mutex
	send func(sig int) // nil: there is nobody to send one to yet
}

// passSignals takes them over until stop. The second ends the context, and so does
// the first when there is no process yet.
func passSignals(parent context.Context) (context.Context, *passedSignals) {
	ctx, cancel := context.WithCancelCause(parent)
	p := &passedSignals{received: make(chan os.Signal, 2), cancel: cancel}
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(p.received, sig)
		}
	}
	go func() {
		for first := true; ; first = false {
			select {
			case sig := <-p.received:
				p.mu.Lock()
				send := p.send
				p.mu.Unlock()
				if !first || send == nil {
					cancel(signalError{sig.(syscall.Signal)})
					return
				}
				send(int(sig.(syscall.Signal)))
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, p
}

func (p *passedSignals) to(send func(sig int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.send = send
}

func (p *passedSignals) stop() {
	signal.Stop(p.received)
	p.cancel(nil)
}
