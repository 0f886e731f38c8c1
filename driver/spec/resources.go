package spec

import (
	"maps"
	"math"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// Resources maps the limits of a cgroup, for a start and for an update alike. A
// limit that is zero in r is absent in the result, which leaves it as it is, and
// so is what Warnings warns of. Device rules are not part of it;
// rlimits belong to the process.
func Resources(r *driver.Resources, h Host) (*specs.LinuxResources, error) {
	if r == nil {
		return &specs.LinuxResources{}, nil
	}
	r, _ = keep(r, h)
	memory, err := memoryLimits(r, h)
	if err != nil {
		return nil, err
	}
	out := &specs.LinuxResources{Memory: memory, CPU: cpuLimits(r)}
	if r.Pids != 0 {
		out.Pids = &specs.LinuxPids{Limit: new(r.Pids)}
	}
	if len(r.Unified) > 0 {
		if !h.CgroupV2 {
			return nil, unsupported("resources.unified", nil, "cgroup v1 has no unified files")
		}
		out.Unified = maps.Clone(r.Unified)
	}
	for _, l := range r.Hugetlb {
		out.HugepageLimits = append(out.HugepageLimits, specs.LinuxHugepageLimit{Pagesize: l.PageSize, Limit: l.Limit})
	}
	out.BlockIO = ioLimits(r)
	return out, nil
}

// ioLimits is nil when nothing is set.
func ioLimits(r *driver.Resources) *specs.LinuxBlockIO {
	if r.BlkioWeight == 0 && len(r.IO) == 0 {
		return nil
	}
	out := &specs.LinuxBlockIO{}
	if r.BlkioWeight != 0 {
		out.Weight = new(uint16(r.BlkioWeight))
	}
	for _, l := range r.IO {
		if l.Weight != 0 {
			w := specs.LinuxWeightDevice{Weight: new(uint16(l.Weight))}
			w.Major, w.Minor = l.Major, l.Minor
			out.WeightDevice = append(out.WeightDevice, w)
		}
		for _, rate := range []struct {
			list *[]specs.LinuxThrottleDevice
			rate uint64
		}{
			{&out.ThrottleReadBpsDevice, l.ReadBps},
			{&out.ThrottleWriteBpsDevice, l.WriteBps},
			{&out.ThrottleReadIOPSDevice, l.ReadIops},
			{&out.ThrottleWriteIOPSDevice, l.WriteIops},
		} {
			if rate.rate == 0 {
				continue
			}
			d := specs.LinuxThrottleDevice{Rate: rate.rate}
			d.Major, d.Minor = l.Major, l.Minor
			*rate.list = append(*rate.list, d)
		}
	}
	return out
}

// memoryLimits is nil when nothing is set. The limit is not mirrored as a reservation:
// on v2 that would be memory.low, a claim on other containers' memory.
func memoryLimits(r *driver.Resources, h Host) (*specs.LinuxMemory, error) {
	swap, err := swapLimit(r, h)
	if err != nil {
		return nil, err
	}
	m := specs.LinuxMemory{Swap: swap}
	if r.Memory != 0 {
		m.Limit = new(r.Memory)
	}
	// On v2 libcontainer would make "max" of -1, which protects all of it.
	if r.MemoryReservation > 0 || r.MemoryReservation == -1 && !h.CgroupV2 {
		m.Reservation = new(r.MemoryReservation)
	}
	if r.OomKillDisable {
		m.DisableOOMKiller = new(true)
	}
	if s := r.MemorySwappiness; s != nil {
		m.Swappiness = new(uint64(*s))
	}
	if m == (specs.LinuxMemory{}) {
		return nil, nil
	}
	return &m, nil
}

// swapLimit is the limit of memory and swap together, nil for none. Unset, it follows
// memory: a container that may use 64 MiB does not get more by being swapped out.
// A kernel that does not count swap cannot hold that, and libcontainer would fail
// on the missing file, so there memory stands alone.
func swapLimit(r *driver.Resources, h Host) (*int64, error) {
	limit := r.MemorySwap
	if limit == 0 {
		limit = r.Memory
	}
	switch {
	case limit == 0:
		return nil, nil
	case !h.NoSwapLimit:
		return &limit, nil
	case r.MemorySwap > 0:
		return nil, unsupported("resources.memory_swap", r.MemorySwap, "this kernel does not count swap for each container; boot it with swapaccount=1")
	}
	return nil, nil
}

// cpuLimits is nil when nothing is set.
func cpuLimits(r *driver.Resources) *specs.LinuxCPU {
	c := specs.LinuxCPU{Cpus: r.CpusetCpus, Mems: r.CpusetMems}
	if r.CPUShares != 0 {
		c.Shares = new(uint64(r.CPUShares))
	}
	if r.CPUPeriod != 0 {
		c.Period = new(uint64(r.CPUPeriod))
	}
	if r.CPUQuota != 0 {
		c.Quota = new(r.CPUQuota)
	}
	if r.CPUBurst != 0 {
		c.Burst = new(uint64(r.CPUBurst))
	}
	if r.CPUIdle {
		c.Idle = new(int64(1))
	}
	if r.CPUs != 0 {
		c.Period = new(uint64(driver.DefaultCPUPeriod))
		c.Quota = new(int64(math.Round(r.CPUs * driver.DefaultCPUPeriod)))
	}
	if c == (specs.LinuxCPU{}) {
		return nil
	}
	return &c
}
