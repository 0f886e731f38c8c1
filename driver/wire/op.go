//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// op is a call on its way, and the process or sequence that it has started.
type op struct {
	client  *Client
	number  uint64
	ctx     context.Context
	call    call
	hooks   driver.Hooks
	streams *streams
	answer  chan result   // the result, of which there is one
	ended   chan result   // the end of the process
	items   chan item     // of a sequence; closed at its end
	done    chan struct{} // closed when the call is over
	unwatch func() bool

	cancelling sync.Once

	mu    sync.Mutex
	own   []uint64 // numbers of errors that came of it
	over  bool
	ready bool // the result was handed over
}

// begin numbers a call and prepares it to be sent.
func (c *Client) begin(ctx context.Context, m call) *op {
	o := &op{client: c, ctx: ctx, call: m, answer: make(chan result, 1), ended: make(chan result, 1), done: make(chan struct{}), unwatch: func() bool { return true }}
	o.call.Inside = hook.Marks(ctx) // an engine refuses some verbs there
	if end, ok := ctx.Deadline(); ok {
		left := time.Until(end)
		o.call.Timeout = &left
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	o.number = c.last
	c.ops[o.number] = o
	return o
}

// send sends the call and returns its result. The end of its context is told to the
// server, which answers then.
func (o *op) send() (result, error) {
	c := o.client
	if !slices.Contains(c.hello.Verbs, o.call.Verb) {
		return nothing, o.fail(fmt.Errorf("%w: the engine %s has no such verb", driver.ErrUnsupported, c.Name()))
	}
	if o.ctx.Err() != nil {
		o.call.Cause = o.cause()
	}
	err := c.link.send(kindCall, o.number, o.call, o.streams.give()...)
	o.streams.given()
	if err != nil {
		return nothing, o.fail(err)
	}
	if o.call.Cause == nil {
		o.unwatch = context.AfterFunc(o.ctx, o.sendCancel)
	}
	select {
	case r := <-o.answer:
		return r, r.Failure.decode(c.link, c.find)
	case <-c.link.over:
	}
	select {
	case r := <-o.answer: // it came before the end
		return r, r.Failure.decode(c.link, c.find)
	default:
		return nothing, o.fail(c.link.err)
	}
}

// nothing is the result of a call that nobody has answered.
var nothing = result{Status: driver.ExitStatus{ExitCode: -1}, Code: -1}

// sendCancel tells the server, once, that the context has ended.
func (o *op) sendCancel() {
	o.cancelling.Do(func() {
		_ = o.client.link.send(kindCancel, o.number, why{o.cause()}) // an error has closed the link
	})
}

// fail is an error of this side in the form of the engine's own.
func (o *op) fail(err error) error {
	if large := tooLarge(0); errors.As(err, &large) {
		err = fmt.Errorf("%w: %w", driver.ErrInvalid, err)
	}
	return &driver.Error{Op: o.call.Verb, ID: o.id(), Err: err}
}

func (o *op) id() string {
	if o.call.Command != nil {
		return o.call.Command.ID
	}
	return o.call.ID
}

// end forgets the call.
func (o *op) end() {
	defer close(o.done)
	o.unwatch()
	c := o.client
	c.mu.Lock()
	delete(c.ops, o.number)
	c.mu.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	c.own.retire(o.own...)
}

// tell describes an error of this side, and keeps it for when it comes back.
func (o *op) tell(err error) *failure {
	if err == nil {
		return nil
	}
	c := o.client
	c.mu.Lock()
	c.last++
	number := c.last
	c.mu.Unlock()
	return o.tellAs(number, err)
}

func (o *op) tellAs(number uint64, err error) *failure {
	c := o.client
	c.own.add(number, err)
	f := encode(err, c.link)
	f.Own = number
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		c.own.retire(number)
	} else {
		o.own = append(o.own, number)
	}
	return f
}

// cause tells why the context has ended. Its number is that of the call, which the
// server gives to a deadline that it sees itself.
func (o *op) cause() *failure { return o.tellAs(o.number, context.Cause(o.ctx)) }
