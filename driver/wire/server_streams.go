//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
)

// pipes are the descriptors that came with a call.
type pipes struct {
	stdin   *os.File
	outputs []*output // stdout, stderr; one and the same when the client has one writer for both
	unwatch func() bool
}

// takePipes makes the descriptors of a call its pipes, or closes them.
func (r *request) takePipes(f frame) error {
	e := r.call.Pipes
	if e == nil {
		e = &ends{}
	}
	want := 0
	for _, is := range []bool{e.Stdin, e.Stdout, e.Stderr} {
		if is {
			want++
		}
	}
	if len(f.files) != want || want != int(f.header.files) {
		f.closeFiles()
		if want == int(f.header.files) { // the kernel leaves out what there is no room for, see unix(7)
			return fmt.Errorf("%d of %d descriptors arrived: %w", len(f.files), want, syscall.EMFILE)
		}
		return fmt.Errorf("%w: %d descriptors for %d ends of pipes", driver.ErrInvalid, f.header.files, want)
	}
	p, files := &r.pipes, f.files
	if e.Stdin {
		p.stdin, files = files[0], files[1:]
	}
	p.outputs = []*output{nil, nil}
	if e.Stdout {
		p.outputs[0], files = newOutput(r, files[0]), files[1:]
	}
	if e.Stderr {
		p.outputs[1] = newOutput(r, files[0])
	} else if e.Both {
		p.outputs[1] = p.outputs[0]
	}
	// A client that is stopped, and given up, reads nothing: nobody must wait for it.
	p.unwatch = context.AfterFunc(r.server.ctx, func() {
		for _, o := range p.outputs {
			if o != nil {
				_ = o.file.SetWriteDeadline(time.Now()) // or it is closed already
			}
		}
	})
	return nil
}

// given is what the engine gets.
func (r *request) given() *driver.Pipes {
	if r.call.Pipes == nil {
		return nil
	}
	var p driver.Pipes
	if f := r.pipes.stdin; f != nil {
		p.Stdin = f
	}
	if o := r.pipes.outputs[0]; o != nil {
		p.Stdout = o
	}
	if o := r.pipes.outputs[1]; o != nil {
		p.Stderr = o
	}
	return &p
}

// closeOutputs tells the client that there is no more output.
func (p *pipes) closeOutputs() {
	for _, o := range p.outputs {
		if o != nil {
			_ = o.file.Close() // twice, when it was done in post_stop
		}
	}
}

func (p *pipes) close() {
	if p.unwatch != nil {
		p.unwatch()
	}
	p.closeOutputs()
	if p.stdin != nil {
		_ = p.stdin.Close()
	}
}

// output is the way to a writer of the client's.
type output struct {
	file   *os.File
	server *server
	broken chan struct{} // closed when the writer has failed; err is valid then
	err    error
}

func newOutput(r *request, f *os.File) *output {
	return &output{file: f, server: r.server, broken: make(chan struct{})}
}

// Write fails with what the writer has failed with, which the client says before it
// closes its end.
func (o *output) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		select {
		case <-o.broken:
			err = o.err
		case <-o.server.ctx.Done():
		case <-time.After(lastWord):
		}
	}
	return n, err
}

func (s *server) handleBroken(f frame, r *request) error {
	var b broken
	if err := decode(f, &b); err != nil {
		return err
	}
	if r == nil { // it is over
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if b.Stream < 1 || b.Stream > len(r.pipes.outputs) || r.pipes.outputs[b.Stream-1] == nil {
		return fmt.Errorf("%w: a writer that there is not has failed", errProtocol)
	}
	o := r.pipes.outputs[b.Stream-1]
	select {
	case <-o.broken:
		return fmt.Errorf("%w: a writer has failed twice", errProtocol)
	default:
	}
	o.err = s.failure(b.Failure)
	close(o.broken)
	return nil
}

func (s *server) handleMore(f frame, r *request) error {
	var m more
	if err := decode(f, &m); err != nil {
		return err
	}
	if m.Items < 0 || m.Items > window {
		return fmt.Errorf("%w: room for %d elements", errProtocol, m.Items)
	}
	for range m.Items {
		if r == nil {
			break
		}
		select {
		case r.room <- struct{}{}:
		default:
			return fmt.Errorf("%w: more room than there is", errProtocol)
		}
	}
	return nil
}

// stream sends the elements of a sequence as fast as the client reads them, and its end.
func stream[T any](r *request, seq iter.Seq2[T, error], element func(T) item) {
	link := r.server.link
	defer func() { _ = link.send(kindEnded, r.number, result{}) }() // an error has closed the link
	for e, err := range seq {
		select {
		case <-r.room:
		case <-r.ctx.Done():
			return
		}
		i := item{Failure: encode(err, link)}
		if err == nil {
			i = element(e)
		}
		if link.send(kindItem, r.number, i) != nil {
			return
		}
	}
}
