//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"
	"github.com/opencontainers/cgroups/systemd"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

const unifiedMount = "/sys/fs/cgroup"

// delegation is the part of the cgroup tree that an ordinary user may do with as
// it pleases, see "Delegation" in cgroup-v2.rst: that of the user's own systemd, or
// the cgroup that this process is in. v1 has none: who may write there can do
// more than limit himself.
type delegation struct {
	dir     string // "" when there is none
	systemd bool   // which makes the cgroups there
	why     string // there is none
}

func (g delegation) none() bool { return g.dir == "" }

// delegateHint is what gives a user a cgroup where none is.
const delegateHint = "log in with a systemd session, or start it as: systemd-run --user --scope -p Delegate=yes execlua …"

// findDelegation looks for one that the named cgroup driver can use, or, without
// a name, the user's systemd before the own cgroup.
func findDelegation(name string, v2 bool) (delegation, error) {
	if name != "" && name != CgroupfsDriver && name != SystemdDriver {
		_, err := usesSystemd(name, v2)
		return delegation{}, err
	}
	if !v2 {
		if name == SystemdDriver {
			return delegation{}, fmt.Errorf("native: cgroup driver systemd: without root it takes cgroup v2: %w", driver.ErrUnsupported)
		}
		return delegation{why: "cgroup v1 is for root only: boot with systemd.unified_cgroup_hierarchy=1"}, nil
	}
	if name != CgroupfsDriver {
		dir, err := userManager()
		if err == nil {
			return delegation{dir: dir, systemd: true}, nil
		}
		if name == SystemdDriver {
			return delegation{}, fmt.Errorf("native: cgroup driver systemd: %w: %w", err, driver.ErrUnsupported)
		}
	}
	dir, err := ownCgroup()
	if err != nil {
		return delegation{why: err.Error() + ": " + delegateHint}, nil
	}
	return delegation{dir: dir}, nil
}

// userManager is the cgroup of the user's own systemd, user@UID.service.
func userManager() (string, error) {
	if !systemd.IsRunningSystemd() {
		return "", errors.New("this machine does not run systemd")
	}
	if _, err := systemd.DetectUserDbusSessionBusAddress(); err != nil {
		return "", errors.New("there is no session with a systemd of this user: DBUS_SESSION_BUS_ADDRESS is not set, and $XDG_RUNTIME_DIR/bus not there")
	}
	// A manager of a unit that never comes to be knows where it would be.
	cm, err := manager.New(&cgroups.Cgroup{Systemd: true, Rootless: true, Parent: "-.slice", Name: "none", Resources: &cgroups.Resources{}})
	if err != nil {
		return "", fmt.Errorf("the systemd of this user does not answer: %w", err)
	}
	return filepath.Dir(cm.Path("")), nil
}

// hostLeaf is the cgroup that holds what was in a delegated one before: a cgroup
// whose children have controllers has no processes itself, see "No Internal
// Process Constraint" in cgroup-v2.rst.
const hostLeaf = "execlua-host"

// ownCgroup is the cgroup of this process when it is delegated.
func ownCgroup() (string, error) {
	groups, err := cgroups.ParseCgroupFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(unifiedMount, groups[""])
	if path.Base(dir) == hostLeaf {
		dir = path.Dir(dir)
	}
	for _, name := range []string{"", "cgroup.procs", "cgroup.subtree_control"} {
		if err := unix.Access(filepath.Join(dir, name), unix.W_OK); err != nil {
			return "", fmt.Errorf("the cgroup %s is not yours to divide", strings.TrimPrefix(dir, unifiedMount))
		}
	}
	return dir, nil
}

// settle makes room for containers: it moves the processes of the delegated cgroup
// to a leaf below it, and lets its children have its controllers. systemd sees to
// that itself.
func (r *rootless) settle() error {
	if r == nil || r.none() || r.systemd {
		return nil
	}
	g := r.delegation
	leaf := filepath.Join(g.dir, hostLeaf)
	for range 10 { // they may fork meanwhile
		pids, err := cgroups.GetPids(g.dir)
		if err != nil || len(pids) == 0 {
			return err
		}
		if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
		for _, pid := range pids {
			if err := cgroups.WriteCgroupProc(leaf, pid); err != nil {
				return fmt.Errorf("make room in the cgroup %s: %w", g.dir, err)
			}
		}
	}
	return fmt.Errorf("make room in the cgroup %s: processes keep coming", g.dir)
}

// hierarchies is what there is to limit with in the delegated cgroup.
func (g delegation) hierarchies() hierarchies {
	if g.none() {
		return hierarchies{}
	}
	data, _ := os.ReadFile(filepath.Join(g.dir, "cgroup.controllers")) // what cannot be read is not there
	return hierarchies{cgroup{paths: map[string]string{"": g.dir}}, strings.Fields(string(data))}
}

// checkCgroup refuses what takes a cgroup where there is none, and a parent outside of what is delegated.
func (g delegation) checkCgroup(c *driver.Command) error {
	parent := c.CgroupParent
	switch {
	case g.none() && parent != "":
		return denied("cgroup_parent", parent, "there are no cgroups here: "+g.why)
	case g.none() && c.Resources != nil && len(c.Resources.Unified) > 0:
		return denied("resources.unified", nil, "there are no cgroups here: "+g.why)
	case !g.none() && !g.systemd && path.IsAbs(parent) && !below(path.Join(unifiedMount, parent), g.dir):
		return denied("cgroup_parent", parent, "it must be below "+strings.TrimPrefix(g.dir, unifiedMount)+", or relative to that")
	}
	return nil
}

// parent is the cgroup that a container's is made in, as linux.cgroupsPath has it.
func (g delegation) parent(own, asked string) string {
	base := strings.TrimPrefix(g.dir, unifiedMount)
	switch {
	case asked == "":
		return path.Join(base, own)
	case path.IsAbs(asked):
		return path.Clean(asked)
	}
	return path.Join(base, path.Join("/", asked))
}
