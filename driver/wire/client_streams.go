//go:build unix

package wire

import (
	"errors"
	"io"
	"os"
	"reflect"
	"sync"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
)

// streams are the caller's ends of a call's pipes. For each writer, and for a
// stdin that is no file, there is a pipe, of which the server gets the other end.
// A file that is stdin goes to the server itself: the engine polls it and leaves it
// open, so that nothing is taken from it that the process does not get.
type streams struct {
	theirs []*os.File // what the server gets
	close  []*os.File // of those, what is closed here then
	reads  []*os.File // our ends of the outputs

	copied chan struct{} // closed when all output is delivered
	copies sync.WaitGroup

	closeStdin func()

	mu     sync.Mutex
	inErr  error
	outErr error // of a writer, the first
}

// openStreams opens the pipes and starts copying. broken is called when a writer
// fails, before the process gets to know.
func openStreams(p *driver.Pipes, broken func(stream int, err error)) (*streams, *ends, error) {
	s := &streams{copied: make(chan struct{}), closeStdin: func() {}}
	var e *ends
	var err error
	if p != nil {
		e = &ends{}
		err = s.open(p, e, broken)
	}
	go func() {
		s.copies.Wait()
		close(s.copied)
	}()
	if err != nil {
		s.given()
		s.finish(nil, nil)
		return nil, nil, err
	}
	return s, e, nil
}

func (s *streams) open(p *driver.Pipes, e *ends, broken func(int, error)) (err error) {
	if !isNil(p.Stdin) {
		e.Stdin = true
		if err = s.openStdin(p.Stdin); err != nil {
			return err
		}
	}
	if !isNil(p.Stdout) {
		e.Stdout, e.Both = true, same(p.Stdout, p.Stderr)
		if err = s.openOutput(p.Stdout, func(err error) { broken(1, err) }); err != nil {
			return err
		}
	}
	if !isNil(p.Stderr) && !e.Both {
		e.Stderr = true
		err = s.openOutput(p.Stderr, func(err error) { broken(2, err) })
	}
	return err
}

func (s *streams) openStdin(src io.ReadCloser) error {
	if file, ok := src.(*os.File); ok {
		s.theirs = append(s.theirs, file)
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	s.theirs, s.close = append(s.theirs, r), append(s.close, r)
	s.closeStdin = sync.OnceFunc(func() {
		_ = w.SetWriteDeadline(time.Now()) // a write that nobody will read
		_ = src.Close()
	})
	go func() {
		defer w.Close()
		// The buffer waits as long as the Read does, so it is a small one, and the
		// os.File must not bring its own.
		_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{src}, make([]byte, 4<<10))
		for _, end := range []error{syscall.EPIPE, os.ErrDeadlineExceeded, os.ErrClosed, io.ErrClosedPipe} {
			if errors.Is(err, end) {
				return
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inErr = err
	}()
	return nil
}

func (s *streams) openOutput(dst io.Writer, broken func(error)) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	s.theirs, s.close, s.reads = append(s.theirs, w), append(s.close, w), append(s.reads, r)
	s.copies.Go(func() {
		defer r.Close() // after broken: then the server knows why
		buf := make([]byte, 32<<10)
		for {
			n, rerr := r.Read(buf)
			if n > 0 {
				if _, err := dst.Write(buf[:n]); err != nil {
					s.mu.Lock()
					if s.outErr == nil {
						s.outErr = err
					}
					s.mu.Unlock()
					broken(err)
					return
				}
			}
			if rerr != nil { // the end, or there is no server any more
				return
			}
		}
	})
	return nil
}

// give is what the server gets.
func (s *streams) give() []*os.File {
	if s == nil {
		return nil
	}
	return s.theirs
}

// given closes what the server has got.
func (s *streams) given() {
	if s == nil {
		return
	}
	for _, f := range s.close {
		_ = f.Close()
	}
	s.theirs, s.close = nil, nil
}

// drain waits until the output is delivered, or gone is closed.
func (s *streams) drain(gone <-chan struct{}) {
	select {
	case <-s.copied:
	case <-gone:
	}
}

// finish is called when the server is done with the call, with its error. It ends the
// copying and returns what went wrong with it. The engine has not seen it when a writer fails on
// the last of the output. When the server is gone, what it has written is still delivered.
func (s *streams) finish(gone <-chan struct{}, said error) error {
	s.closeStdin()
	s.drain(gone)
	for _, r := range s.reads {
		_ = r.SetReadDeadline(time.Now())
	}
	<-s.copied
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outErr == nil || errors.Is(said, s.outErr) {
		return s.inErr
	}
	return errors.Join(s.inErr, s.outErr)
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
