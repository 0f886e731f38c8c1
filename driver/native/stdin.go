//go:build linux && cgo

package native

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// feed copies src into w in the background and closes w at its end. The returned
// function ends the copying.
//
// A file is polled before each read, so that nothing is taken from it after the
// process has ended: the next reader of a terminal gets what is typed next. Other
// readers are closed to end a Read that waits.
func (s *stdio) feed(w *os.File, src io.ReadCloser) func() {
	file, ok := src.(*os.File)
	if !ok {
		s.background(w, func() error { _, err := io.Copy(w, src); return err })
		return func() {
			_ = w.SetWriteDeadline(time.Now()) // a write that nobody will read
			_ = src.Close()
		}
	}
	wake, waker, err := os.Pipe()
	if err != nil {
		s.fail(err)
		w.Close()
		return func() {}
	}
	s.background(w, func() error {
		defer wake.Close()
		return copyPolled(w, file, wake)
	})
	return func() {
		_ = w.SetWriteDeadline(time.Now())
		waker.Close()
	}
}

// background runs copy and closes w. A process that does not read its input to
// the end is no error.
func (s *stdio) background(w *os.File, copy func() error) {
	go func() {
		defer w.Close()
		err := copy()
		if err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, os.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
			s.fail(err)
		}
	}()
}

// copyPolled copies from file until it ends or wake does.
func copyPolled(w *os.File, file, wake *os.File) error {
	buf := make([]byte, 32<<10)
	for {
		fds := []unix.PollFd{
			{Fd: int32(file.Fd()), Events: unix.POLLIN},
			{Fd: int32(wake.Fd()), Events: unix.POLLIN},
		}
		if _, err := unix.Poll(fds, -1); err != nil {
			if errors.Is(err, unix.EINTR) {
				continue
			}
			return err
		}
		if fds[1].Revents != 0 {
			return nil
		}
		n, err := unix.Read(int(file.Fd()), buf)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case n == 0:
			return nil
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
	}
}
