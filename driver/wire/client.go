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

// Settle waits until the calls that are under way are over and what they have
// started has ended, but for sequences: until everything that the server has to
// say about them has arrived.
func (c *Client) Settle(ctx context.Context) error {
	c.mu.Lock()
	var pending []*op
	for _, o := range c.ops {
		if o.call.Verb != verbEvents && o.call.Verb != verbLogs {
			pending = append(pending, o)
		}
	}
	c.mu.Unlock()
	for _, o := range pending {
		select {
		case <-o.done:
		case <-ctx.Done():
			return &driver.Error{Op: "settle", ID: o.id(), Err: context.Cause(ctx)}
		}
	}
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
