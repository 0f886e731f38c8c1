//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

var _ driver.Attacher = (*Driver)(nil)

// Attach joins the streams of a container.
func (d *Driver) Attach(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes) error {
	if d.own != nil {
		return d.own.Attach(ctx, cmd, pipes)
	}
	c, err := d.findCommand("attach", cmd)
	if err != nil {
		return err
	}
	if _, err := c.started("attach"); err != nil {
		return err
	}
	if hook.Inside(ctx, cmd.ID) {
		return c.fail("attach", driver.ErrBusy, "a hook cannot wait for the end of its own container")
	}
	if pipes == nil {
		pipes = &driver.Pipes{}
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	out := *pipes
	if isNil(out.Stdout) {
		out.Stdout = nil
	}
	if isNil(out.Stderr) {
		out.Stderr = nil
	}
	stop := func() {}
	defer func() { stop() }()
	err = c.log.Attach(ctx, out.Stdout, out.Stderr, func() (err error) {
		if !isNil(pipes.Stdin) {
			stop, err = c.attachStdin(pipes.Stdin, leave)
		}
		return err
	})
	return c.fail("attach", err, "")
}

// attachStdin copies src into the container until it ends, the returned function
// is called, or, on a terminal, the detach keys are typed, at which it calls leave.
func (c *container) attachStdin(src io.ReadCloser, leave func()) (stop func(), err error) {
	to := c.stdio.input
	if to == nil || errors.Is(probe(to), os.ErrClosed) {
		return func() {}, &driver.FieldError{Path: "stdin", Reason: "the container has none, or it has ended", Class: driver.ErrUnsupported}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return func() {}, err
	}
	// A pipe in between, since feed closes what it copies to.
	between := &stdio{stdin: func() {}}
	stop, err = between.feed(w, src)
	if err != nil {
		return func() {}, errors.Join(err, r.Close())
	}
	var from io.Reader = r
	if c.cmd.ProcessConfig.Tty {
		from = &detachKeys{from: r, leave: leave}
	}
	go func() {
		defer r.Close()
		_, _ = io.Copy(to, from) // a container that takes no more input is no error of ours
	}()
	return stop, nil
}

// probe writes nothing, which fails on a file that is closed.
func probe(w io.Writer) error {
	_, err := w.Write(nil)
	return err
}

// The keys that detach from a terminal, typed one after the other.
const (
	detachFirst  = 0x10 // ctrl-p
	detachSecond = 0x11 // ctrl-q
)

// detachKeys reads what is typed up to the detach keys. A first key is held back
// until it is known what it was.
type detachKeys struct {
	from  io.Reader
	leave func()
	held  bool
	left  bool
}

func (d *detachKeys) Read(p []byte) (int, error) {
	for !d.left {
		buf := make([]byte, max(1, len(p)/2)) // each key may bring a held one with it
		n, err := d.from.Read(buf)
		out := d.filter(p[:0], buf[:n])
		if len(out) > 0 || err != nil {
			return len(out), err
		}
	}
	return 0, io.EOF
}

func (d *detachKeys) filter(out, typed []byte) []byte {
	for _, key := range typed {
		switch {
		case d.held && key == detachSecond:
			d.left = true
			d.leave()
			return out
		case d.held:
			d.held = false
			out = append(out, detachFirst)
		}
		if key == detachFirst {
			d.held = true
			continue
		}
		out = append(out, key)
	}
	return out
}
