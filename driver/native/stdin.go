//go:build linux && cgo

package native

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// inlet is the way into a process: a pipe, or the keyboard of its terminal.
type inlet interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
}

// feed copies src into w in the background and closes w at its end. The returned
// function ends the copying.
//
// A file is polled before each read, so that nothing is taken from it after the
// process has ended: the next reader of a terminal gets what is typed next. Other
// readers are closed to end a Read that waits.
func (s *stdio) feed(w inlet, src io.ReadCloser) (stop func(), err error) {
	s.input = w
	file, ok := src.(*os.File)
	if !ok {
		s.background(w, func() error { _, err := io.Copy(w, src); return err })
		return func() {
			_ = w.SetWriteDeadline(time.Now()) // a write that nobody will read
			_ = src.Close()
		}, nil
	}
	wake, waker, err := os.Pipe()
	if err != nil {
		s.background(w, func() error { return nil }) // to close a keyboard takes as long as its terminal is there
		return func() {}, err
	}
	s.background(w, func() error {
		defer wake.Close()
		return copyPolled(w, file, wake)
	})
	return func() {
		_ = w.SetWriteDeadline(time.Now())
		waker.Close()
	}, nil
}

// background runs copy and closes w. A process that does not read its input to
// the end is no error, nor is a source that the caller has closed.
func (s *stdio) background(w io.Closer, copy func() error) {
	go func() {
		defer w.Close()
		err := copy()
		for _, end := range []error{unix.EPIPE, os.ErrDeadlineExceeded, os.ErrClosed, io.ErrClosedPipe} {
			if errors.Is(err, end) {
				return
			}
		}
		if err != nil {
			s.fail(err)
		}
	}()
}

// copyPolled copies from file until it ends or wake does.
func copyPolled(w io.Writer, file, wake *os.File) error {
	// The raw connections, since Fd would make the caller's file a blocking one.
	from, err := file.SyscallConn()
	if err != nil {
		return err
	}
	end, err := wake.SyscallConn()
	if err != nil {
		return err
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := readPolled(from, end, buf)
		if err != nil || n == 0 {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
	}
}

// readPolled reads once there is something to read; n is 0 when from or end has ended.
func readPolled(from, end syscall.RawConn, buf []byte) (n int, err error) {
	cerr := from.Control(func(src uintptr) {
		cerr := end.Control(func(wake uintptr) {
			n, err = pollAndRead(int(src), int(wake), buf)
		})
		err = errors.Join(err, cerr)
	})
	return n, errors.Join(err, cerr)
}

func pollAndRead(src, wake int, buf []byte) (int, error) {
	for {
		fds := []unix.PollFd{{Fd: int32(src), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || fds[1].Revents != 0 {
			return 0, err
		}
		n, err := unix.Read(src, buf)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue // another reader was faster
		}
		return max(n, 0), err
	}
}
