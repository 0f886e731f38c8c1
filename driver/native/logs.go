//go:build linux && cgo

package native

import (
	"context"
	"iter"

	"github.com/execlua/execlua/driver"
)

var _ driver.Logger = (*Driver)(nil)

// Logs reads the lines of a container's output.
func (d *Driver) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	if d.own != nil {
		return d.own.Logs(ctx, id, o)
	}
	c, err := d.find("logs", id)
	if err != nil {
		return func(yield func(driver.LogLine, error) bool) { yield(driver.LogLine{}, err) }
	}
	return c.log.Lines(ctx, o)
}

// logged puts the container's log between it and its pipes.
func (c *container) logged(p *driver.Pipes) *driver.Pipes {
	if p == nil {
		return nil
	}
	out := *p
	if isNil(out.Stdout) {
		out.Stdout = nil
	}
	if isNil(out.Stderr) {
		out.Stderr = nil
	}
	return c.log.Pipes(&out)
}
