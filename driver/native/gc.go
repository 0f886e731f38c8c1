//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/moby/sys/mountinfo"
	"github.com/opencontainers/cgroups/manager"

	"github.com/execlua/execlua/driver"
)

// Left is what a host that was killed has left of one container.
type Left struct {
	ID      string   `json:"id"`
	Owner   int      `json:"owner,omitempty"`   // pid of the host; 0 when nobody knows
	Pids    []int    `json:"pids"`              // processes that live on
	Cgroups []string `json:"cgroups"`           // directories on all hierarchies
	Mounts  []string `json:"mounts"`            // below scratch
	Scratch string   `json:"scratch,omitempty"` // directory
	State   string   `json:"state,omitempty"`   // directory
}

// Sweep removes what killed hosts have left in a state directory, and tells what it
// was; with dryRun it only tells. Containers whose host lives, and those of other
// programs, are left alone. An engine does the same for what has a claim when it is
// opened; here come besides
//
//   - state directories without state.json and without a claim: libcontainer says of
//     their ids that they exist, and cannot remove them;
//   - scratch directories that no claim names, unless Options.Scratch is set, which
//     several state directories may share.
func Sweep(o Options, dryRun bool) ([]Left, error) {
	root, scratch, err := o.directories()
	if err != nil {
		return nil, err
	}
	root, err = filepath.EvalSymlinks(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("native: %w", err)
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	bridgeLogrus(o.Logger)
	systemd, err := usesSystemd(o.CgroupDriver, lookAtMachine().CgroupV2)
	if err != nil {
		return nil, err
	}
	s := sweeper{engine: &Driver{root: root, systemd: systemd}, dryRun: dryRun}
	errs := []error{eachDead(root, s.take), s.wedged()}
	if o.Scratch == "" {
		errs = append(errs, s.strays(scratch))
	}
	if err := errors.Join(errs...); err != nil {
		return s.found, fmt.Errorf("native: %w", err)
	}
	return s.found, nil
}

// sweeper goes through one state directory.
type sweeper struct {
	engine *Driver // that would make containers there
	dryRun bool
	found  []Left
}

// take is for a locked claim whose owner is dead. What is removed only in part is
// told, too.
func (s *sweeper) take(c *claim) error {
	left := c.left(s.engine.root)
	if left.ID == "" { // nothing was made yet
		left.ID, _ = claimID(filepath.Base(c.path))
	}
	s.found = append(s.found, left)
	if s.dryRun {
		return c.file.Close()
	}
	return c.sweep(s.engine.root)
}

// left is what there is now of what a claim names.
func (what claimed) left(root string) Left {
	l := Left{ID: what.ID, Owner: what.Owner, Pids: []int{}, Cgroups: []string{}, Mounts: []string{}}
	dirs := slices.Compact(slices.Sorted(maps.Values(what.Cgroups))) // cpu and cpuacct are often one
	for _, dir := range dirs {
		if onDisk(dir) {
			l.Cgroups = append(l.Cgroups, dir)
		}
	}
	if len(l.Cgroups) > 0 {
		// Sweeping says why they cannot be read.
		pids, _ := cgroup{paths: what.Cgroups}.pids()
		l.Pids = append(l.Pids, pids...)
	}
	if what.Scratch != "" && onDisk(what.Scratch) {
		l.Scratch = what.Scratch
		mounts, _ := mountinfo.GetMounts(mountinfo.PrefixFilter(what.Scratch))
		for _, m := range mounts {
			l.Mounts = append(l.Mounts, m.Mountpoint)
		}
	}
	if state := filepath.Join(root, what.ID); what.ID != "" && onDisk(state) {
		l.State = state
	}
	return l
}

func onDisk(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// wedged finds the state directories of starts that got nowhere and have no claim.
func (s *sweeper) wedged() error {
	root := s.engine.root
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id := e.Name()
		if !e.IsDir() || !driver.ValidID(id) || onDisk(claimPath(root, id)) || !isWedged(filepath.Join(root, id)) {
			continue
		}
		if err := s.unwedge(id); err != nil {
			errs = append(errs, fmt.Errorf("sweep %q: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// isWedged: nothing is there but what a start makes before state.json.
func isWedged(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && !slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		made := e.Name() == "exec.fifo"
		for _, prefix := range []string{"config.json", "state-", "runc."} {
			made = made || strings.HasPrefix(e.Name(), prefix)
		}
		return !made
	})
}

// unwedge removes the directory, and what the cgroup of the id has, under a claim
// of our own, so that no start comes in between.
func (s *sweeper) unwedge(id string) error {
	what := claimed{ID: id}
	seat, err := s.engine.seat(&driver.Command{ID: id})
	if err != nil {
		return err
	}
	cm, err := manager.New(seat.config)
	if err != nil {
		return err
	}
	if paths := cm.GetPaths(); slices.ContainsFunc(slices.Collect(maps.Values(paths)), onDisk) {
		what.Cgroups, what.Parent, what.Unit = paths, seat.parent, seat.unit
	}
	root := s.engine.root
	if s.dryRun {
		s.found = append(s.found, what.left(root))
		return nil
	}
	c, err := lockClaim(claimPath(root, id), os.O_CREATE)
	if errors.Is(err, driver.ErrExists) {
		return nil // somebody starts it at this moment, and says what is in the way
	}
	if err != nil {
		return err
	}
	if c.ID == "" {
		if !isWedged(filepath.Join(root, id)) {
			return c.release()
		}
		c.claimed = what
	}
	return s.take(c)
}

// strays finds the scratch directories that no claim names. They are listed before
// the claims are read: what is made meanwhile has been claimed before.
func (s *sweeper) strays(scratch string) error {
	entries, err := os.ReadDir(scratch)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	named, err := claimedScratch(s.engine.root)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id, owner, ok := scratchOwner(e.Name())
		what := claimed{Owner: owner, Scratch: filepath.Join(scratch, e.Name())}
		if !ok || !e.IsDir() || named[what.Scratch] {
			continue
		}
		left := what.left(s.engine.root)
		left.ID = id
		s.found = append(s.found, left)
		if !s.dryRun {
			errs = append(errs, sweep(s.engine.root, what))
		}
	}
	return errors.Join(errs...)
}

// claimedScratch are the scratch directories of all claims, those of living owners too.
func claimedScratch(root string) (map[string]bool, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, e := range entries {
		if _, ok := claimID(e.Name()); !ok {
			continue
		}
		path := filepath.Join(root, e.Name())
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // released, and its scratch is gone
		}
		if err != nil {
			return nil, err
		}
		what, err := parseClaim(path, data)
		if err != nil {
			return nil, err
		}
		named[what.Scratch] = true
	}
	return named, nil
}

// scratchName is the name of the scratch directory of one run.
func scratchName(id string, owner int, at int64) string {
	return fmt.Sprintf("%s.%d.%d", id, owner, at)
}

// scratchOwner reads what scratchName has written.
func scratchOwner(name string) (id string, owner int, ok bool) {
	parts := strings.Split(name, ".") // of which the id may have some
	n := len(parts) - 2
	if n < 1 {
		return "", 0, false
	}
	id = strings.Join(parts[:n], ".")
	owner, err := strconv.Atoi(parts[n])
	return id, owner, err == nil && driver.ValidID(id)
}
