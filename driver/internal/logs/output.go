package logs

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/execlua/execlua/driver"
)

// streams are the names of the streams by their number.
var streams = [...]string{"stdout", "stderr"}

// The streams of a container.
const (
	stdout = iota
	stderr
)

// Pipes returns pipes whose output goes through the log on its way: it is kept
// as lines, handed to whoever is attached, and then to the writers of p. One
// writer for both streams stays one.
func (l *Log) Pipes(p *driver.Pipes) *driver.Pipes {
	if p == nil {
		return nil
	}
	out := *p
	if p.Stdout != nil {
		out.Stdout = l.tee(stdout, p.Stdout)
	}
	switch {
	case p.Stderr == nil:
	case same(p.Stdout, p.Stderr):
		out.Stderr = out.Stdout
	default:
		out.Stderr = l.tee(stderr, p.Stderr)
	}
	return &out
}

// same tells whether both are one writer, as exec.Cmd does.
func same(a, b io.Writer) bool {
	defer func() { _ = recover() }() // types that cannot be compared are not the same
	return a == b
}

// tee is the way of one stream. It is for one goroutine at a time, and answers
// what dst does.
func (l *Log) tee(stream int, dst io.Writer) io.Writer {
	w := &writer{log: l, stream: stream, dst: dst}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writers = append(l.writers, w)
	return w
}

type writer struct {
	log    *Log
	stream int
	dst    io.Writer
	rest   []byte // of a line that has no end yet; guarded by the log's lock
}

func (w *writer) Write(p []byte) (int, error) {
	l := w.log
	l.mu.Lock()
	if !l.closed && !l.Passing {
		w.split(p)
	}
	var listeners []*attachment
	for a := range l.attached {
		listeners = append(listeners, a)
	}
	l.mu.Unlock()
	for _, a := range listeners {
		a.write(w.stream, p)
	}
	return w.dst.Write(p)
}

// split keeps the lines of p. It needs the lock.
func (w *writer) split(p []byte) {
	for len(p) > 0 {
		line, rest, ends := bytes.Cut(p, []byte{'\n'})
		if room := maxLine - len(w.rest); len(line) > room {
			line, rest, ends = p[:room], p[room:], true
		}
		p = rest
		if !ends {
			w.rest = append(w.rest, line...)
			return
		}
		if len(w.rest) > 0 {
			line = append(w.rest, line...)
			w.rest = w.rest[:0]
		}
		w.log.append(w.stream, line)
	}
}

// Close ends the output: a last line without an end becomes one, and followers
// and those attached return. What is written from then on goes to the writers only.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	l.cutOff()
	l.changed()
}

// Cut is Close for the output of a container that starts again: followers wait
// for what it prints then.
func (l *Log) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutOff()
}

// Reopen takes a Close back, but not for those who have returned.
func (l *Log) Reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = false
}

// cutOff ends the lines that have no end, and the attachments. It needs the lock.
func (l *Log) cutOff() {
	for _, w := range l.writers {
		if len(w.rest) > 0 {
			l.append(w.stream, w.rest)
		}
	}
	l.writers = nil
	for a := range l.attached {
		close(a.ended)
	}
	clear(l.attached)
}

// attachment is a listener.
type attachment struct {
	ended chan struct{} // closed with the log, or a life of it

	mu   sync.Mutex // held while something is written
	dst  [len(streams)]io.Writer
	done bool
	err  chan error // the first failure of a writer
}

// Attach hands the output from now on to the writers, of which nil ones get
// nothing. It returns when the output or ctx has ended, which is no error, or a
// writer has failed; nothing is written from then on. joined, if not nil, is called
// when no output can be missed any more: input goes in there, since it may be what
// the output answers. Its error ends the attachment.
func (l *Log) Attach(ctx context.Context, out, errs io.Writer, joined func() error) error {
	a := &attachment{ended: make(chan struct{}), dst: [...]io.Writer{out, errs}, err: make(chan error, 1)}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	if l.attached == nil {
		l.attached = map[*attachment]struct{}{}
	}
	l.attached[a] = struct{}{}
	l.mu.Unlock()
	defer l.detach(a)
	if joined != nil {
		if err := joined(); err != nil {
			return err
		}
	}
	select {
	case <-a.ended:
		select { // the last write may have failed
		case err := <-a.err:
			return err
		default:
			return nil
		}
	case err := <-a.err:
		return err
	case <-ctx.Done():
		return nil
	}
}

// detach returns when nobody writes to the attachment any more.
func (l *Log) detach(a *attachment) {
	l.mu.Lock()
	delete(l.attached, a)
	l.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = true
}

// write hands on what is written to a stream, until a writer fails.
func (a *attachment) write(stream int, p []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.done || a.dst[stream] == nil {
		return
	}
	if _, err := a.dst[stream].Write(p); err != nil {
		a.done = true
		a.err <- err
	}
}
