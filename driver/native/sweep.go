//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// sweep removes everything of a claim: processes, cgroups, mounts, scratch,
// state, in this order, since each holds the next. It is the one way in which
// containers go, whether they ended by themselves or their host was killed.
func sweep(root string, what claimed) error {
	group := cgroup{paths: what.Cgroups, parent: what.Parent, unit: what.Unit}
	var errs []error
	switch {
	case len(what.Cgroups) > 0:
		errs = append(errs, group.kill(), group.remove())
	case what.ID != "":
		errs = append(errs, killLeft(root, what.ID))
	}
	if what.Scratch != "" {
		errs = append(errs, removeScratch(what.Scratch))
	}
	if what.ID != "" {
		errs = append(errs, os.RemoveAll(filepath.Join(root, what.ID)))
	}
	return errors.Join(errs...)
}

// removeScratch unmounts what is mounted below dir, deepest first, and removes
// it. Mounts are made inside the container's own mount namespace; what is found
// here somebody else put there.
func removeScratch(dir string) error {
	mounts, err := mountinfo.GetMounts(mountinfo.PrefixFilter(dir))
	if err != nil {
		return fmt.Errorf("list mounts below %s: %w", dir, err)
	}
	for i := len(mounts) - 1; i >= 0; i-- {
		if err := unix.Unmount(mounts[i].Mountpoint, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount %s: %w", mounts[i].Mountpoint, err)
		}
	}
	return removeTree(dir)
}

// sweepDead removes what dead owners left in a state directory.
func sweepDead(root string) error {
	return eachDead(root, func(c *claim) error { return c.sweep(root) })
}

// eachDead locks the claims of dead owners, one after the other, for f, which
// has to close each.
func eachDead(root string, f func(*claim) error) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id, ok := claimID(e.Name())
		if !ok {
			continue
		}
		c, err := leftClaim(root, id)
		if errors.Is(err, driver.ErrExists) || errors.Is(err, os.ErrNotExist) {
			continue // a living owner, or one that has just let go
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("sweep %q: %w", id, err))
			continue
		}
		if err := f(c); err != nil {
			errs = append(errs, fmt.Errorf("sweep %q: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// sweep removes everything of a claim, and the claim. When something stays, so
// does the claim, for the next one who tries.
func (c *claim) sweep(root string) error {
	if err := sweep(root, c.claimed); err != nil {
		return errors.Join(err, c.file.Close())
	}
	return c.release()
}
