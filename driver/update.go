package driver

import (
	"cmp"
	"maps"
)

// Updated is what a Command becomes by an Update: a copy with the limits of r
// over its own, validated as a whole. Every engine's Update begins with it. What
// cannot change while a container runs is an ErrUnsupported.
func (c *Command) Updated(r *Resources) (*Command, error) {
	var p problems
	if r == nil {
		return nil, &FieldError{Path: "resources", Reason: "missing"}
	}
	for _, f := range []struct {
		path   string
		set    bool
		reason string
	}{
		{"resources.rlimits", len(r.Rlimits) > 0, "the limits of a process are set when it starts"},
		{"resources.io", len(r.IO) > 0, "the rates of a device are set when the container starts"},
		{"resources.hugetlb", len(r.Hugetlb) > 0, "huge pages are limited when the container starts"},
		{"resources.oom_kill_disable", r.OomKillDisable, "it is set when the container starts"},
	} {
		if f.set {
			p.unsupported(f.path, nil, f.reason)
		}
	}
	if len(p) > 0 {
		return nil, p[0]
	}
	out := c.Clone()
	if out.Resources == nil {
		out.Resources = &Resources{}
	}
	out.Resources.merge(r.Clone())
	return out, Validate(out)
}

// merge sets what is set in change. Limits that say one thing together replace
// each other: memory and swap, and the two ways to give processors.
func (r *Resources) merge(change *Resources) {
	if change.Memory != 0 {
		r.MemorySwap = 0
	}
	if change.CPUs != 0 {
		r.CPUQuota, r.CPUPeriod = 0, 0
	}
	if change.CPUQuota != 0 {
		r.CPUs = 0
	}
	if change.CPUQuota < 0 {
		r.CPUBurst = 0
	}
	r.Memory = cmp.Or(change.Memory, r.Memory)
	r.MemoryReservation = cmp.Or(change.MemoryReservation, r.MemoryReservation)
	r.MemorySwap = cmp.Or(change.MemorySwap, r.MemorySwap)
	r.KernelMemory = cmp.Or(change.KernelMemory, r.KernelMemory)
	r.CPUShares = cmp.Or(change.CPUShares, r.CPUShares)
	r.CPUs = cmp.Or(change.CPUs, r.CPUs)
	r.CPUPeriod = cmp.Or(change.CPUPeriod, r.CPUPeriod)
	r.CPUQuota = cmp.Or(change.CPUQuota, r.CPUQuota)
	r.CPUBurst = cmp.Or(change.CPUBurst, r.CPUBurst)
	r.CPUIdle = cmp.Or(change.CPUIdle, r.CPUIdle)
	r.CpusetCpus = cmp.Or(change.CpusetCpus, r.CpusetCpus)
	r.CpusetMems = cmp.Or(change.CpusetMems, r.CpusetMems)
	r.BlkioWeight = cmp.Or(change.BlkioWeight, r.BlkioWeight)
	r.Pids = cmp.Or(change.Pids, r.Pids)
	r.MemorySwappiness = cmp.Or(change.MemorySwappiness, r.MemorySwappiness)
	if r.Unified == nil {
		r.Unified = change.Unified
	} else {
		maps.Copy(r.Unified, change.Unified)
	}
}
