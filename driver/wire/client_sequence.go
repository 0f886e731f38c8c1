//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/execlua/execlua/driver"
)

// window is how many elements of a sequence a server sends ahead of its reader: a
// slow reader holds up its own sequence, and fills nobody's memory.
const window = 64

// Events implements driver.Eventer. The sequence can be ranged over once; until
// then, and between its elements, the events wait on the server.
func (c *Client) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	return sequence(c, ctx, call{Verb: verbEvents}, func(i item) (e driver.Event) {
		if i.Event != nil {
			e = *i.Event
		}
		return e
	})
}

// Logs implements driver.Logger. The sequence can be ranged over once.
func (c *Client) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	return sequence(c, ctx, call{Verb: verbLogs, ID: id, Logs: o}, func(i item) (l driver.LogLine) {
		if i.Line != nil {
			l = driver.LogLine{Time: i.Line.Time, Stream: i.Line.Stream, Line: string(i.Line.Line)}
		}
		return l
	})
}

// sequence subscribes, so that nothing is missed from now on.
func sequence[T any](c *Client, ctx context.Context, m call, element func(item) T) iter.Seq2[T, error] {
	reading, leave := context.WithCancel(ctx)
	o := c.begin(reading, m)
	o.items = make(chan item, window)
	_, err := o.send()
	if err != nil {
		leave()
		o.end()
	}
	used := false
	return func(yield func(T, error) bool) {
		var zero T
		defer leave()
		switch {
		case err != nil:
			yield(zero, err)
			return
		case used:
			yield(zero, o.fail(fmt.Errorf("%w: a sequence is read once", driver.ErrUnsupported)))
			return
		}
		used = true
		defer o.end()
		for read := 1; ; read++ {
			i, ok, err := o.next()
			if !ok || ctx.Err() != nil {
				if err != nil && ctx.Err() == nil {
					yield(zero, err)
				}
				return
			}
			if err := i.Failure.decode(c.link, c.find); err != nil {
				yield(zero, err)
				return
			}
			if !yield(element(i), nil) {
				return
			}
			if read == window/2 {
				read = 0
				_ = c.link.send(kindMore, o.number, more{window / 2}) // next tells of a link that is closed
			}
		}
	}
}

// next waits for the next element; false at the end.
func (o *op) next() (i item, ok bool, err error) {
	select {
	case i, ok = <-o.items:
		return i, ok, nil
	default:
	}
	select {
	case i, ok = <-o.items:
		return i, ok, nil
	case <-o.ctx.Done():
		return i, false, nil
	case <-o.client.link.over:
	}
	select {
	case i, ok = <-o.items: // it came before the end
		return i, ok, nil
	default:
		return i, false, o.fail(o.client.link.err)
	}
}

// endItems is told by the server.
func (o *op) endItems() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ready {
		return errors.Join(errProtocol, errors.New("a sequence has ended twice"))
	}
	o.ready = true
	close(o.items)
	return nil
}
