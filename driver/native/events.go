//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"iter"

	"github.com/execlua/execlua/driver"
)

var _ driver.Eventer = (*Driver)(nil)

// Events subscribes to what happens to the containers of this engine.
func (d *Driver) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
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
	c.warnOfSwap(c.cmd.Resources)
}

// warnOfSwap: a limit of memory is meant to hold swap, too; see spec.Resources.
func (c *container) warnOfSwap(r *driver.Resources) {
	if r != nil && r.Memory > 0 && c.driver.machine.NoSwapLimit {
		c.emit(driver.Event{Kind: driver.EventWarning, Message: "resources.memory: this kernel does not count swap for each container, so swap is not limited"})
	}
}

// hookFailed tells of the hooks that failed, and returns the error.
func (c *container) hookFailed(err error) error { return c.driver.events.HookFailed(err) }

// countOOM reads how many processes the kernel has killed for lack of memory, and
// tells when that has grown; ok is false where the kernel does not count.
func (c *container) countOOM() (n uint64, ok bool) {
	n, ok = c.group.oomKills()
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > c.oomKills {
		c.oomKills = n
		c.emit(driver.Event{Kind: driver.EventOOM, Message: fmt.Sprintf("processes killed so far: %d", n)})
	}
	return n, ok
}
