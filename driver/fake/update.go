package fake

import (
	"context"

	"github.com/execlua/execlua/driver"
)

// Update implements driver.Updater. Stats and Find tell the new limits; nobody
// enforces them.
func (d *Driver) Update(_ context.Context, c *driver.Command, r *driver.Resources) error {
	d.record(Call{Verb: "update", Command: c, Resources: r})
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("update", c)
	if err != nil {
		return failed("update", idOf(c), err)
	}
	updated, err := b.now().Updated(r)
	if err != nil {
		return failed("update", b.id, err)
	}
	b.limits = updated.Resources
	b.emit(driver.Event{Kind: driver.EventUpdated})
	b.warn(r)
	return nil
}
