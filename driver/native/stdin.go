//go:build linux && cgo

package native

import (
	"errors"
	"io"
	"os"
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
// A file is read once it is readable, so that nothing is taken from it after the
// process has ended: the next reader of a terminal gets what is typed next. Other
// readers are closed to end a Read that waits.
func (s *stdio) feed(w inlet, src io.ReadCloser) (stop func(), err error) {
	s.input = w
	file, ok := src.(*os.File)
	if !ok {
		s.background(w, func() error { return copyIn(w, src) })
		return func() {
			_ = w.SetWriteDeadline(time.Now()) // a write that nobody will read
			_ = src.Close()
		}, nil
	}
	from, err := openSource(file)
	if err != nil {
		s.background(w, func() error { return nil }) // to close a keyboard takes as long as its terminal is there
		return func() {}, err
	}
	s.background(w, func() error {
		defer from.ready.Close()
		return from.copyTo(w)
	})
	return func() {
		_ = w.SetWriteDeadline(time.Now())
		_ = from.ready.SetReadDeadline(time.Now())
	}, nil
}

// copyIn copies from a reader that may keep its Read waiting for as long as the
// container runs. It is the buffer that waits with it, so it is a small one, and
// the os.File that w may be must not bring its own.
func copyIn(w io.Writer, src io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, src, make([]byte, 4<<10))
	return err
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

// source is a file of the caller's that is waited for on Go's poller, which costs
// no thread, without making it a non-blocking one for everybody who has it open.
type source struct {
	file   *os.File
	ready  *os.File // an epoll(7) instance with the file in it, which can be waited for like any other
	always bool     // a regular file: epoll refuses it, and reads never wait
}

func openSource(file *os.File) (*source, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(ep, true); err != nil { // or the poller does not take it
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(ep))
	}
	s := &source{file: file, ready: os.NewFile(uintptr(ep), "epoll")}
	err = control(file, func(fd int) error {
		err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN})
		s.always = errors.Is(err, unix.EPERM)
		if s.always {
			return nil
		}
		return os.NewSyscallError("epoll_ctl", err)
	})
	if err != nil {
		return nil, errors.Join(err, s.ready.Close())
	}
	return s, nil
}

// copyTo copies until the file ends or the read deadline of ready has passed.
func (s *source) copyTo(w io.Writer) error {
	ready, err := s.ready.SyscallConn()
	if err != nil {
		return err
	}
	for {
		if err := ready.Read(func(ep uintptr) bool { return s.always || anyReady(int(ep)) }); err != nil {
			return err
		}
		buf := buffers.Get().(*[32 << 10]byte)
		n, err := s.take(buf[:])
		later := errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR)
		if n > 0 {
			_, err = w.Write(buf[:n])
		}
		buffers.Put(buf)
		if !later && (err != nil || n == 0) {
			return err
		}
	}
}

func anyReady(ep int) bool {
	var events [1]unix.EpollEvent
	n, err := unix.EpollWait(ep, events[:], 0)
	return n > 0 || err != nil
}

// take reads what there is. It looks once more: another reader may have been faster.
func (s *source) take(buf []byte) (n int, err error) {
	err = control(s.file, func(fd int) (err error) {
		if !s.always && !readable(uintptr(fd)) {
			return unix.EAGAIN
		}
		n, err = unix.Read(fd, buf)
		return err
	})
	return max(n, 0), err
}
