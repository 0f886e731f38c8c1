//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// pidfd is a handle on a child process. Waiting on it goes through Go's
// netpoller and costs no thread; signals through it cannot reach a stranger that
// got the number later.
type pidfd struct {
	pid  int
	done chan struct{} // closed when the process has exited, before it is reaped
	file *os.File
	raw  syscall.RawConn

	adopted bool // it was the child of a process that has died
}

// openPidfd opens a handle on pid, which must be a child that nobody has reaped;
// adoptPidfd makes sure of another's.
func openPidfd(pid int) (*pidfd, error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("pidfd_open: %w", err)
	}
	file := os.NewFile(uintptr(fd), "pidfd")
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	p := &pidfd{pid: pid, done: make(chan struct{}), file: file, raw: raw}
	go func() {
		// An error means that the handle was closed, so nobody asks any more.
		_ = raw.Read(readable)
		close(p.done)
	}()
	return p, nil
}

// signal sends sig, 0 as a probe. A process that has exited is driver.ErrNotRunning, reaped or not.
func (p *pidfd) signal(sig int) error {
	if p.exited() {
		return driver.ErrNotRunning
	}
	var serr error
	err := p.raw.Control(func(fd uintptr) {
		serr = unix.PidfdSendSignal(int(fd), unix.Signal(sig), nil, 0)
	})
	if err != nil || errors.Is(serr, unix.ESRCH) {
		return driver.ErrNotRunning
	}
	if serr != nil {
		return fmt.Errorf("signal %s: %w", driver.SignalName(sig), serr)
	}
	return nil
}

// exited tells whether the process has ended, reaped or not.
func (p *pidfd) exited() bool {
	gone := true // when the handle is closed
	_ = p.raw.Control(func(fd uintptr) { gone = readable(fd) })
	return gone
}

// exitsWithin waits a little for an end that others have seen signs of.
func (p *pidfd) exitsWithin(d time.Duration) bool {
	select {
	case <-p.done:
		return true
	case <-time.After(d):
		return false
	}
}

// readable: a pidfd polls as readable from the exit of its process on, see pidfd_open(2).
func readable(fd uintptr) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0
}

// reap takes the exit status of the exited child and closes the handle.
func (p *pidfd) reap() (driver.ExitStatus, error) {
	defer p.file.Close()
	if p.adopted {
		return p.lastWords(), nil
	}
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(p.pid, &status, 0, nil)
		if err == nil {
			return exitStatus(status), nil
		}
		if !errors.Is(err, unix.EINTR) {
			return driver.ExitStatus{}, fmt.Errorf("wait for pid %d: %w", p.pid, err)
		}
	}
}

// discard reaps the killed process, unless somebody has, and closes the handle.
func (p *pidfd) discard() error {
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		return errors.Join(fmt.Errorf("pid %d survives SIGKILL", p.pid), p.file.Close())
	}
	_ = p.raw.Control(func(fd uintptr) {
		// By handle, not by number: a number that was reaped may be another child's now.
		_ = unix.Waitid(unix.P_PIDFD, int(fd), nil, unix.WEXITED|unix.WNOHANG, nil)
	})
	return p.file.Close()
}

// exitStatus translates what wait4 said.
func exitStatus(ws unix.WaitStatus) driver.ExitStatus {
	if ws.Signaled() {
		return driver.ExitStatus{ExitCode: 128 + int(ws.Signal()), Signal: int(ws.Signal()), CoreDumped: ws.CoreDump()}
	}
	return driver.ExitStatus{ExitCode: ws.ExitStatus()}
}
