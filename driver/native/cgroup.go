//go:build linux && cgo

package native

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/opencontainers/cgroups"
	_ "github.com/opencontainers/cgroups/devices" // lets the cgroup managers set device rules
	"github.com/opencontainers/cgroups/manager"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// cgroup is a container's control group on every hierarchy.
type cgroup struct {
	paths  map[string]string // controller -> directory; on v2 the only key is ""
	parent string            // directory name below each hierarchy to remove when empty; "" when it is not ours
	unit   *unit             // under systemd
}

// none tells that there is no cgroup, as with an ordinary user's containers where
// nothing is delegated.
func (g cgroup) none() bool { return len(g.paths) == 0 }

// manager is a libcontainer manager of an existing cgroup. It is made for each
// use: it is cheap, and keeping the container's own would keep its configuration.
func (g cgroup) manager() (cgroups.Manager, error) {
	if g.none() {
		return nil, errors.New("no cgroup") // without paths it would be this process's own
	}
	return manager.NewWithPaths(&cgroups.Cgroup{Resources: &cgroups.Resources{SkipDevices: true}}, maps.Clone(g.paths))
}

// defaultCgroupParent is where containers of a state directory live. Two state
// directories may use the same id at once, so each but the usual one has its own.
func defaultCgroupParent(root string) string {
	if usual, _ := DefaultDirectories(); root == usual {
		return "/execlua"
	}
	sum := sha256.Sum256([]byte(root))
	return "/execlua-" + hex.EncodeToString(sum[:4])
}

// seat is where a container's cgroup is to be.
type seat struct {
	path   string          // in the form that linux.cgroupsPath has
	config *cgroups.Cgroup // of a manager for it; nil when there is to be none
	parent string
	unit   *unit
}

// seat names the cgroup of a Command.
func (d *Driver) seat(c *driver.Command) (seat, error) {
	if d.rootless != nil && d.rootless.none() {
		return seat{}, nil
	}
	if d.systemd {
		u, err := newUnit(d.root, c)
		if err != nil {
			return seat{}, err
		}
		return seat{path: u.path(), config: u.config(), unit: u}, nil
	}
	s := seat{parent: defaultCgroupParent(d.root)}
	parent := s.parent
	switch {
	case d.rootless != nil:
		parent = d.rootless.parent(s.parent, c.CgroupParent)
	case c.CgroupParent != "":
		parent = path.Join("/", c.CgroupParent)
	}
	if c.CgroupParent != "" && parent != s.parent {
		s.parent = "" // the caller's: not ours to remove
	}
	s.path = path.Join(parent, c.ID)
	s.config = &cgroups.Cgroup{Path: s.path, Resources: &cgroups.Resources{}}
	return s, nil
}

// create makes the cgroup before the container is started, so that it holds its
// parent: the last container to leave removes the parent, perhaps at this moment.
// systemd makes a scope together with its first process.
func (g cgroup) create(cm cgroups.Manager) error {
	if g.unit != nil || g.none() {
		return nil
	}
	var err error
	for range 10 {
		if err = cm.Apply(-1); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("create the cgroup: %w", err)
	}
	return nil
}

// pids lists every process, those of nested cgroups included. A cgroup that is gone has none.
func (g cgroup) pids() ([]int, error) {
	cm, err := g.manager()
	if err != nil {
		return nil, err
	}
	pids, err := cm.GetAllPids()
	if cgroupGone(err) {
		return nil, nil
	}
	return pids, err
}

// set writes limits. systemd has its own copy of them, which it writes again
// whenever it is reloaded: it is told once the kernel has taken them.
func (g cgroup) set(r *cgroups.Resources) error {
	cm, err := g.manager()
	if err == nil {
		err = cm.Set(r)
	}
	if err != nil || g.unit == nil {
		return err
	}
	if cm, err = manager.NewWithPaths(g.unit.config(), maps.Clone(g.paths)); err != nil {
		return err
	}
	told := *r
	tellNoSwap(&told)
	return cm.Set(&told)
}

// freeze freezes or thaws. On v1 a cgroup whose processes keep forking freezes by
// luck, all the more on a busy machine: libcontainer tries a thousand times, which
// is some milliseconds, and that is done again for a while.
func (g cgroup) freeze(state cgroups.FreezerState) error {
	cm, err := g.manager()
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(3 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		err := cm.Freeze(state)
		if err == nil || err.Error() != "unable to freeze" || time.Now().After(deadline) {
			return err
		}
	}
}

// frozen is false for a cgroup that is gone.
func (g cgroup) frozen() (bool, error) {
	cm, err := g.manager()
	if err != nil {
		return false, err
	}
	state, err := cm.GetFreezerState()
	return state == cgroups.Frozen, err
}

// kill sends SIGKILL to every process until none is left, and thaws: on v1 a frozen
// process does not even die.
func (g cgroup) kill() error {
	deadline := time.Now().Add(5 * time.Second)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		pids, err := g.pids()
		if err != nil || len(pids) == 0 {
			return err
		}
		for _, pid := range pids {
			// Whoever is gone already needs no signal; who stays is found in the next round.
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		frozen, err := g.frozen()
		if frozen {
			err = g.freeze(cgroups.Thawed)
		}
		if err != nil {
			return fmt.Errorf("thaw: %w", err)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d processes survive SIGKILL, pid %d among them", len(pids), pids[0])
		}
		time.Sleep(pause)
	}
}

// remove removes the empty cgroup, and the engine's own parent when this was the
// last in it: a slice that systemd does not know on a v1 hierarchy, too.
func (g cgroup) remove() error {
	var errs []error
	if g.unit != nil {
		errs = append(errs, g.unit.stop(g.paths))
	}
	for _, dir := range g.paths {
		if err := cgroups.RemovePath(dir); err != nil {
			errs = append(errs, fmt.Errorf("remove the cgroup: %w", err))
			continue
		}
		parent := g.parent
		if g.unit != nil {
			parent = g.unit.Slice
		}
		if parent != "" && path.Base(parent) == filepath.Base(filepath.Dir(dir)) {
			// Busy means that other containers live there.
			_ = unix.Rmdir(filepath.Dir(dir))
		}
	}
	return errors.Join(errs...)
}
