package fake

import (
	"context"

	"github.com/execlua/execlua/driver"
)

// Pause implements driver.Driver.
func (d *Driver) Pause(_ context.Context, c *driver.Command) error {
	d.record(Call{Verb: "pause", Command: c})
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("pause", c)
	if err != nil {
		return failed("pause", idOf(c), err)
	}
	for _, p := range b.processes() {
		p.freeze()
	}
	if b.stage != Paused {
		b.stage = Paused
		b.emit(driver.Event{Kind: driver.EventPaused})
	}
	return nil
}

// Unpause implements driver.Driver.
func (d *Driver) Unpause(_ context.Context, c *driver.Command) error {
	d.record(Call{Verb: "unpause", Command: c})
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("unpause", c)
	if err != nil {
		return failed("unpause", idOf(c), err)
	}
	b.thaw()
	return nil
}

// thaw lets a container go on. It needs Driver.mu.
func (b *container) thaw() {
	for _, p := range b.processes() {
		p.thaw()
	}
	if b.stage == Paused { // one that is stopping stays so
		b.stage = Running
		b.emit(driver.Event{Kind: driver.EventUnpaused})
	}
}
