//go:build linux && cgo

package main

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Where the hierarchies of cgroups(7) are mounted.
const (
	layoutV2     = "v2"
	layoutHybrid = "v1 (hybrid)"
	layoutV1     = "v1"
	layoutNone   = "none"
)

// cgroupLayout: only the root of a v2 mount has cgroup.controllers at its top.
func (p *patient) cgroupLayout() string {
	switch {
	case p.exists("sys/fs/cgroup/cgroup.controllers"):
		return layoutV2
	case len(p.hierarchies()) == 0:
		return layoutNone
	case p.exists("sys/fs/cgroup/unified/cgroup.controllers"):
		return layoutHybrid
	}
	return layoutV1
}

// hierarchies lists the v1 controllers that are mounted, from lines such as
// "4:cpu,cpuacct:/user.slice" of /proc/self/cgroup.
func (p *patient) hierarchies() []string {
	var all []string
	for line := range strings.Lines(p.read("proc/self/cgroup")) {
		fields := strings.SplitN(line, ":", 3)
		if len(fields) == 3 && fields[1] != "" && !strings.HasPrefix(fields[1], "name=") {
			all = append(all, strings.Split(fields[1], ",")...)
		}
	}
	return all
}

func (p *patient) cgroups() finding {
	const boot = "boot with systemd.unified_cgroup_hierarchy=1 for cgroup v2"
	switch layout := p.cgroupLayout(); layout {
	case layoutV2:
		return fine("%s", layout)
	case layoutNone:
		return lack(statusFail, "not mounted below /sys/fs/cgroup", boot)
	default:
		return lack(statusWarn, layout, boot)
	}
}

// controllers: v2 limits devices by a BPF program and freezes without a
// controller. Without one of the others its limits are refused.
func (p *patient) controllers() finding {
	if p.uid != 0 {
		return p.delegatedControllers()
	}
	if p.cgroupLayout() == layoutV2 {
		return missingControllers(strings.Fields(p.read("sys/fs/cgroup/cgroup.controllers")), unlimited)
	}
	have := p.hierarchies()
	if !slices.Contains(have, "devices") {
		return lack(statusFail, "missing: devices", "without devices a container could open every device: mount that hierarchy")
	}
	return missingOf([]string{"cpu", "memory", "pids", "devices", "freezer", "cpuset", "blkio"}, have, unlimited)
}

const unlimited = "their limits are refused; is cgroup_disable on the kernel's command line?"

// missingControllers is missingOf for v2.
func missingControllers(have []string, hint string) finding {
	return missingOf([]string{"cpu", "memory", "pids", "cpuset", "io"}, have, hint)
}

func missingOf(wanted, have []string, hint string) finding {
	missing := slices.DeleteFunc(slices.Clone(wanted), func(name string) bool { return slices.Contains(have, name) })
	if len(missing) > 0 {
		return lack(statusWarn, "missing: "+strings.Join(missing, " "), hint)
	}
	return fine("%s", strings.Join(wanted, " "))
}

// cgroupDriver is the one that --cgroup-driver has by default.
func (p *patient) cgroupDriver() finding {
	if p.uid != 0 {
		return p.delegatedDriver()
	}
	switch systemd := p.exists("run/systemd/system"); { // see sd_booted(3)
	case systemd && p.cgroupLayout() == layoutV2:
		return fine("systemd")
	case systemd:
		return fine("cgroupfs; systemd runs, and can be asked for")
	}
	return fine("cgroupfs")
}

func (p *patient) cgroupWrite() finding {
	if p.uid != 0 {
		return fine("see delegation")
	}
	dirs := []string{"/sys/fs/cgroup"}
	if p.cgroupLayout() != layoutV2 {
		dirs = dirs[:0]
		for _, name := range p.hierarchies() {
			dirs = append(dirs, path.Join("/sys/fs/cgroup", name))
		}
	}
	for _, dir := range dirs {
		if err := unix.Access(dir, unix.W_OK); err != nil {
			return lack(statusFail, dir+": "+err.Error(), "cgroups have to be writable: be root, and mount them read-write")
		}
	}
	return fine("cgroups can be made")
}

// cgroupKill: Linux 5.14, cgroup v2; the root cgroup has no such file to look for.
func (p *patient) cgroupKill() finding {
	if p.cgroupLayout() != layoutV2 || !p.kernelVersion().AtLeast(5, 14) {
		return lack(statusWarn, "not available", "needs cgroup v2 and Linux 5.14: processes are killed one by one")
	}
	return fine("a container is killed in one step")
}

// swap: whether memory_swap can be honoured. v2 counts swap wherever it exists.
func (p *patient) swap() finding {
	switch {
	case p.cgroupLayout() == layoutV2 && p.exists("proc/swaps"),
		p.exists("sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"):
		return fine("swap can be limited")
	}
	return lack(statusWarn, "swap is not counted", "boot with swapaccount=1: until then memory_swap is refused")
}

// pressure: a kernel booted with psi=0 has the files, and reading them fails.
func (p *patient) pressure() finding {
	if p.read("proc/pressure/memory") == "" {
		return lack(statusWarn, "no pressure stall information", "boot with psi=1")
	}
	return fine("pressure stall information")
}
