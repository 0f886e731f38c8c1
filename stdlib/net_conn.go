package stdlib

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// connection is what net.dial and listener:accept give. Reading and writing may
// happen at the same time, in different tasks.
type connection struct {
	conn    net.Conn
	in      *bufio.Reader
	reading sync.Mutex
	writing sync.Mutex
	disown  func() bool
}

// ConnTimeout are the options of reading and writing.
type ConnTimeout struct {
	Timeout *time.Duration `json:"timeout" unit:"seconds"` // then wait_timeout is raised; nil: none
}

// maxNetLine bounds a line that never ends.
const maxNetLine = 1 << 20

func newConnection(v *vm.VM, conn net.Conn) *connection {
	c := &connection{conn: conn, in: bufio.NewReader(conn)}
	c.disown = v.Own(func(context.Context) error {
		_ = conn.Close() // nobody asked for its end
		return nil
	})
	return c
}

func (c *connection) name() string { return c.conn.RemoteAddr().String() }

func (c *connection) String() string { return "connection with " + c.name() }

func connectionClass() bind.Class {
	timeout := bind.Param{Name: "opts", Type: "execlua.ConnTimeout", Optional: true}
	return bind.Class{
		Name: "connection", Doc: "A connection of the network.",
		Fields: []bind.Func{
			{Name: "remote", Doc: "The other end's address.", Method: true, Fn: (*connection).name},
			{Name: "address", Doc: "The own address.", Method: true, Fn: func(c *connection) string { return c.conn.LocalAddr().String() }},
		},
		Methods: []bind.Func{
			{
				Name: "read", Doc: "Reads what has come, at least a byte.", Method: true,
				Params:  []bind.Param{{Name: "max", Optional: true, Doc: "How many bytes at most; nil is 64 KiB."}, timeout},
				Returns: []bind.Return{{Type: "string?", Doc: "nil at the end."}}, Fn: connRead,
			},
			{
				Name: "read_line", Doc: "Reads a line without its end, up to 1 MiB.", Method: true,
				Params: []bind.Param{timeout}, Returns: []bind.Return{{Type: "string?", Doc: "nil at the end."}}, Fn: connReadLine,
			},
			{
				Name: "read_all", Doc: "Reads up to the end, 256 MiB at most.", Method: true,
				Params: []bind.Param{timeout}, Fn: connReadAll,
			},
			{
				Name: "write", Doc: "Sends text, all of it.", Method: true,
				Params: []bind.Param{{Name: "text"}, timeout}, Fn: connWrite,
			},
			{Name: "close_write", Doc: "Tells the other end that nothing more comes; reading goes on.", Method: true, Fn: (*connection).closeWrite},
			{Name: "close", Doc: "Ends it. Closing twice is no error.", Method: true, Fn: (*connection).close},
		},
	}
}

// within runs f, which waits on something with a deadline, until ctx ends or the
// timeout is over; 0 is none.
func within(ctx context.Context, timeout time.Duration, deadline func(time.Time) error, f func() error) error {
	end := time.Time{}
	if timeout > 0 {
		end = time.Now().Add(timeout)
	}
	if err := deadline(end); err != nil {
		if errors.Is(err, net.ErrClosed) { // without what package net tells of deadlines
			err = net.ErrClosed
		}
		return err
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = deadline(time.Unix(1, 0)) // it fails when it is closed, and then f is over
		close(woken)
	})
	err := f()
	if !stop() {
		<-woken // or it would end the next wait
		if err != nil {
			return ctx.Err()
		}
	}
	return err
}

func (o *ConnTimeout) duration() time.Duration {
	if o == nil || o.Timeout == nil {
		return 0
	}
	return max(*o.Timeout, 1)
}

// read runs f as the only reader. The end of the stream is nil.
func (c *connection) read(ctx context.Context, o *ConnTimeout, f func() ([]byte, error)) (text []byte, err error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	err = within(ctx, o.duration(), c.conn.SetReadDeadline, func() (err error) {
		text, err = f()
		return err
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return text, failed("net.read", c.name(), err)
}

func optional(text []byte, err error) (*string, error) {
	if err != nil || text == nil {
		return nil, err
	}
	s := string(text)
	return &s, nil
}

func connRead(ctx context.Context, c *connection, most *int, o *ConnTimeout) (*string, error) {
	size := 64 << 10
	if most != nil {
		if size = *most; size < 1 || size > maxRead {
			return nil, invalid("max", fmt.Sprintf("1 to %d expected", maxRead))
		}
	}
	return optional(c.read(ctx, o, func() ([]byte, error) {
		if _, err := c.in.Peek(1); err != nil {
			return nil, err
		}
		text := make([]byte, min(size, c.in.Buffered()))
		n, err := c.in.Read(text)
		return text[:n], err
	}))
}

func connReadLine(ctx context.Context, c *connection, o *ConnTimeout) (*string, error) {
	return optional(c.read(ctx, o, func() ([]byte, error) {
		var line []byte
		for {
			part, err := c.in.ReadSlice('\n')
			line = append(line, part...)
			switch {
			case err == nil:
				return []byte(strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")), nil
			case len(line) > maxNetLine:
				return nil, fmt.Errorf("%w: a line of more than %d bytes", errTooLarge, maxNetLine)
			case !errors.Is(err, bufio.ErrBufferFull):
				return line, err // io.EOF behind a last line without an end
			}
		}
	}))
}

func connReadAll(ctx context.Context, c *connection, o *ConnTimeout) (string, error) {
	text, err := c.read(ctx, o, func() ([]byte, error) { return readAll(ctx, c.in, maxRead) })
	return string(text), err
}

func connWrite(ctx context.Context, c *connection, text string, o *ConnTimeout) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := within(ctx, o.duration(), c.conn.SetWriteDeadline, func() error {
		_, err := io.WriteString(c.conn, text)
		return err
	})
	return failed("net.write", c.name(), err)
}

func (c *connection) closeWrite() error {
	half, ok := c.conn.(interface{ CloseWrite() error })
	if !ok {
		return nil
	}
	return failed("net.close_write", c.name(), half.CloseWrite())
}

func (c *connection) close() error {
	if !c.disown() {
		return nil
	}
	return failed("net.close", c.name(), c.conn.Close())
}
