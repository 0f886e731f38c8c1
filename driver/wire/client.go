//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Client is the engine at the other end of a connection. It has every small
// interface of package driver; a verb that the engine lacks is an ErrUnsupported.
// Once there is no peer any more, every call answers ErrGone.
type Client struct {
	link  *link
	hello hello
	own   ownErrors

	mu    sync.Mutex
	last  uint64                             // number given to a call or an error
	ops   map[uint64]*op                     // calls that are not over
	hooks map[uint64]context.CancelCauseFunc // of hooks that run
}

var _ interface {
	driver.Driver
	driver.Starter
	driver.ExecStarter
	driver.Stopper
	driver.Updater
	driver.Finder
	driver.Waiter
	driver.AllSignaller
	driver.Eventer
	driver.Logger
	driver.Attacher
	driver.Speccer
	driver.Detacher
} = (*Client)(nil)

// New greets the server at the other end of conn, which is the client's from then
// on, also when there is an error. A server that is silent for DefaultTimeout is gone.
func New(conn *net.UnixConn) (*Client, error) { return newClient(conn, DefaultTimeout) }

func newClient(conn *net.UnixConn, timeout time.Duration) (*Client, error) {
	h, err := greet(conn, timeout)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", errors.Join(err, conn.Close()))
	}
	c := &Client{
		link: newLink(conn, timeout), hello: h,
		ops: map[uint64]*op{}, hooks: map[uint64]context.CancelCauseFunc{},
	}
	go c.link.beat()
	go func() {
		err := c.link.receive(c.handle)
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, cancel := range c.hooks {
			cancel(err)
		}
	}()
	return c, nil
}

// Close ends the connection. What becomes of the containers that were started
// through it is the server's to decide; detached ones go on.
func (c *Client) Close() error {
	c.link.close(errClosed)
	return nil
}

// Gone is closed when there is no peer any more; Err tells why.
func (c *Client) Gone() <-chan struct{} { return c.link.over }

// Err is nil as long as there is a peer, and wraps ErrGone then.
func (c *Client) Err() error {
	select {
	case <-c.link.over:
		return c.link.err
	default:
		return nil
	}
}

// Name is the name of the engine behind the connection.
func (c *Client) Name() string { return c.hello.Name }

// SupportsHooks tells it of the engine behind the connection.
func (c *Client) SupportsHooks() bool { return c.hello.Hooks }

// op is a call on its way, and the process or sequence that it has started.
type op struct {
	client  *Client
	number  uint64
	ctx     context.Context
	call    call
	hooks   driver.Hooks
	streams *streams
	answer  chan result // the result, of which there is one
	ended   chan result // the end of the process
	items   chan item   // of a sequence; closed at its end
	unwatch func() bool

	mu    sync.Mutex
	own   []uint64 // numbers of errors that came of it
	over  bool
	ready bool // the result was handed over
}

// begin numbers a call and prepares it to be sent.
func (c *Client) begin(ctx context.Context, m call) *op {
	o := &op{client: c, ctx: ctx, call: m, answer: make(chan result, 1), ended: make(chan result, 1), unwatch: func() bool { return true }}
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
		o.unwatch = context.AfterFunc(o.ctx, func() {
			_ = c.link.send(kindCancel, o.number, why{o.cause()}) // an error has closed the link
		})
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

// find finds an error of this side by its number.
func (c *Client) find(number uint64) error {
	if err := c.own.get(number); err != nil {
		return err
	}
	c.mu.Lock()
	o := c.ops[number]
	c.mu.Unlock()
	if o == nil {
		return nil
	}
	return context.Cause(o.ctx)
}

// do calls a verb that starts nothing.
func (c *Client) do(ctx context.Context, m call) (result, error) {
	o := c.begin(ctx, m)
	defer o.end()
	return o.send()
}

// handle takes a message of the server's.
func (c *Client) handle(f frame) error {
	f.closeFiles() // a server has none to give
	switch f.kind {
	case kindBeat:
		return nil
	case kindHook:
		return c.handleHook(f)
	case kindUnhook:
		return c.handleUnhook(f)
	}
	c.mu.Lock()
	o := c.ops[f.id]
	c.mu.Unlock()
	if o == nil {
		return nil // it is over on this side
	}
	switch f.kind {
	case kindResult:
		return deliver(f, o.answer)
	case kindEnded:
		if o.items != nil {
			return o.endItems()
		}
		return deliver(f, o.ended)
	case kindItem:
		return deliver(f, o.items)
	}
	return fmt.Errorf("%w: kind %d from a server", errProtocol, f.kind)
}

// deliver hands a body over. There is room for all that a server may send.
func deliver[T any](f frame, to chan T) error {
	var body T
	if err := decode(f, &body); err != nil {
		return err
	}
	select {
	case to <- body:
		return nil
	default:
		return fmt.Errorf("%w: more of kind %d than asked for", errProtocol, f.kind)
	}
}
