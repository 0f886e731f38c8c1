//go:build linux && cgo

package native

import (
	"context"
	"math"
	"time"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
)

// Stats reads what a container uses.
func (d *Driver) Stats(_ context.Context, id string) (*driver.ResourceStats, error) {
	c := d.container(id)
	if c == nil {
		return nil, &driver.Error{Op: "stats", ID: id, Err: driver.ErrNotRunning}
	}
	if p, _ := c.at(); p == creating || p == gone {
		return nil, c.fail("stats", driver.ErrNotRunning, "")
	}
	read := time.Now()
	var raw *cgroups.Stats
	err := c.group.read(func(cm cgroups.Manager) (err error) {
		raw, err = cm.GetStats()
		return err
	})
	if cgroupGone(err) {
		err = driver.ErrNotRunning
	}
	if err != nil {
		return nil, c.fail("stats", err, "")
	}
	limit := int64(0)
	if r := c.resources(); r != nil {
		limit = r.Memory
	}
	s := resourceStats(raw, read, limit, int64(d.machine.memory))
	if s.SystemUsage, err = systemUsage(); err != nil {
		return nil, c.fail("stats", err, "")
	}
	if n, ok := c.countOOM(); ok {
		s.OOMKills = &n
	}
	s.CPUPercent = c.cpuPercent(cpuReading{read, s.CPUUsage})
	return s, nil
}

// cpuReading is a moment and the processor time used until then.
type cpuReading struct {
	at    time.Time
	usage uint64
}

// cpuPercent is the use since the last reading, else since the container was made.
func (c *container) cpuPercent(now cpuReading) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.lastCPU
	if last.at.IsZero() {
		last.at = c.made
	}
	c.lastCPU = now
	elapsed := now.at.Sub(last.at)
	if last.at.IsZero() || elapsed <= 0 || now.usage < last.usage {
		return 0
	}
	return float64(now.usage-last.usage) / float64(elapsed) * 100
}

// resourceStats translates libcontainer's figures. A limit of 0 or less is the
// machine's memory.
func resourceStats(raw *cgroups.Stats, read time.Time, limit, machine int64) *driver.ResourceStats {
	if limit <= 0 {
		limit = machine
	}
	s := &driver.ResourceStats{
		Read:        read,
		MemoryUsage: raw.MemoryStats.Usage.Usage,
		MemoryLimit: limit,
		CPUUsage:    raw.CpuStats.CpuUsage.TotalUsage,
		CPUUser:     raw.CpuStats.CpuUsage.UsageInUsermode,
		CPUSystem:   raw.CpuStats.CpuUsage.UsageInKernelmode,
		Pids:        raw.PidsStats.Current,
		IORead:      ioBytes(raw, "Read"),
		IOWrite:     ioBytes(raw, "Write"),
	}
	if limit > 0 {
		s.MemoryPercent = float64(s.MemoryUsage) / float64(limit) * 100
	}
	// cgroup v2 has memory.peak since 5.19; what is not there reads as 0.
	if highest := raw.MemoryStats.Usage.MaxUsage; highest > 0 {
		s.MemoryMax = &highest
	}
	if n := raw.PidsStats.Limit; n > 0 && n != math.MaxUint64 {
		s.PidsLimit = &n
	}
	return s
}

// ioBytes sums one operation over all devices; nil where the kernel keeps no count.
func ioBytes(raw *cgroups.Stats, op string) *uint64 {
	entries := raw.BlkioStats.IoServiceBytesRecursive
	if entries == nil {
		return nil
	}
	var sum uint64
	for _, e := range entries {
		if e.Op == op || e.Op == map[string]string{"Read": "rbytes", "Write": "wbytes"}[op] {
			sum += e.Value
		}
	}
	return &sum
}
