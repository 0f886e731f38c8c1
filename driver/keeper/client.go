//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/events"
	"github.com/execlua/execlua/driver/wire"
)

// Local is the engine of the containers of this process.
type Local interface {
	verbs
	driver.Speccer
	Close(ctx context.Context) error
}

// verbs are those of both sides.
type verbs interface {
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
}

// Client is an engine with the containers of this process and, through their
// keeper, the detached ones of a state directory. As long as there are none of
// these it does nothing but look whether there is a record of theirs.
type Client struct {
	Local
	root  string
	spawn func() error

	mu        sync.Mutex
	conn      *wire.Client // nil before it is needed
	events    events.Broadcaster
	listeners int
	listening context.Context // of what is forwarded to them
	quiet     context.CancelFunc
}

var _ interface {
	verbs
	driver.Detacher
} = (*Client)(nil)

// NewClient joins local with the keeper of the state directory root. spawn starts
// that one, and returns once it serves, or another does.
func NewClient(local Local, root string, spawn func() error) *Client {
	return &Client{Local: local, root: root, spawn: spawn}
}

// Close closes the engine of this process. Detached containers go on.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	var err error
	if conn != nil {
		err = conn.Close()
	}
	return errors.Join(c.Local.Close(ctx), err)
}

// keeper is the connection to the keeper, which is started when there is none.
func (c *Client) keeper() (*wire.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil && c.conn.Err() == nil {
		return c.conn, nil
	}
	var err error
	for range 5 { // one that has nothing to do may be about to go
		var conn *wire.Client
		if conn, err = connect(Dir(c.root)); err == nil {
			c.conn = conn
			if c.listeners > 0 {
				go c.forward(c.listening, conn.Events(c.listening))
			}
			return conn, nil
		}
		if serr := c.spawn(); serr != nil {
			return nil, fmt.Errorf("start the keeper of detached containers: %w", serr)
		}
	}
	return nil, fmt.Errorf("connect to the keeper of detached containers: %w", err)
}

func connect(dir string) (*wire.Client, error) {
	conn, err := dial(dir)
	if err != nil {
		return nil, err
	}
	return wire.New(conn)
}

// of is the engine that has the container of an id.
func (c *Client) of(op, id string) (verbs, error) {
	if !driver.ValidID(id) || !Keeps(c.root, id) {
		return c.Local, nil
	}
	k, err := c.keeper()
	if err != nil {
		return nil, &driver.Error{Op: op, ID: id, Err: err}
	}
	return k, nil
}

func (c *Client) ofCommand(op string, cmd *driver.Command) (verbs, error) {
	if cmd == nil {
		return c.Local, nil // which knows what to answer
	}
	return c.of(op, cmd.ID)
}

// StartDetached is driver.Detacher's. The keeper checks the Command; what is wrong
// with it is found before a keeper is started, too.
func (c *Client) StartDetached(ctx context.Context, cmd *driver.Command, hooks driver.Hooks) (driver.Process, error) {
	if err := check(cmd, hooks); err != nil {
		return nil, err
	}
	k, err := c.keeper()
	if err != nil {
		return nil, &driver.Error{Op: "start", ID: cmd.ID, Err: err}
	}
	p, err := k.StartDetached(ctx, cmd, hooks)
	return c.detached(p, err)
}

// Restart is driver.Detacher's.
func (c *Client) Restart(ctx context.Context, id string) (driver.Process, error) {
	if !driver.ValidID(id) || !Keeps(c.root, id) {
		err := driver.ErrNotFound
		if c.Info(id).IsRunning() {
			err = driver.ErrBusy
		}
		return nil, &driver.Error{Op: "restart", ID: id, Err: err}
	}
	k, err := c.keeper()
	if err != nil {
		return nil, &driver.Error{Op: "restart", ID: id, Err: err}
	}
	p, err := k.Restart(ctx, id)
	return c.detached(p, err)
}

func (c *Client) detached(p driver.Process, err error) (driver.Process, error) {
	if err != nil {
		return nil, err
	}
	return &detached{Process: p, client: c}, nil
}

// persist asks the next keeper when the one that was asked has died. It is for
// questions, which change nothing.
func persist[T any](ask func() (T, error)) (T, error) {
	for tries := 0; ; tries++ {
		answer, err := ask()
		if tries == 3 || !errors.Is(err, wire.ErrGone) {
			return answer, err
		}
	}
}

// detached is a container whose keeper may die, and another take its place.
type detached struct {
	driver.Process
	client *Client
}

func (d *detached) Signal(ctx context.Context, sig int) error {
	err := d.Process.Signal(ctx, sig)
	if errors.Is(err, wire.ErrGone) {
		return d.client.Kill(ctx, &driver.Command{ID: d.ID()}, sig)
	}
	return err
}

func (d *detached) Wait(ctx context.Context) (driver.ExitStatus, error) {
	status, err := d.Process.Wait(ctx)
	if errors.Is(err, wire.ErrGone) {
		return d.client.Wait(ctx, d.ID())
	}
	return status, err
}

// Wait waits for the end of a container, whichever keeper sees it.
func (c *Client) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	for {
		e, err := c.of("wait", id)
		if err != nil {
			return driver.ExitStatus{ExitCode: -1}, err
		}
		status, err := e.Wait(ctx, id)
		if !errors.Is(err, wire.ErrGone) || ctx.Err() != nil {
			return status, err
		}
		time.Sleep(10 * time.Millisecond) // so that a keeper that cannot live is not started without end at once
	}
}

// Find lists the containers of both.
func (c *Client) Find(ctx context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	found, err := c.Local.Find(ctx, f)
	if err != nil || !KeepsAny(c.root) {
		return found, err
	}
	kept, err := persist(func() ([]driver.ContainerInfo, error) {
		k, err := c.keeper()
		if err != nil {
			return nil, &driver.Error{Op: "find", Err: err}
		}
		return k.Find(ctx, f)
	})
	if err != nil {
		return nil, err
	}
	found = append(found, kept...)
	sortInfo(found)
	return found, nil
}

// Events subscribes to what happens to the containers of both. Those of a keeper
// are among them from the moment on that this process has to do with it.
func (c *Client) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	if KeepsAny(c.root) {
		if _, err := c.keeper(); err != nil {
			return func(yield func(driver.Event, error) bool) {
				yield(driver.Event{}, &driver.Error{Op: "events", Err: err})
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listeners++; c.listeners == 1 {
		c.listening, c.quiet = context.WithCancel(context.Background())
		go c.forward(c.listening, c.Local.Events(c.listening))
		if c.conn != nil && c.conn.Err() == nil {
			go c.forward(c.listening, c.conn.Events(c.listening))
		}
	}
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.listeners--; c.listeners == 0 {
			c.quiet()
		}
	})
	return c.events.Events(ctx)
}

// forward hands on what happens on one side. The end of a keeper is no error: the
// next is listened to as soon as it is needed.
func (c *Client) forward(ctx context.Context, from iter.Seq2[driver.Event, error]) {
	for e, err := range from {
		if err != nil {
			return
		}
		if ctx.Err() == nil {
			c.events.Emit(e)
		}
	}
}
