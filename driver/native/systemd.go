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
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"
	"github.com/opencontainers/cgroups/systemd"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// Names of the cgroup drivers, for Options.
const (
	CgroupfsDriver = "cgroupfs" // makes the directories itself
	SystemdDriver  = "systemd"  // asks systemd for a transient scope, see systemd.scope(5)
)

// usesSystemd tells which driver a machine gets. On cgroup v2 there is to be one
// writer of the tree, see "the single-writer rule" in systemd's
// CGROUP_DELEGATION.md: where systemd runs, that is systemd. On v1 it is asked
// for only: there systemd removes the counters together with a container's last
// process, so that what they said last may be lost.
func usesSystemd(name string, v2 bool) (bool, error) {
	switch name {
	case "":
		return v2 && systemd.IsRunningSystemd(), nil
	case CgroupfsDriver:
		return false, nil
	case SystemdDriver:
		if !systemd.IsRunningSystemd() {
			return false, fmt.Errorf("native: cgroup driver systemd: this machine does not run systemd: %w", driver.ErrUnsupported)
		}
		return true, nil
	}
	return false, fmt.Errorf("native: unknown cgroup driver %q: %s or %s: %w", name, CgroupfsDriver, SystemdDriver, driver.ErrInvalid)
}

// unit is a container's scope and the slice that only this scope is in. systemd
// removes a scope with its last process; the slice stays until it is stopped, so
// that on v2 what the container has used, and whether it ran out of memory, can
// be read after its end.
type unit struct {
	Slice  string `json:"slice"`
	Prefix string `json:"prefix"` // of the scope's name
	Name   string `json:"name"`
}

// Where systemd itself, and that of a user, puts what is not told to go elsewhere,
// see systemd.special(7). They always exist; a slice of ours would stay behind.
const (
	defaultSlice     = "system.slice"
	defaultUserSlice = "app.slice"
)

// newUnit names the units of a container. Unit names are the machine's, so those
// of a state directory other than the usual one have a part of their own.
func newUnit(root string, c *driver.Command) (*unit, error) {
	parent := defaultSlice
	if os.Geteuid() != 0 {
		parent = defaultUserSlice
	}
	if c.CgroupParent != "" {
		parent = strings.TrimPrefix(c.CgroupParent, "/")
		if _, err := systemd.ExpandSlice(parent); err != nil {
			return nil, &driver.FieldError{Path: "cgroup_parent", Value: c.CgroupParent, Reason: `under systemd the name of a slice, such as "batch.slice" or "batch-night.slice"`}
		}
	}
	prefix := strings.TrimPrefix(defaultCgroupParent(root), "/")
	sum := sha256.Sum256([]byte(root + "\x00" + c.ID))
	tag := hex.EncodeToString(sum[:6])
	u := &unit{Prefix: prefix, Name: c.ID}
	// A plus is not for unit names, see systemd.unit(5), and what ends like a slice is taken for one.
	if strings.Contains(c.ID, "+") || strings.HasSuffix(c.ID, ".slice") {
		u.Name = strings.NewReplacer("+", "_", ".", "_").Replace(c.ID) + "-" + tag
	}
	// Each dash in a slice's name is a level, see systemd.slice(5).
	u.Slice = strings.ReplaceAll(prefix, "-", "_") + "_" + tag + ".slice"
	if above := strings.TrimSuffix(parent, ".slice"); above != "-" {
		u.Slice = above + "-" + u.Slice
	}
	if max(len(u.scope()), len(u.Slice)) > maxUnitName {
		return nil, &driver.FieldError{Path: "cgroup_parent", Value: c.CgroupParent, Reason: "the names of the container's units would be longer than systemd allows"}
	}
	return u, nil
}

// maxUnitName is the length that unit names may have, see systemd.unit(5).
const maxUnitName = 255

func (u *unit) scope() string { return u.Prefix + "-" + u.Name + ".scope" }

// path is the scope in the form that linux.cgroupsPath has under systemd.
func (u *unit) path() string { return u.Slice + ":" + u.Prefix + ":" + u.Name }

func (u *unit) config() *cgroups.Cgroup {
	return &cgroups.Cgroup{
		Systemd: true, Rootless: os.Geteuid() != 0, Parent: u.Slice, ScopePrefix: u.Prefix, Name: u.Name,
		Resources: &cgroups.Resources{SkipDevices: true},
	}
}

// stop has systemd end the scope and its slice, and forget the scope when it has
// failed; a scope does that when a process of it ran out of memory.
func (u *unit) stop(scope map[string]string) error {
	var errs []error
	slice := &cgroups.Cgroup{Systemd: true, Rootless: os.Geteuid() != 0, Name: u.Slice, Resources: &cgroups.Resources{}}
	for _, each := range []struct {
		config *cgroups.Cgroup
		paths  map[string]string
	}{{u.config(), maps.Clone(scope)}, {slice, above(scope)}} {
		cm, err := manager.NewWithPaths(each.config, each.paths)
		if err == nil {
			err = cm.Destroy()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", path.Join(u.Slice, u.scope()), err))
		}
	}
	return errors.Join(errs...)
}

// tellNoSwap has libcontainer tell systemd that there is to be no swap. Of a limit
// of 0 it does not by itself, and systemd then writes "max" over it.
func tellNoSwap(r *cgroups.Resources) {
	const file = "memory.swap.max"
	if !cgroups.IsCgroup2UnifiedMode() || r.Memory <= 0 || r.MemorySwap != r.Memory || r.Unified[file] != "" {
		return
	}
	r.Unified = maps.Clone(r.Unified)
	if r.Unified == nil {
		r.Unified = map[string]string{}
	}
	r.Unified[file] = "0"
}

// above are the parents of cgroups.
func above(paths map[string]string) map[string]string {
	out := make(map[string]string, len(paths))
	for controller, dir := range paths {
		out[controller] = filepath.Dir(dir)
	}
	return out
}

// lasting are the directories that count what happens in the container and are
// there until it is removed: on v2 a slice's.
func (g cgroup) lasting() map[string]string {
	if g.unit != nil && g.unified() {
		return above(g.paths)
	}
	return g.paths
}

// standing are the directories of the container itself, or those that last when
// systemd has removed it.
func (g cgroup) standing() map[string]string {
	if _, err := os.Stat(g.paths[""]); errors.Is(err, os.ErrNotExist) {
		return g.lasting()
	}
	return g.paths
}

// cgroupGone tells that a cgroup was removed before or while it was read.
func cgroupGone(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV)
}
