package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/execlua/execlua/driver"
)

// hint is a setting that a container can do without: it says who goes first, or
// asks for a favour. One that a machine does not keep is left out and warned of.
// A limit that stands between a container and the machine is refused instead, see
// docs/decisions/0005-hints-and-limits.md.
type hint struct {
	field  string
	value  any    // what was asked for
	set    bool   // it was asked for
	v1, v2 string // the cgroup files that keep it, any of them does; "": nothing can
	drop   func()
}

// hints lists those of r, whose drop changes r.
func hints(r *driver.Resources) []hint {
	number := func(field string, n *int64, v1, v2 string) hint {
		return hint{field, *n, *n > 0, v1, v2, func() { *n = 0 }}
	}
	flag := func(field string, on *bool, v1, v2 string) hint {
		return hint{field, *on, *on, v1, v2, func() { *on = false }}
	}
	list := []hint{
		number("memory_reservation", &r.MemoryReservation, "memory.soft_limit_in_bytes", "memory.low"),
		number("kernel_memory", &r.KernelMemory, "", ""),
		flag("oom_kill_disable", &r.OomKillDisable, "memory.oom_control", ""),
		number("cpu_shares", &r.CPUShares, "cpu.shares", "cpu.weight"),
		number("cpu_burst", &r.CPUBurst, "cpu.cfs_burst_us", "cpu.max.burst"),
		flag("cpu_idle", &r.CPUIdle, "cpu.idle", "cpu.idle"),
		number("blkio_weight", &r.BlkioWeight, "blkio.weight blkio.bfq.weight", "io.bfq.weight io.weight"),
	}
	if s := r.MemorySwappiness; s != nil { // 0 is a value
		list = append(list, hint{"memory_swappiness", *s, true, "memory.swappiness", "", func() { r.MemorySwappiness = nil }})
	}
	for i, l := range r.IO {
		list = append(list, number(fmt.Sprintf("io[%d].weight", i+1), &l.Weight, "blkio.weight_device blkio.bfq.weight_device", "io.bfq.weight"))
	}
	return list
}

// HintFiles are the cgroup files that an engine looks for to fill Host.Missing.
func HintFiles(v2 bool) []string {
	var names []string
	for _, h := range hints(&driver.Resources{MemorySwappiness: new(int64), IO: []*driver.IOLimit{{}}}) {
		names = append(names, strings.Fields(h.files(v2))...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (h hint) files(v2 bool) string {
	if v2 {
		return h.v2
	}
	return h.v1
}

// unkept is why a machine does not keep the hint, "" if it does.
func (h hint) unkept(host Host) string {
	names := strings.Fields(h.files(host.CgroupV2))
	switch {
	case slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(host.Missing, name) }):
		return ""
	case len(names) > 0:
		return "the cgroups of this machine have no " + strings.Join(names, " and no ")
	case h.v1 == "":
		return "kernels have no separate limit any more; memory covers it"
	}
	return "cgroup v2 has no such setting"
}

// keep is r without the hints that the machine does not keep, and a warning of each.
func keep(r *driver.Resources, host Host) (kept *driver.Resources, warnings []string) {
	warn := func(field string, value any, reason string) {
		e := driver.FieldError{Path: "resources." + field, Value: value, Reason: reason}
		warnings = append(warnings, e.Error())
	}
	kept = r.Clone()
	for _, h := range hints(kept) {
		if !h.set {
			continue
		}
		if reason := h.unkept(host); reason != "" {
			h.drop()
			warn(h.field, h.value, "ignored: "+reason)
		}
	}
	if kept.CPUIdle && kept.CPUShares > 0 {
		// sched_group_set_shares of the kernel refuses it with EINVAL.
		warn("cpu_shares", kept.CPUShares, "ignored: beside cpu_idle, which is the least share there is")
		kept.CPUShares = 0
	}
	if kept.Memory > 0 && kept.MemorySwap == 0 && host.NoSwapLimit {
		warn("memory", kept.Memory, "swap is not limited: this kernel does not count it for each container")
	}
	return kept, warnings
}

// Warnings tells, for a start and for an update alike, what of r this machine does
// not keep: lines of the field, its value and why. Resources leaves the same out.
func Warnings(r *driver.Resources, host Host) []string {
	if r == nil {
		return nil
	}
	_, warnings := keep(r, host)
	return warnings
}
