package fake

import (
	"cmp"
	"context"
	"slices"

	"github.com/execlua/execlua/driver"
)

// Find implements driver.Finder.
func (d *Driver) Find(_ context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	d.record(Call{Verb: "find", ID: f.ID})
	if err := f.Check(); err != nil {
		return nil, failed("find", "", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []driver.ContainerInfo
	for _, b := range d.containers {
		if i := b.describe(); f.Matches(&i) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b driver.ContainerInfo) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// describe tells what Find does. It needs Driver.mu.
func (b *container) describe() driver.ContainerInfo {
	c := b.now()
	i := driver.ContainerInfo{ID: b.id, Pid: b.Pid(), Labels: c.Labels, Created: b.made, Command: c}
	switch b.state() {
	case PreStart:
		i.State = driver.StateCreated
	case Paused:
		i.State = driver.StatePaused
	case Exited:
		i.State, i.Pid = driver.StateExited, 0
	default:
		i.State = driver.StateRunning
	}
	if b.service != nil {
		b.service.describe(&i)
	}
	return i
}
