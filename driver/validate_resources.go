package driver

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
)

// DefaultCPUPeriod is the kernel's, in microseconds, that a number of cpus is a
// share of. See Documentation/scheduler/sched-bwc.rst.
const DefaultCPUPeriod = 100000

func (p *problems) checkResources(r *Resources) {
	if r == nil {
		return
	}
	p.checkMemory(r)
	p.checkCPU(r)
	if r.BlkioWeight != 0 && (r.BlkioWeight < minBlkioWeight || r.BlkioWeight > maxBlkioWeight) {
		p.invalid("resources.blkio_weight", r.BlkioWeight, "%d to %d", minBlkioWeight, maxBlkioWeight)
	}
	if r.Pids < -1 {
		p.invalid("resources.pids", r.Pids, "a positive number, or -1 for no limit")
	}
	p.checkIO(r)
	for i, l := range r.Rlimits {
		p.checkRlimit(fmt.Sprintf("resources.rlimits[%d]", i+1), l)
	}
}

func (p *problems) checkMemory(r *Resources) {
	if r.Memory != 0 && r.Memory != -1 && r.Memory < minMemory {
		p.invalid("resources.memory", r.Memory, "at least 512 KiB, or -1 for no limit")
	}
	switch soft := r.MemoryReservation; {
	case soft < -1:
		p.invalid("resources.memory_reservation", soft, "bytes, or -1 for none")
	case soft > 0 && r.Memory > 0 && soft > r.Memory:
		p.invalid("resources.memory_reservation", soft, "at most memory, %d", r.Memory)
	}
	switch swap := r.MemorySwap; {
	case swap == 0 || swap == -1:
	case swap < 0:
		p.invalid("resources.memory_swap", swap, "bytes of memory and swap together, or -1 for no limit")
	case r.Memory <= 0:
		p.invalid("resources.memory_swap", swap, "needs a memory limit beside it")
	case swap < r.Memory:
		p.invalid("resources.memory_swap", swap, "it counts memory and swap together: at least memory, %d", r.Memory)
	}
	if r.KernelMemory < -1 {
		p.invalid("resources.kernel_memory", r.KernelMemory, "bytes, or -1 for no limit")
	}
	if s := r.MemorySwappiness; s != nil && (*s < 0 || *s > maxSwappiness) {
		p.invalid("resources.memory_swappiness", *s, "0 to %d", maxSwappiness)
	}
	if r.OomKillDisable && r.Memory <= 0 {
		p.invalid("resources.oom_kill_disable", true, "only with a memory limit: without one it could stall the whole machine")
	}
}

func (p *problems) checkCPU(r *Resources) {
	if r.CPUShares != 0 && (r.CPUShares < minCPUShares || r.CPUShares > maxCPUShares) {
		p.invalid("resources.cpu_shares", r.CPUShares, "%d to %d", minCPUShares, maxCPUShares)
	}
	// The comparison is written so that NaN fails it.
	if r.CPUs != 0 && !(r.CPUs >= 0.01 && r.CPUs <= 8192) {
		p.invalid("resources.cpus", r.CPUs, "0.01 to 8192 processors")
	}
	if r.CPUs != 0 && (r.CPUQuota != 0 || r.CPUPeriod != 0) {
		p.invalid("resources.cpus", r.CPUs, "cpu_quota and cpu_period say the same thing; set one or the other")
	}
	if r.CPUPeriod != 0 && (r.CPUPeriod < minCPUPeriod || r.CPUPeriod > maxCPUPeriod) {
		p.invalid("resources.cpu_period", r.CPUPeriod, "%d to %d microseconds", minCPUPeriod, maxCPUPeriod)
	}
	if r.CPUQuota != 0 && r.CPUQuota != -1 && r.CPUQuota < 1000 {
		p.invalid("resources.cpu_quota", r.CPUQuota, "at least 1000 microseconds, or -1 for no limit")
	}
	switch {
	case r.CPUBurst < 0:
		p.invalid("resources.cpu_burst", r.CPUBurst, "microseconds, 0 or more")
	case r.CPUBurst > 0 && r.CPUQuota <= 0 && r.CPUs == 0:
		p.invalid("resources.cpu_burst", r.CPUBurst, "needs cpu_quota or cpus beside it")
	case r.CPUBurst > 0 && r.CPUQuota > 0 && r.CPUBurst > r.CPUQuota:
		p.invalid("resources.cpu_burst", r.CPUBurst, "at most cpu_quota, %d", r.CPUQuota)
	case r.CPUs > 0 && float64(r.CPUBurst) > r.CPUs*DefaultCPUPeriod:
		p.invalid("resources.cpu_burst", r.CPUBurst, "at most the quota, which is %.0f for %v cpus", r.CPUs*DefaultCPUPeriod, r.CPUs)
	}
	p.checkCPUList("resources.cpuset_cpus", r.CpusetCpus)
	p.checkCPUList("resources.cpuset_mems", r.CpusetMems)
}

