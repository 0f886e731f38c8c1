//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// ServerOptions configure Serve. The zero value is useful.
type ServerOptions struct {
	// Timeout is how long a client may be silent before it is given up, and at least
	// a few milliseconds; 0 is DefaultTimeout. Below 0 only the end of the connection
	// counts: a client that is stopped keeps its containers.
	Timeout time.Duration

	// Gone, if not nil, is called when the client is gone, before anything is stopped.
	Gone func()
}

// Serve gives the client at the other end of conn the engine d, until the client or
// ctx has ended, and closes conn.
//
// What the client has started belongs to it, but for detached containers: when it
// is gone the contexts of its calls end, so that its containers and execs get their
// stop signal, and SIGKILL after their grace period. Its hooks cannot be called any
// more and fail. Serve returns when all that has ended.
//
// The error is nil when the client has closed the connection.
func Serve(ctx context.Context, conn *net.UnixConn, d driver.Driver, o ServerOptions) error {
	hello := hello{Name: d.Name(), Hooks: d.SupportsHooks(), Verbs: abilities(d)}
	if err := welcome(conn, o.Timeout, hello); err != nil {
		return fmt.Errorf("wire: %w", errors.Join(err, conn.Close()))
	}
	calls, end := context.WithCancelCause(context.WithoutCancel(ctx))
	s := &server{
		link: newLink(conn, o.Timeout), engine: d, ctx: calls,
		requests: map[uint64]*request{}, answers: map[uint64]chan *failure{},
	}
	unwatch := context.AfterFunc(ctx, func() { s.link.close(context.Cause(ctx)) })
	defer unwatch()
	go s.link.beat()
	err := s.link.receive(s.handle)
	if o.Gone != nil {
		o.Gone()
	}
	end(err)
	s.running.Wait()
	if errors.Is(err, errEnded) {
		return nil
	}
	return fmt.Errorf("wire: %w", err)
}

// server is one connection.
type server struct {
	link    *link
	engine  driver.Driver
	ctx     context.Context // of all calls; ends with the connection
	running sync.WaitGroup

	mu       sync.Mutex
	requests map[uint64]*request      // calls that are not over
	answers  map[uint64]chan *failure // of hooks that run
	hooks    uint64                   // calls of hooks so far
}

// handle takes a message of the client's.
func (s *server) handle(f frame) error {
	if f.kind == kindCall {
		return s.admit(f)
	}
	f.closeFiles()
	s.mu.Lock()
	r, answer := s.requests[f.id], s.answers[f.id]
	s.mu.Unlock()
	switch f.kind {
	case kindBeat:
		return nil
	case kindAnswer:
		return s.handleAnswer(f, answer)
	case kindCancel:
		return s.handleCancel(f, r)
	case kindMore:
		return s.handleMore(f, r)
	case kindBroken:
		return s.handleBroken(f, r)
	}
	return fmt.Errorf("%w: kind %d from a client", errProtocol, f.kind)
}

func (s *server) handleAnswer(f frame, answer chan *failure) error {
	var w why
	if err := decode(f, &w); err != nil {
		return err
	}
	if answer != nil { // else the hook was given up
		select {
		case answer <- w.Failure:
		default:
			return fmt.Errorf("%w: a hook has returned twice", errProtocol)
		}
	}
	return nil
}

func (s *server) handleCancel(f frame, r *request) error {
	var w why
	if err := decode(f, &w); err != nil {
		return err
	}
	if r != nil { // else it is over
		r.cancel(s.failure(w.Failure))
	}
	return nil
}

// failure is an error of the client's. One that it has not said is none of them.
func (s *server) failure(f *failure) error {
	if f == nil {
		return context.Canceled
	}
	return f.decode(s.link, nil)
}

// request is a call that is being answered, and the process that it has started.
type request struct {
	server *server
	number uint64
	call   call
	ctx    context.Context
	cancel context.CancelCauseFunc
	pipes  pipes
	room   chan struct{} // for elements of a sequence
	then   func()        // what goes on after the result

	refusal error // why the engine is not asked

	mu       sync.Mutex
	process  driver.Process
	terminal driver.Terminal // of the process that hooks have been given
}

// admit begins to answer a call.
func (s *server) admit(f frame) error {
	var m call
	if err := decode(f, &m); err != nil {
		f.closeFiles()
		return err
	}
	r := &request{server: s, number: f.id, call: m}
	if m.Verb == verbEvents || m.Verb == verbLogs {
		r.room = make(chan struct{}, window)
		for range window {
			r.room <- struct{}{}
		}
	}
	if err := r.takePipes(f); err != nil {
		r.refusal = r.fail(err)
	}
	ctx, cancel := context.WithCancelCause(hook.Mark(s.ctx, m.Inside...))
	r.ctx, r.cancel = ctx, cancel
	if m.Cause != nil {
		cancel(s.failure(m.Cause))
	}
	stop := func() {}
	if m.Timeout != nil {
		// Its number makes it the caller's own cause again, see op.cause.
		cause := &foreign{text: context.DeadlineExceeded.Error(), errs: []error{context.DeadlineExceeded}, from: s.link, own: f.id}
		r.ctx, stop = context.WithTimeoutCause(ctx, *m.Timeout, cause)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests[f.id] != nil {
		stop()
		r.pipes.close()
		return fmt.Errorf("%w: a call with the number of another", errProtocol)
	}
	s.requests[f.id] = r
	s.running.Go(func() {
		defer stop()
		defer cancel(nil)
		r.serve()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.requests, f.id)
	})
	return nil
}

// target is the call that has started the process which this one is about.
func (r *request) target() *request {
	s := r.server
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[r.call.Target]
}
