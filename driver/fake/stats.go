package fake

import (
	"context"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

// What Stats tells of every container, besides its limits and processes.
const (
	MemoryUsage = 8 << 20                // bytes, of each process
	MemoryTotal = 1 << 30                // bytes of the machine: the limit of a container without one
	CPUUser     = 8 * time.Millisecond   // of the container
	CPUSystem   = 2 * time.Millisecond   // of the container
	CPUMachine  = 100 * time.Millisecond // of the whole machine, since boot
)

// Stats implements driver.Driver. The numbers are the constants above. What an
// engine in memory cannot make up (pressure, throttling, details of memory, io) is
// absent; a network of its own has the loopback interface, and no traffic.
func (d *Driver) Stats(_ context.Context, id string) (*driver.ResourceStats, error) {
	d.record(Call{Verb: "stats", ID: id})
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.containers[id]
	if b == nil || b.service != nil && b.state() == Exited {
		return nil, failed("stats", id, driver.ErrNotRunning)
	}
	pids, read := uint64(len(b.pids())), b.engine.clock.Now()
	s := &driver.ResourceStats{
		Read:        read,
		MemoryUsage: new(pids * MemoryUsage),
		MemoryLimit: MemoryTotal,
		OOMKills:    new(b.process.exitStatus().OOMKills),
		CPUUsage:    new(uint64(CPUUser + CPUSystem)),
		CPUUser:     new(uint64(CPUUser)),
		CPUSystem:   new(uint64(CPUSystem)),
		SystemUsage: uint64(CPUMachine),
		Pids:        &pids,
	}
	if elapsed := read.Sub(b.made); elapsed > 0 {
		s.CPUPercent = new(100 * float64(CPUUser+CPUSystem) / float64(elapsed))
	}
	if n := b.command.Network; (n == nil || *n == (driver.Network{})) && !b.process.hasEnded() {
		s.Interfaces = []driver.InterfaceStats{{Name: "lo"}}
	}
	if r := b.limits; r != nil {
		if r.Memory > 0 {
			s.MemoryLimit = r.Memory
		}
		if r.Pids > 0 {
			s.PidsLimit = new(uint64(r.Pids))
		}
	}
	s.MemoryPercent = new(100 * float64(*s.MemoryUsage) / float64(s.MemoryLimit))
	return s, nil
}

// GetPidsForContainer implements driver.Driver.
func (d *Driver) GetPidsForContainer(_ context.Context, id string) ([]int, error) {
	d.record(Call{Verb: "pids", ID: id})
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.find("pids", &driver.Command{ID: id})
	if err != nil {
		return nil, failed("pids", id, err)
	}
	return b.pids(), nil
}

// pids are those of the processes that live, in rising order. It needs Driver.mu.
func (b *container) pids() []int {
	var pids []int
	for _, p := range b.processes() {
		if !p.hasEnded() {
			pids = append(pids, p.Pid)
		}
	}
	slices.Sort(pids)
	return pids
}
