package fake

import (
	"context"
	"io"
	"iter"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Events implements driver.Eventer.
func (d *Driver) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	d.record(Call{Verb: "events"})
	return d.events.Events(ctx)
}

// Logs implements driver.Logger.
func (d *Driver) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	d.record(Call{Verb: "logs", ID: id})
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.containers[id]
	if b == nil {
		return func(yield func(driver.LogLine, error) bool) {
			yield(driver.LogLine{}, failed("logs", id, driver.ErrNotFound))
		}
	}
	return b.log.Lines(ctx, o)
}

// Attach implements driver.Attacher. There are no detach keys: a terminal is
// plain pipes here.
func (d *Driver) Attach(ctx context.Context, c *driver.Command, pipes *driver.Pipes) error {
	d.record(Call{Verb: "attach", Command: c})
	d.mu.Lock()
	b, err := d.find("attach", c)
	d.mu.Unlock()
	if err == nil && hook.Inside(ctx, b.id) {
		err = errOwnHook
	}
	if err != nil {
		return failed("attach", idOf(c), err)
	}
	if pipes == nil {
		pipes = &driver.Pipes{}
	}
	closeIn := func() {}
	defer func() { closeIn() }()
	return failed("attach", b.id, b.log.Attach(ctx, pipes.Stdout, pipes.Stderr, func() error {
		if pipes.Stdin == nil {
			return nil
		}
		if b.process.input == nil {
			return &driver.FieldError{Path: "stdin", Reason: "the container was started without one", Class: driver.ErrUnsupported}
		}
		var in io.Reader
		in, _, closeIn = pump(pipes.Stdin)
		go io.Copy(b.process.input, in) // ends with either of them
		return nil
	}))
}
