package fake

import (
	"fmt"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/logs"
	"github.com/execlua/execlua/driver/spec"
)

// State is the stage of a container's life.
type State string

const (
	PreStart State = "pre_start" // the process exists, its program does not run yet
	Running  State = "running"
	Paused   State = "paused"
	Stopping State = "stopping" // it got its stop signal and has its grace period
	Exited   State = "exited"   // the process has ended, PostStop hooks run
	Gone     State = "gone"     // nothing is known under the id
)

// container is one life of one id. A detached one has several, and stays after
// the last.
type container struct {
	*handle
	command *driver.Command // the engine's own copy
	hooks   driver.Hooks

	made time.Time
	log  *logs.Log

	service *service // of a detached one, of which this is one life; else nil

	stopSignal int
	stopGrace  time.Duration

	// Guarded by Driver.mu:
	stage  State // PreStart to Stopping; the rest is seen from outside
	others map[*Process]bool
	limits *driver.Resources // those of now; the Command's until an update
	asked  bool              // somebody asked for the end
}

// now is a copy of the Command with the limits of now. It needs Driver.mu.
func (b *container) now() *driver.Command {
	c := b.command.Clone()
	c.Resources = b.limits.Clone()
	return c
}

// emit tells what happened to the container.
func (b *container) emit(e driver.Event) {
	e.ID = b.id
	b.engine.events.Emit(e)
}

// warn tells what the machine that Spec describes does not keep.
func (b *container) warn(r *driver.Resources) {
	for _, message := range spec.Warnings(r, machine()) {
		b.emit(driver.Event{Kind: driver.EventWarning, Message: message})
	}
}

// state needs Driver.mu.
func (b *container) state() State {
	if b.process.hasEnded() {
		return Exited
	}
	return b.stage
}

// processes lists what lives in the container, init first. It needs Driver.mu.
func (b *container) processes() []*Process {
	all := []*Process{b.process}
	for p := range b.others {
		all = append(all, p)
	}
	return all
}

// State tells where in its life a container is.
func (d *Driver) State(id string) State {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b := d.containers[id]; b != nil {
		return b.state()
	}
	return Gone
}

type info bool

func (i info) IsRunning() bool { return bool(i) }

// Info implements driver.Driver.
func (d *Driver) Info(id string) driver.Info {
	s := d.State(id)
	return info(s != Exited && s != Gone)
}

// find returns a container on which the verb is possible now. It needs Driver.mu.
func (d *Driver) find(verb string, c *driver.Command) (*container, error) {
	if c == nil {
		return nil, &driver.FieldError{Path: "command", Reason: "missing"}
	}
	b := d.containers[c.ID]
	if b == nil {
		return nil, driver.ErrNotFound
	}
	return b, refusal(verb, b.state())
}

// refusal is the table of what each state allows; nil means allowed.
func refusal(verb string, s State) error {
	switch {
	case verb == "clean":
		return fmt.Errorf("%w: it is %s", driver.ErrBusy, s)
	case verb == "stats": // a cgroup can be read until the container is gone
		return nil
	case s == Exited:
		return driver.ErrNotRunning
	case slices.Contains([]string{"kill", "signal_all", "pids", "stop", "terminate", "update"}, verb):
		return nil
	case s == PreStart:
		return fmt.Errorf("%w: its program does not run yet", driver.ErrBusy)
	case verb == "exec" && s == Paused:
		return fmt.Errorf("%w: it is paused", driver.ErrBusy)
	case verb == "pause" && s == Stopping:
		return fmt.Errorf("%w: it is stopping", driver.ErrBusy)
	}
	return nil
}
