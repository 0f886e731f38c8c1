package plan

import (
	"context"

	"github.com/execlua/execlua/driver"
)

// StartDetached implements driver.Detacher. What waits for the end of the container
// stops it, so that no restart policy follows.
func (d *Driver) StartDetached(ctx context.Context, c *driver.Command, hooks driver.Hooks) (driver.Process, error) {
	if c != nil {
		if err := driver.ValidateDetached(c, hooks); err != nil {
			return nil, &driver.Error{Op: "start", ID: c.ID, Err: err}
		}
	}
	held := newHold(c)
	process, err := d.Driver.StartDetached(context.WithValue(ctx, holdKey{}, held), c, driver.Hooks{})
	d.add(err, Step{Action: Create, Verb: "start", ID: idOf(c), Command: c, Hooks: stages(hooks), Detached: true})
	if err != nil {
		return nil, err
	}
	d.settle(c, held)
	return planned{process, d}, nil
}

// Restart implements driver.Detacher.
func (d *Driver) Restart(ctx context.Context, id string) (driver.Process, error) {
	c := d.command(ctx, id)
	held := newHold(c)
	process, err := d.Driver.Restart(context.WithValue(ctx, holdKey{}, held), id)
	d.add(err, Step{Action: Change, Verb: "restart", ID: id})
	if err != nil {
		return nil, err
	}
	d.settle(c, held)
	return planned{process, d}, nil
}

// settle makes a detached container one that ends by being stopped.
func (d *Driver) settle(c *driver.Command, held *hold) {
	<-held.ready
	held.finish = func() {
		// One that has ended is what was wanted.
		_, _ = d.Driver.Stop(context.Background(), &driver.Command{ID: c.ID}, driver.StopOptions{})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[c.ID] = held
}

// Clean implements driver.Driver. Only a detached container leaves anything.
func (d *Driver) Clean(ctx context.Context, id string) error {
	kept := d.detached(id)
	err := d.Driver.Clean(ctx, id)
	if kept {
		d.add(err, Step{Action: Remove, Verb: "clean", ID: id})
	}
	return err
}

// detached tells whether the id is a detached container's.
func (d *Driver) detached(id string) bool {
	found, err := d.Find(context.Background(), driver.Filter{ID: id})
	return id != "" && err == nil && len(found) == 1 && found[0].Detached
}

// command is that of a container; nil when there is none.
func (d *Driver) command(ctx context.Context, id string) *driver.Command {
	found, err := d.Find(ctx, driver.Filter{ID: id})
	if id == "" || err != nil || len(found) == 0 {
		return nil
	}
	return found[0].Command
}