func (p *problems) checkIO(r *Resources) {
	for i, l := range r.IO {
		field := fmt.Sprintf("resources.io[%d]", i+1)
		switch {
		case l == nil:
			p.invalid(field, nil, "missing")
		case l.Major < 0 || l.Minor < 0 || l.Major > maxDevice || l.Minor > maxDevice:
			p.invalid(field, fmt.Sprintf("%d:%d", l.Major, l.Minor), "the number of a block device, major and minor")
		case l.Weight != 0 && (l.Weight < minBlkioWeight || l.Weight > maxBlkioWeight):
			p.invalid(field+".weight", l.Weight, "%d to %d", minBlkioWeight, maxBlkioWeight)
		case l.ReadIops > math.MaxUint32:
			p.invalid(field+".read_iops", l.ReadIops, "at most %d, the kernel cuts off the rest", uint32(math.MaxUint32))
		case l.WriteIops > math.MaxUint32:
			p.invalid(field+".write_iops", l.WriteIops, "at most %d, the kernel cuts off the rest", uint32(math.MaxUint32))
		}
	}
	for i, l := range r.Hugetlb {
		if l == nil || l.PageSize == "" || strings.ContainsAny(l.PageSize, "/\x00") {
			p.invalid(fmt.Sprintf("resources.hugetlb[%d].page_size", i+1), nil, `a size of huge pages as "2MB"`)
		}
	}
	for name := range r.Unified {
		if name == "" || strings.ContainsAny(name, "/\x00") || !strings.Contains(name, ".") {
			p.invalid("resources.unified", name, `the name of a cgroup v2 file as "memory.high"`)
		}
	}
}

// checkCPUList checks the list format of cpuset(7): "0-3,7".
func (p *problems) checkCPUList(field, list string) {
	if list == "" {
		return
	}
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		a, err := strconv.ParseUint(from, 10, 16)
		b := a
		if isRange && err == nil {
			b, err = strconv.ParseUint(to, 10, 16)
		}
		if err != nil || b < a {
			p.invalid(field, list, `a list as "0-3,7", see cpuset(7)`)
			return
		}
	}
}

// rlimitTypes are the names of setrlimit(2).
const rlimitTypes = "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"

func (p *problems) checkRlimit(field string, l *Rlimit) {
	if l == nil {
		p.invalid(field, nil, "missing")
		return
	}
	name := strings.ToLower(strings.TrimPrefix(strings.ToUpper(l.Type), "RLIMIT_"))
	if name == "" || !strings.Contains(" "+rlimitTypes+" ", " "+name+" ") {
		p.invalid(field+".type", l.Type, "one of %s", rlimitTypes)
	}
	if l.Soft > l.Hard {
		p.invalid(field+".soft", l.Soft, "at most the hard limit, %d", l.Hard)
	}
}

func (p *problems) checkDevices(list string, devices []*Device, rule bool) {
	for i, d := range devices {
		field := fmt.Sprintf("%s[%d]", list, i+1)
		if d == nil {
			p.invalid(field, nil, "missing")
			continue
		}
		if d.Type != "c" && d.Type != "b" && !(rule && d.Type == "a") {
			p.invalid(field+".type", d.Type, `"c" for a character device, "b" for a block device`)
		}
		low := int64(0)
		if rule {
			low = -1
		}
		for _, n := range []struct {
			name string
			n    int64
		}{{"major", d.Major}, {"minor", d.Minor}} {
			if n.n < low || n.n > maxDevice {
				p.invalid(field+"."+n.name, n.n, "%d to %d", low, maxDevice)
			}
		}
		if strings.Trim(d.Permissions, "rwm") != "" {
			p.invalid(field+".permissions", d.Permissions, "letters of rwm")
		}
		if d.FileMode != nil && *d.FileMode > 0o777 {
			p.invalid(field+".file_mode", *d.FileMode, "permission bits, at most 0777 (511)")
		}
		if rule {
			if d.Path != "" {
				p.invalid(field+".path", d.Path, "a rule has no path; autocreated_devices makes nodes")
			}
			continue
		}
		p.checkDevicePath(field+".path", d.Path)
	}
}

// checkDeviceMount: nodes are made in the container's own /dev only.
func (p *problems) checkDeviceMount(c *Command) {
	for i, m := range c.Mounts {
		if path.Clean(m.Destination) == "/dev" && len(c.AutoCreatedDevices) > 0 {
			p.invalid("autocreated_devices", nil, "mounts[%d] covers /dev, so no node can be made there", i+1)
		}
	}
}

func (p *problems) checkDevicePath(field, s string) {
	if !strings.HasPrefix(s, "/dev/") || path.Clean(s) != s || strings.ContainsRune(s, 0) {
		p.invalid(field, s, "a clean path below /dev")
	}
}
