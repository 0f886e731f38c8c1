//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// stdio connects a process to its Pipes. There is always a pipe or a terminal in
// between: a descriptor of the host inside a container could be opened again
// through /proc.
type stdio struct {
	child    childStdio
	terminal *terminal // nil without a tty
	socket   *os.File  // our end of child.console
	pipes    *driver.Pipes
	out      []*os.File // our ends of stdout and stderr
	copies   sync.WaitGroup
	stdin    func()    // ends the copying of stdin
	input    io.Writer // what it is copied to; nil without one
	fifos    string    // directory for the outputs of a detached container
	users    *driver.UserNamespace

	mu   sync.Mutex
	errs []error
}

// childStdio are the process's ends, closed once it has them: three pipes, or
// the socket that it sends its terminal through.
type childStdio struct {
	pipes   [3]*os.File
	console *os.File
}

// openStdio opens the pipes and starts copying, which on a terminal begins with
// started. users is the user namespace of the container.
func openStdio(p *driver.Pipes, process *driver.ProcessConfig, users *driver.UserNamespace) (*stdio, error) {
	if p == nil {
		p = &driver.Pipes{}
	}
	s := &stdio{pipes: p, stdin: func() {}, users: users}
	s.terminal, _ = process.Terminal.(*terminal)
	return s.opened(p)
}

func (s *stdio) opened(p *driver.Pipes) (*stdio, error) {
	if err := s.open(p); err != nil {
		return nil, errors.Join(fmt.Errorf("stdio: %w", err), s.abort())
	}
	return s, nil
}

func (s *stdio) open(p *driver.Pipes) (err error) {
	if s.terminal != nil {
		s.socket, s.child.console, err = consoleSocket()
		return err
	}
	if err := s.openOutput(1, "stdout", p.Stdout); err != nil {
		return err
	}
	if p.Stderr != nil && same(p.Stdout, p.Stderr) {
		s.child.pipes[2] = s.child.pipes[1]
	} else if err := s.openOutput(2, "stderr", p.Stderr); err != nil {
		return err
	}
	if isNil(p.Stdin) {
		s.child.pipes[0], err = os.OpenFile(os.DevNull, os.O_RDONLY, 0)
		return err
	}
	r, w, err := s.pipe("stdin")
	if err != nil {
		return err
	}
	s.child.pipes[0] = r
	s.stdin, err = s.feed(w, p.Stdin)
	return err
}

// pipe makes a pipe of the container's root, who gives it to the process's user:
// /dev/stdout opens it once more, which takes its owner.
func (s *stdio) pipe(name string) (r, w *os.File, err error) {
	if s.fifos == "" {
		r, w, err = os.Pipe()
	} else {
		r, w, err = makeFifo(filepath.Join(s.fifos, name))
	}
	if err != nil || s.users == nil {
		return r, w, err
	}
	uid, gid := rootOf(s.users)
	if err := w.Chown(uid, gid); err != nil {
		return nil, nil, errors.Join(err, r.Close(), w.Close())
	}
	return r, w, nil
}

// same tells whether both are one writer, as exec.Cmd does.
func same(a, b io.Writer) bool {
	defer func() { _ = recover() }() // types that cannot be compared are not the same
	return a == b
}

// isNil sees through an interface that holds a nil pointer: a nil *os.File is no file.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

func (s *stdio) openOutput(fd int, name string, dst io.Writer) (err error) {
	if isNil(dst) {
		s.child.pipes[fd], err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		return err
	}
	r, w, err := s.pipe(name)
	if err != nil {
		return err
	}
	s.child.pipes[fd] = w
	s.copy(name, dst, r)
	return nil
}

// copy copies a stream in the background.
func (s *stdio) copy(name string, dst io.Writer, r *os.File) {
	s.out = append(s.out, r)
	s.copies.Go(func() {
		defer r.Close() // the process gets EPIPE when nobody reads any more
		if err := copyOut(dst, r); err != nil {
			s.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
}

func (s *stdio) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

// buffers are taken only while there is something to copy, so that a quiet
// container holds none.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// copyOut copies until r ends, or until its read deadline has passed and it is
// empty: what was written before the deadline is never lost.
func copyOut(dst io.Writer, r *os.File) error {
	raw, err := r.SyscallConn()
	if err != nil {
		return err
	}
	for {
		var buf *[32 << 10]byte
		n := 0
		take := func(fd uintptr) (done bool) {
			buf = buffers.Get().(*[32 << 10]byte)
			n, err = unix.Read(int(fd), buf[:])
			if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
				buffers.Put(buf)
				buf = nil
				return false
			}
			return true
		}
		rerr := raw.Read(take)
		if errors.Is(rerr, os.ErrDeadlineExceeded) {
			rerr = raw.Control(func(fd uintptr) { take(fd) })
		}
		if buf == nil || rerr != nil || err != nil || n <= 0 {
			return errors.Join(rerr, ignoreEnd(err))
		}
		_, werr := dst.Write(buf[:n])
		buffers.Put(buf)
		if werr != nil {
			return werr
		}
	}
}

// ignoreEnd: EIO is what a terminal says when nobody has the other side open.
func ignoreEnd(err error) error {
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) || errors.Is(err, unix.EIO) {
		return nil
	}
	return err
}

// started is called when the process has its ends. They are closed on our side,
// so that its exit ends the pipes.
func (s *stdio) started() error {
	defer s.closeChild()
	if s.terminal == nil {
		return nil
	}
	if err := s.useTerminal(); err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	return nil
}

// useTerminal takes the process's terminal and starts copying. Both its streams
// come out as one.
func (s *stdio) useTerminal() error {
	master, err := receiveMaster(s.socket)
	if err != nil {
		return err
	}
	if err := s.terminal.connect(master); err != nil {
		return err
	}
	dst := s.pipes.Stdout
	if isNil(dst) {
		dst = io.Discard
	}
	s.out = append(s.out, master)
	s.copies.Go(func() {
		if err := copyOut(dst, master); err != nil && !s.terminal.isClosed() {
			s.fail(fmt.Errorf("stdout: %w", err))
			_ = s.terminal.Close() // nobody reads any more: the process is hung up on
		}
	})
	keys := &keyboard{master: master, gone: s.terminal.gone}
	if isNil(s.pipes.Stdin) {
		s.background(keys, func() error { return nil })
		return nil
	}
	s.stdin, err = s.feed(keys, s.pipes.Stdin)
	return err
}

func (s *stdio) closeChild() {
	for i, f := range s.child.pipes {
		if f != nil && (i == 0 || f != s.child.pipes[i-1]) {
			f.Close()
		}
	}
	if s.child.console != nil {
		s.child.console.Close()
		s.socket.Close()
	}
	s.child = childStdio{}
}

// finish is called when the process has exited. It waits for the end of its
// output, but not longer than linger for descendants that keep a pipe open, and
// returns what went wrong in copying.
func (s *stdio) finish(linger time.Duration) error {
	s.stdin()
	done := make(chan struct{})
	go func() { s.copies.Wait(); close(done) }()
	timer := time.NewTimer(linger)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		for _, r := range s.out {
			_ = r.SetReadDeadline(time.Now())
		}
		<-done
	}
	if s.terminal != nil {
		_ = s.terminal.Close() // all it said has been copied
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.errs...)
}

// abort closes everything of a process that never came to be.
func (s *stdio) abort() error {
	s.closeChild()
	return s.finish(0)
}
