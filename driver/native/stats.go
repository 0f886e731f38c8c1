//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/execlua/execlua/driver"
)

// Stats reads what a container uses.
func (d *Driver) Stats(ctx context.Context, id string) (*driver.ResourceStats, error) {
	if d.own != nil {
		return d.own.Stats(ctx, id)
	}
	c := d.container(id)
	if c == nil {
		return nil, &driver.Error{Op: "stats", ID: id, Err: driver.ErrNotRunning}
	}
	p, init := c.at()
	if p == creating || p == gone {
		return nil, c.fail("stats", driver.ErrNotRunning, "")
	}
	if c.group.none() {
		return nil, c.fail("stats", c.noCgroup(), "")
	}
	limit := int64(0)
	if r := c.resources(); r != nil {
		limit = r.Memory
	}
	s, err := c.group.stats(limit, int64(d.machine.memory))
	if errors.Is(err, os.ErrNotExist) { // under systemd another stands in for it now
		s, err = c.group.stats(limit, int64(d.machine.memory))
	}
	if errors.Is(err, os.ErrNotExist) {
		err = driver.ErrNotRunning
	}
	if err != nil {
		return nil, c.fail("stats", err, "")
	}
	if n := c.countOOM(); n.known {
		s.OOMKills = &n.kills
	}
	if elapsed := s.Read.Sub(c.made); s.CPUUsage != nil && elapsed > 0 {
		s.CPUPercent = new(100 * float64(*s.CPUUsage) / float64(elapsed))
	}
	if c.cmd.Network == nil || *c.cmd.Network == (driver.Network{}) {
		s.Interfaces = interfacesOf(init)
	}
	return s, nil
}

// stats reads the files of a cgroup. A limit of 0 or less is the machine's
// memory. The error is os.ErrNotExist when the cgroup is gone.
//
// libcontainer has figures, too, with 0 where a file is missing.
func (g cgroup) stats(limit, machine int64) (*driver.ResourceStats, error) {
	if limit <= 0 {
		limit = machine
	}
	g.paths = g.standing()
	f := files{paths: g.paths}
	s := &driver.ResourceStats{Read: time.Now(), MemoryLimit: limit}
	if g.unified() {
		f.statsV2(s)
	} else {
		f.statsV1(s)
	}
	s.Pids, s.PidsLimit = f.number("pids.current"), f.number("pids.max")
	s.CPUPressure, s.MemoryPressure, s.IOPressure = f.pressure("cpu.pressure"), f.pressure("memory.pressure"), f.pressure("io.pressure")
	if s.MemoryUsage != nil && limit > 0 {
		s.MemoryPercent = new(100 * float64(*s.MemoryUsage) / float64(limit))
	}
	err := errors.Join(f.err, g.exists())
	if err == nil {
		s.SystemUsage, err = systemUsage()
	}
	return s, err
}

// exists is os.ErrNotExist when the cgroup has been removed: then its files read as absent.
func (g cgroup) exists() error {
	for _, dir := range g.paths {
		if _, err := os.Stat(dir); err != nil {
			return err
		}
	}
	return nil
}

// statsV2 reads what cgroup-v2.rst describes.
func (f *files) statsV2(s *driver.ResourceStats) {
	memory, events := f.table("memory.stat"), f.table("memory.events")
	s.MemoryUsage = f.number("memory.current")
	s.MemoryMax = f.number("memory.peak") // since 5.19
	s.MemoryAnon, s.MemoryFile, s.MemoryKernel = memory["anon"], memory["file"], memory["kernel"]
	s.MemoryWorkingSet = without(s.MemoryUsage, memory["inactive_file"])
	s.SwapUsage = f.number("memory.swap.current")
	s.MemoryLimitHits = events["max"]
	if local := f.table("memory.events.local"); local != nil { // since 5.2; the other one counts nested cgroups as well
		s.MemoryLimitHits = local["max"]
	}
	cpu := f.table("cpu.stat") // microseconds; the quota's lines come with the controller
	s.CPUUsage, s.CPUUser, s.CPUSystem = times(cpu["usage_usec"], 1e3), times(cpu["user_usec"], 1e3), times(cpu["system_usec"], 1e3)
	s.CPUPeriods, s.CPUThrottledPeriods = cpu["nr_periods"], cpu["nr_throttled"]
	s.CPUThrottledTime = times(cpu["throttled_usec"], 1e3)
	if io, ok := f.ioStat("io.stat"); ok {
		s.IORead, s.IOWrite = new(io["rbytes"]), new(io["wbytes"])
		s.IOReadOps, s.IOWriteOps = new(io["rios"]), new(io["wios"])
	}
}

// statsV1 reads what the files of cgroup-v1/*.rst describe.
func (f *files) statsV1(s *driver.ResourceStats) {
	memory := f.table("memory.stat") // total_ is with nested cgroups
	s.MemoryUsage = f.number("memory.usage_in_bytes")
	s.MemoryMax = f.number("memory.max_usage_in_bytes")
	s.MemoryAnon, s.MemoryFile = memory["total_rss"], memory["total_cache"]
	s.MemoryKernel = f.number("memory.kmem.usage_in_bytes")
	s.MemoryWorkingSet = without(s.MemoryUsage, memory["total_inactive_file"])
	s.SwapUsage = memory["total_swap"] // with swap accounting only
	s.MemoryLimitHits = f.limitHitsV1()
	ticks := f.table("cpuacct.stat") // of 1/100 s, USER_HZ
	s.CPUUsage, s.CPUUser, s.CPUSystem = f.number("cpuacct.usage"), times(ticks["user"], 1e7), times(ticks["system"], 1e7)
	cpu := f.table("cpu.stat")
	s.CPUPeriods, s.CPUThrottledPeriods, s.CPUThrottledTime = cpu["nr_periods"], cpu["nr_throttled"], cpu["throttled_time"]
	s.IORead, s.IOWrite = f.blkio("service_bytes")
	s.IOReadOps, s.IOWriteOps = f.blkio("serviced")
}

// limitHitsV1 is how often the limits of the cgroup itself were in the way. Each
// has its count: where memory and memory with swap are limited alike, only the
// second one is ever reached. New kernels (6.18 is one) leave that at 0.
func (f *files) limitHitsV1() *uint64 {
	hits, swapHits := f.number("memory.failcnt"), f.number("memory.memsw.failcnt")
	if hits != nil && swapHits != nil {
		*hits += *swapHits
	}
	if hits != nil && *hits == 0 && f.limitReachedV1() {
		return nil
	}
	return hits
}

// limitReachedV1 tells whether a limit of the cgroup itself was ever reached, to
// within the pages that the kernel charges at once (MEMCG_CHARGE_BATCH).
func (f *files) limitReachedV1() bool {
	batch := uint64(64 * os.Getpagesize())
	for _, kind := range []string{"memory.", "memory.memsw."} {
		limit, highest := f.number(kind+"limit_in_bytes"), f.number(kind+"max_usage_in_bytes")
		if limit != nil && highest != nil && *highest+batch >= *limit {
			return true
		}
	}
	return false
}

// times converts units.
func times(n *uint64, factor uint64) *uint64 {
	if n == nil {
		return nil
	}
	return new(*n * factor)
}

// without is a difference that is at least 0: its terms are not read in one moment.
func without(n, part *uint64) *uint64 {
	if n == nil || part == nil {
		return nil
	}
	return new(*n - min(*n, *part))
}
