//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/runc/libcontainer/specconv"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
)

var _ driver.Updater = (*Driver)(nil)

// Update changes the limits of a container. libcontainer's state file keeps those
// of the start: nobody reads limits from there, and a start writes it anew.
func (d *Driver) Update(ctx context.Context, cmd *driver.Command, r *driver.Resources) error {
	if d.own != nil {
		return d.own.Update(ctx, cmd, r)
	}
	c, err := d.findCommand("update", cmd)
	if err != nil {
		return err
	}
	init, err := c.live("update")
	if err != nil {
		return err
	}
	c.updating.Lock()
	defer c.updating.Unlock()
	updated, err := c.command().Updated(r)
	if err == nil {
		r = together(r, updated.Resources, d.machine.CgroupV2)
		err = c.setLimits(r)
	}
	if err != nil && driver.Code(err) == "error" && init.exited() {
		err = driver.ErrNotRunning // its cgroup is going, or gone
	}
	if err != nil {
		return c.fail("update", err, "")
	}
	c.mu.Lock()
	c.limits = updated.Resources
	c.mu.Unlock()
	c.emit(driver.Event{Kind: driver.EventUpdated})
	c.emitWarnings(r)
	c.logWarnings(r)
	c.watchOOM()
	return nil
}

// resources are the limits of now.
func (c *container) resources() *driver.Resources {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.limits != nil {
		return c.limits
	}
	return c.cmd.Resources
}

// command is the Command with the limits of now. Nobody changes what it points to.
func (c *container) command() *driver.Command {
	out := *c.cmd
	out.Resources = c.resources()
	return &out
}

// setLimits writes what r sets, all or nothing.
func (c *container) setLimits(r *driver.Resources) error {
	m := c.driver.machine
	if err := errors.Join(m.checkControllers(r), checkSets(r)); err != nil {
		return err
	}
	if c.group.none() {
		return c.noCgroup()
	}
	limits, err := spec.Resources(r, m.Host)
	if err != nil {
		return err
	}
	config, err := specconv.CreateCgroupConfig(&specconv.CreateOpts{
		CgroupName: c.cmd.ID,
		Spec:       &specs.Spec{Linux: &specs.Linux{Resources: limits}},
	}, nil)
	if err != nil {
		return err
	}
	config.Resources.SkipDevices = true
	// Without it v2 makes room for a lower limit by killing; v1 refuses by itself.
	config.Resources.MemoryCheckBeforeUpdate = true
	c.countOOM() // while the limits are those of the kills
	before := c.group.snapshot(r.Unified)
	if err := c.group.set(config.Resources); err != nil {
		if rerr := before.restore(); rerr != nil {
			err = errors.Join(err, fmt.Errorf("put back: %w", rerr))
		}
		return err
	}
	return nil
}

// together adds to r what the kernel takes together with it: swap counts on top
// of memory, v2 has quota and period in one file, and idle overrules shares. all
// is what holds afterwards.
func together(r, all *driver.Resources, v2 bool) *driver.Resources {
	out := r.Clone()
	if r.Memory != 0 || r.MemorySwap != 0 {
		out.Memory, out.MemorySwap = all.Memory, all.MemorySwap
	}
	if r.CPUs != 0 || r.CPUQuota != 0 || r.CPUPeriod != 0 || r.CPUBurst != 0 {
		out.CPUs, out.CPUQuota, out.CPUPeriod = all.CPUs, all.CPUQuota, all.CPUPeriod
	}
	if r.CPUShares != 0 {
		out.CPUIdle = all.CPUIdle
	}
	if v2 && r.MemoryReservation == -1 {
		// libcontainer would write "max", and protect all of it.
		out.MemoryReservation = 0
		if out.Unified == nil {
			out.Unified = map[string]string{}
		}
		out.Unified["memory.low"] = "0"
	}
	return out
}

// limitFiles are the files that an update can write, of both versions of cgroups.
// On v1 the controller is the part before the first dot.
const limitFiles = "memory.limit_in_bytes memory.memsw.limit_in_bytes memory.soft_limit_in_bytes memory.swappiness " +
	"memory.max memory.swap.max memory.low " +
	"cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpu.cfs_burst_us cpu.weight cpu.max cpu.max.burst cpu.idle " +
	"cpuset.cpus cpuset.mems pids.max blkio.weight blkio.bfq.weight io.weight io.bfq.weight"

// snapshot is what the kernel holds in files of a cgroup.
type snapshot []struct{ dir, file, value string }

// snapshot reads what is there, and what r.Unified names.
func (g cgroup) snapshot(unified map[string]string) snapshot {
	names := strings.Fields(limitFiles)
	for name := range unified {
		names = append(names, name)
	}
	var out snapshot
	for _, name := range names {
		controller, _, _ := strings.Cut(name, ".")
		dir, ok := g.paths[controller]
		if !ok {
			dir = g.paths[""]
		}
		if value, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			out = append(out, struct{ dir, file, value string }{dir, name, string(value)})
		}
	}
	return out
}

// restore writes back what has changed. A value that has to wait for another, as
// memory for swap, goes in the second round.
func (s snapshot) restore() error {
	var failed error
	for range 2 {
		failed = nil
		for _, was := range s {
			now, err := os.ReadFile(filepath.Join(was.dir, was.file))
			if err == nil && string(now) == was.value {
				continue
			}
			err = cgroups.WriteFile(was.dir, was.file, was.value)
			if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, unix.ENODEV) {
				failed = errors.Join(failed, err)
			}
		}
		if failed == nil {
			return nil
		}
	}
	return failed
}
