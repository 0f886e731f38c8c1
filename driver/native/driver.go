//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/events"
)

// Defaults of Options. State is small and dies with a reboot; scratch holds what
// containers write and belongs on a disk.
const (
	DefaultRoot    = "/run/execlua"
	DefaultScratch = "/var/lib/execlua/scratch"
)

// Options configure an engine.
type Options struct {
	// Root is the state directory; when empty that of DefaultDirectories. Several
	// engines, in several processes of one user, may share it.
	Root string
	// Scratch holds the writable part of image roots. When empty it is that of
	// DefaultDirectories beside the default Root, and <Root>/.scratch beside another.
	// The root of a user namespace has to come there: beside another Root that
	// takes a mode of 0711 on it, or a Scratch elsewhere.
	Scratch string
	// CgroupDriver makes the cgroups: CgroupfsDriver or SystemdDriver. When empty it
	// is systemd on a machine that runs it with cgroup v2, else cgroupfs. An ordinary
	// user's is systemd where the user has one.
	CgroupDriver string
	// Logger gets the engine's messages and, from then on, those that libcontainer
	// sends to logrus, unless the program has given logrus another output. nil drops them.
	Logger hclog.Logger
	// OwnProcess puts the engine into a child process: this binary once more, which
	// shares no memory, threads or mounts with the host. It ends with its host, also
	// with one that is killed, and stops its containers then as the end of their
	// contexts does. Calls fail with wire.ErrGone when it is killed, or stopped for longer than
	// wire.DefaultTimeout; a killed one leaves what the next New removes.
	OwnProcess bool
}

// Driver is the engine. It implements driver.Driver and all the small interfaces
// beside it.
type Driver struct {
	own *ownProcess // has the engine; nil when it is this one

	root, scratch string
	systemd       bool // makes the cgroups
	log           hclog.Logger
	launcher      launcher
	machine       machine
	rootless      *rootless // nil for root
	events        events.Broadcaster

	mu         sync.Mutex
	containers map[string]*container
}

var _ interface {
	driver.Driver
	driver.Starter
	driver.ExecStarter
	driver.Stopper
} = (*Driver)(nil)

// New opens a state directory, creating it (mode 0700) when it is missing, and
// removes what hosts that were killed left in it. The engine of an ordinary user
// gives each container a user namespace of its own.
func New(o Options) (*Driver, error) {
	if o.OwnProcess {
		own, err := startOwnProcess(o)
		if err != nil {
			return nil, err
		}
		return &Driver{own: own}, nil
	}
	d, err := plain(o)
	if err != nil {
		return nil, err
	}
	if d.root, err = openRoot(d.root); err != nil {
		return nil, err
	}
	if d.log = o.Logger; d.log == nil {
		d.log = hclog.NewNullLogger()
	}
	bridgeLogrus(d.log)
	if err := sweepDead(d.root); err != nil {
		d.log.Warn("leftovers of a killed host could not be removed", "error", err)
	}
	d.launcher, d.containers = libcontainerLauncher{}, map[string]*container{}
	return d, nil
}

// plain is an engine that knows its place, and has made nothing.
func plain(o Options) (d *Driver, err error) {
	d = &Driver{machine: lookAtMachine()}
	if d.root, d.scratch, err = o.directories(); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		d.systemd, err = usesSystemd(o.CgroupDriver, d.machine.CgroupV2)
		return d, err
	}
	if d.rootless, err = openRootless(o.CgroupDriver, d.machine.CgroupV2); err != nil {
		return nil, err
	}
	d.systemd = d.rootless.systemd
	d.machine = d.machine.delegated(d.rootless.delegation)
	return d, nil
}

// Close terminates the containers of this engine and waits for them, and for the
// process of the engine when it has one of its own.
func (d *Driver) Close(ctx context.Context) error {
	if d.own != nil {
		return d.own.close(ctx)
	}
	var errs []error
	for _, c := range d.all() {
		errs = append(errs, d.terminate(ctx, c))
	}
	return errors.Join(errs...)
}

// Name is "native".
func (d *Driver) Name() string { return "native" }

// SupportsHooks is true.
func (d *Driver) SupportsHooks() bool { return true }

type info bool

func (i info) IsRunning() bool { return bool(i) }

// Info tells whether a container of this engine runs.
func (d *Driver) Info(id string) driver.Info {
	if d.own != nil {
		return d.own.Info(id)
	}
	c := d.container(id)
	return info(c != nil && c.alive())
}

// all are the containers there are now.
func (d *Driver) all() []*container {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Values(d.containers))
}

// container is the container of that id, nil when this engine has none.
func (d *Driver) container(id string) *container {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.containers[id]
}

// find is container with the error that verbs answer.
func (d *Driver) find(op, id string) (*container, error) {
	if c := d.container(id); c != nil {
		return c, nil
	}
	return nil, &driver.Error{Op: op, ID: id, Err: driver.ErrNotFound}
}

// findCommand is find for the verbs that take a Command.
func (d *Driver) findCommand(op string, cmd *driver.Command) (*container, error) {
	if cmd == nil {
		return nil, &driver.Error{Op: op, Err: driver.Validate(nil)}
	}
	return d.find(op, cmd.ID)
}
