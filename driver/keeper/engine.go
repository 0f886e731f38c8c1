//go:build linux

package keeper

import (
	"context"
	"io"
	"time"

	"github.com/execlua/execlua/driver"
)

// Engine makes the containers that a keeper looks after: the verbs for those that
// run, and reservations.
type Engine interface {
	driver.Driver
	driver.ExecStarter
	driver.Stopper
	driver.Updater
	driver.Finder
	driver.AllSignaller
	driver.Eventer
	driver.Attacher

	// Reserve takes an id. The error is driver.ErrExists when a living process has it.
	Reserve(id string) (Reservation, error)

	// Emit tells what the keeper did among the events of the engine.
	Emit(e driver.Event)
}

// Reservation is an id that belongs to a keeper over any number of runs, one after
// the other. When the process that holds it dies, its run goes on.
type Reservation interface {
	// Start starts a run that goes on after the end of ctx, and of this process.
	// What an earlier one has left is removed first. PostStop hooks are not called.
	Start(ctx context.Context, c *driver.Command, o Outlet, hooks driver.Hooks) (driver.Process, error)

	// Adopt goes on with the run that a dead process has started. When it has ended
	// meanwhile there is no Process, but what is known of its end. When its program
	// never ran there is neither. began is when it was started, if that is known.
	Adopt(c *driver.Command, o Outlet, began time.Time) (driver.Process, *driver.ExitStatus, error)

	// Sweep kills and removes all there is of the last run.
	Sweep() error

	// Release is Sweep, and gives the id back. As long as there is a record nobody
	// else takes it.
	Release() error
}

// Outlet is what a run is tied to.
type Outlet struct {
	Dir            string // of the container's own, for the FIFOs that its output goes through
	Stdout, Stderr io.Writer
	Ended          func(driver.ExitStatus) // called once the program has ended, before anything of it is removed
}
