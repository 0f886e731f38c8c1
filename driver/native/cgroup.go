//go:build linux && cgo

package native

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	parent string            // directory name below each hierarchy to remove when empty; "" when it is the user's
}

// manager is a libcontainer manager of an existing cgroup. It is made for each
// use: it is cheap, and keeping the container's own would keep its configuration.
func (g cgroup) manager() (cgroups.Manager, error) {
	paths := make(map[string]string, len(g.paths))
	for k, v := range g.paths {
		paths[k] = v
	}
	return manager.NewWithPaths(&cgroups.Cgroup{Resources: &cgroups.Resources{SkipDevices: true}}, paths)
}

// defaultCgroupParent is where containers of a state directory live. Two state
// directories may use the same id at once, so each but the usual one has its own.
func defaultCgroupParent(root string) string {
	if root == DefaultRoot {
		return "/execlua"
	}
	sum := sha256.Sum256([]byte(root))
	return "/execlua-" + hex.EncodeToString(sum[:4])
}

// cgroupParent is where one container lives.
func cgroupParent(root string, c *driver.Command) string {
	if c.CgroupParent != "" {
		return path.Join("/", c.CgroupParent)
	}
	return defaultCgroupParent(root)
}

// create makes the cgroup before the container is started, so that it holds its
// parent: the last container to leave removes the parent, perhaps at this moment.
func (g cgroup) create(cm cgroups.Manager) error {
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
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV) {
		return nil, nil
	}
	return pids, err
}

func (g cgroup) freeze(state cgroups.FreezerState) error {
	cm, err := g.manager()
	if err != nil {
		return err
	}
	return cm.Freeze(state)
}

func (g cgroup) frozen() bool {
	cm, err := g.manager()
	if err != nil {
		return false
	}
	state, err := cm.GetFreezerState()
	return err == nil && state == cgroups.Frozen
}

// kill sends SIGKILL to every process until none is left. Thawing comes first:
// on v1 a frozen process does not even die.
func (g cgroup) kill() error {
	deadline := time.Now().Add(5 * time.Second)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		pids, err := g.pids()
		if err != nil || len(pids) == 0 {
			return err
		}
		if g.frozen() {
			if err := g.freeze(cgroups.Thawed); err != nil {
				return fmt.Errorf("thaw: %w", err)
			}
		}
		for _, pid := range pids {
			// Whoever is gone already needs no signal; who stays is found in the next round.
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d processes survive SIGKILL, pid %d among them", len(pids), pids[0])
		}
		time.Sleep(pause)
	}
}

// remove removes the empty cgroup, and the engine's own parent when this was the last in it.
func (g cgroup) remove() error {
	var errs []error
	for _, dir := range g.paths {
		if err := cgroups.RemovePath(dir); err != nil {
			errs = append(errs, fmt.Errorf("remove the cgroup: %w", err))
			continue
		}
		if g.parent != "" && path.Base(g.parent) == filepath.Base(filepath.Dir(dir)) {
			// Busy means that other containers live there.
			_ = unix.Rmdir(filepath.Dir(dir))
		}
	}
	return errors.Join(errs...)
}
