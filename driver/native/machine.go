//go:build linux && cgo

package native

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/moby/sys/capability"
	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/runc/libcontainer/apparmor"
	"github.com/opencontainers/selinux/go-selinux"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
	"github.com/execlua/execlua/driver/spec"
)

// machine is what the engine has to know of where it runs.
type machine struct {
	spec.Host
	memory      uint64 // bytes
	controllers []string
	lacking     string // why a controller is not among them; "" when the machine has none
}

// delegated is what an ordinary user has of the machine.
func (m machine) delegated(g delegation) machine {
	h := g.hierarchies()
	m.controllers = h.controllers()
	m.Missing = h.missing(spec.HintFiles(m.CgroupV2))
	m.NoSwapLimit = g.none() || !h.limitsSwap()
	m.NoDeviceRules = true
	m.lacking = "is not delegated to you: " + delegateHint
	if g.none() {
		m.lacking = "cannot be used without root: " + g.why
	}
	return m
}

// hasController tells whether a cgroup controller can be used; names are v2's.
func (m machine) hasController(name string) bool {
	if !m.CgroupV2 && name == "io" {
		name = "blkio"
	}
	return slices.Contains(m.controllers, name)
}

var lookAtMachine = sync.OnceValue(func() machine {
	m := machine{Host: spec.Host{
		Arch:         runtime.GOARCH,
		Kernel:       kernel(),
		CgroupV2:     cgroups.IsCgroup2UnifiedMode(),
		AppArmor:     apparmor.IsEnabled(),
		SELinux:      selinux.GetEnabled(),
		CPUs:         possibleCPUs(),
		Capabilities: bounding(),
	}}
	h := findHierarchies(m.CgroupV2)
	m.controllers = h.controllers()
	m.Missing = h.missing(spec.HintFiles(m.CgroupV2))
	m.NoSwapLimit = !h.limitsSwap()
	var si unix.Sysinfo_t
	if unix.Sysinfo(&si) == nil {
		m.memory = si.Totalram * uint64(si.Unit)
	}
	return m
})

func kernel() profile.Kernel {
	var u unix.Utsname
	var k profile.Kernel
	if unix.Uname(&u) == nil {
		// What follows the second number is the vendor's.
		_, _ = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &k.Major, &k.Minor)
	}
	return k
}

// bounding lists the capabilities that this process can give: those of the
// kernel but for what is missing in its own bounding set. What cannot be known
// is left in, and the kernel has the last word.
func bounding() []string {
	var out []string
	for _, name := range driver.GetAllCapabilities() {
		value := driver.GetCapability(name).Value
		if has, err := capability.GetBound(capability.Cap(value)); err != nil || has {
			out = append(out, name)
		}
	}
	return out
}

// possibleCPUs counts the processors that can ever be there, "0-7" in
// /sys/devices/system/cpu/possible.
func possibleCPUs() int {
	data, err := os.ReadFile("/sys/devices/system/cpu/possible")
	if err != nil {
		return runtime.NumCPU()
	}
	list := strings.TrimSpace(string(data))
	last, err := strconv.Atoi(list[strings.LastIndexAny(list, "-,")+1:])
	if err != nil {
		return runtime.NumCPU()
	}
	return last + 1
}

// systemUsage is the processor time of the whole machine since boot in
// nanoseconds: the first seven numbers of the cpu line, see proc_stat(5), in
// units of 1/100 s (USER_HZ).
func systemUsage() (uint64, error) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	scan := bufio.NewScanner(bytes.NewReader(data))
	scan.Scan()
	fields := bytes.Fields(scan.Bytes())
	if len(fields) < 8 || string(fields[0]) != "cpu" {
		return 0, fmt.Errorf("/proc/stat: no cpu line")
	}
	var ticks uint64
	for _, f := range fields[1:8] {
		n, err := strconv.ParseUint(string(f), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		ticks += n
	}
	return ticks * 1e7, nil
}
