//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"iter"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
)

var _ driver.Eventer = (*Driver)(nil)

// Events subscribes to what happens to the containers of this engine.
func (d *Driver) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	if d.own != nil {
		return d.own.Events(ctx)
	}
	return d.events.Events(ctx)
}

// emit tells what happened to the container. Where the order counts it is called
// with the lock that the change is made under.
func (c *container) emit(e driver.Event) {
	e.ID = c.cmd.ID
	c.driver.events.Emit(e)
}

// emitCreated tells that there is a container, and what it had to do without.
func (c *container) emitCreated(pid int) {
	c.emit(driver.Event{Kind: driver.EventCreated, Pid: pid})
	c.emitWarnings(c.cmd.Resources)
}

// emitWarnings tells what of r this machine does not keep.
func (c *container) emitWarnings(r *driver.Resources) {
	for _, message := range spec.Warnings(r, c.driver.machine.Host) {
		c.emit(driver.Event{Kind: driver.EventWarning, Message: message})
	}
}

// logWarnings tells the same to those who do not listen to events. No lock is
// held: where a log goes to may be slow.
func (c *container) logWarnings(r *driver.Resources) {
	for _, message := range spec.Warnings(r, c.driver.machine.Host) {
		c.driver.log.Warn(message, "id", c.cmd.ID)
	}
}

// hookFailed tells of the hooks that failed, and returns the error.
func (c *container) hookFailed(err error) error { return c.driver.events.HookFailed(err) }

// countOOM reads what the kernel has counted since the container was made, and
// tells when it has killed more processes for lack of memory. Whose limit it was
// is asked each time: on v1 a later change of the limit would hide it.
func (c *container) countOOM() oomCounts {
	counts := c.group.oomCounts()
	c.mu.Lock()
	defer c.mu.Unlock()
	counts = counts.since(c.oomBefore)
	counts.own = max(counts.own, c.oomTold.own)
	if counts.kills > c.oomTold.kills {
		c.oomTold = counts
		c.emit(driver.Event{Kind: driver.EventOOM, Message: fmt.Sprintf("processes killed so far: %d", counts.kills)})
	}
	return counts
}
