package spec

import (
	"fmt"
	"maps"
	"math"
	"reflect"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// resources reads the limits. Zero is no limit there as here.
func (p *parser) resources() {
	in := p.spec.Linux.Resources
	out := &driver.Resources{Rlimits: p.rlimits(), Unified: maps.Clone(in.Unified)}
	const at = ".linux.resources"
	p.refuse([]absent{
		{at + ".network", in.Network != nil, "a Command has no such limit"},
		{at + ".rdma", len(in.Rdma) > 0, "a Command has no such limit"},
	})
	p.memory(out, in.Memory)
	p.cpu(out, in.CPU)
	p.blockIO(out, in.BlockIO)
	if in.Pids != nil && in.Pids.Limit != nil {
		out.Pids = *in.Pids.Limit
		if out.Pids == 0 {
			p.cannot(at+".pids.limit", 0, "no process at all; -1 is no limit")
		}
	}
	for _, l := range in.HugepageLimits {
		out.Hugetlb = append(out.Hugetlb, &driver.HugetlbLimit{PageSize: l.Pagesize, Limit: l.Limit})
	}
	if !reflect.ValueOf(*out).IsZero() {
		p.out.Resources = out
	}
}

// memory: Build takes a limit of memory for one of swap too unless there is one,
// so swap without a limit says so.
func (p *parser) memory(out *driver.Resources, m *specs.LinuxMemory) {
	const at = ".linux.resources.memory"
	if m == nil {
		return
	}
	p.refuse([]absent{
		//lint:ignore SA1019 files still have it, and it is refused
		{at + ".kernel", value(m.Kernel) != 0, "kernels since 5.16 have no such limit"},
		{at + ".kernelTCP", value(m.KernelTCP) != 0, "a Command has no such limit"},
		{at + ".useHierarchy", value(m.UseHierarchy), "a Command has no such setting"},
		{at + ".checkBeforeUpdate", value(m.CheckBeforeUpdate), "a Command has no such setting"},
	})
	out.Memory, out.MemoryReservation, out.MemorySwap = value(m.Limit), value(m.Reservation), value(m.Swap)
	if out.MemorySwap == 0 && out.Memory > 0 {
		out.MemorySwap = -1
	}
	if m.Swappiness != nil {
		out.MemorySwappiness = new(p.signed(at+".swappiness", *m.Swappiness))
	}
	out.OomKillDisable = value(m.DisableOOMKiller)
}

func (p *parser) cpu(out *driver.Resources, c *specs.LinuxCPU) {
	const at = ".linux.resources.cpu"
	if c == nil {
		return
	}
	p.refuse([]absent{
		{at + ".realtimeRuntime", value(c.RealtimeRuntime) != 0, "a Command has no such limit"},
		{at + ".realtimePeriod", value(c.RealtimePeriod) != 0, "a Command has no such limit"},
		{at + ".idle", value(c.Idle) != 0 && value(c.Idle) != 1, "0 or 1"},
	})
	out.CPUShares = p.signed(at+".shares", value(c.Shares))
	out.CPUQuota = value(c.Quota)
	out.CPUPeriod = p.signed(at+".period", value(c.Period))
	out.CPUBurst = p.signed(at+".burst", value(c.Burst))
	out.CpusetCpus, out.CpusetMems = c.Cpus, c.Mems
	out.CPUIdle = value(c.Idle) == 1
}

func (p *parser) blockIO(out *driver.Resources, b *specs.LinuxBlockIO) {
	const at = ".linux.resources.blockIO"
	if b == nil {
		return
	}
	p.refuse([]absent{{at + ".leafWeight", value(b.LeafWeight) != 0, "a Command has no such weight"}})
	out.BlkioWeight = int64(value(b.Weight))
	limit := func(major, minor int64) *driver.IOLimit {
		for _, l := range out.IO {
			if l.Major == major && l.Minor == minor {
				return l
			}
		}
		l := &driver.IOLimit{Major: major, Minor: minor}
		out.IO = append(out.IO, l)
		return l
	}
	for i, w := range b.WeightDevice {
		p.refuse([]absent{{fmt.Sprintf("%s.weightDevice[%d].leafWeight", at, i), value(w.LeafWeight) != 0, "a Command has no such weight"}})
		limit(w.Major, w.Minor).Weight = int64(value(w.Weight))
	}
	for _, d := range b.ThrottleReadBpsDevice {
		limit(d.Major, d.Minor).ReadBps = d.Rate
	}
	for _, d := range b.ThrottleWriteBpsDevice {
		limit(d.Major, d.Minor).WriteBps = d.Rate
	}
	for _, d := range b.ThrottleReadIOPSDevice {
		limit(d.Major, d.Minor).ReadIops = d.Rate
	}
	for _, d := range b.ThrottleWriteIOPSDevice {
		limit(d.Major, d.Minor).WriteIops = d.Rate
	}
}

// signed is a number of the specification where a Command has a signed one.
func (p *parser) signed(at string, n uint64) int64 {
	if n > math.MaxInt64 {
		p.invalid(at, n, "too large")
	}
	return int64(n)
}

// value is what a pointer points at, zero where there is none.
func value[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}
