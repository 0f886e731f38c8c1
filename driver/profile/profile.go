// Package profile is the security profile of a confined container: capabilities,
// hidden paths, mounts, device rules and system calls. It is data only, close to
// the defaults of Docker (moby's daemon/pkg/oci/defaults.go), so that images
// behave as their authors saw them behave.
//
// Every function returns a fresh value that the caller may change.
package profile

import "strconv"

// Capabilities lists the 14 capabilities of a confined container in the order of
// moby's list. See capabilities(7).
func Capabilities() []string {
	return []string{
		"CAP_CHOWN",
		"CAP_DAC_OVERRIDE",
		"CAP_FSETID",
		"CAP_FOWNER",
		"CAP_MKNOD",
		"CAP_NET_RAW",
		"CAP_SETGID",
		"CAP_SETUID",
		"CAP_SETFCAP",
		"CAP_SETPCAP",
		"CAP_NET_BIND_SERVICE",
		"CAP_SYS_CHROOT",
		"CAP_KILL",
		"CAP_AUDIT_WRITE",
	}
}

// MaskedPaths lists what a container must not see, for a machine with the given
// number of possible processors. Paths that a machine does not have are skipped
// when the container starts.
//
// Interrupt counts and thermal throttling tell one container about the load that
// others cause (GHSA-6fw5-f8r9-fgfm); powercap lets it measure their instructions
// (GHSA-jq35-85cj-fj4p).
func MaskedPaths(cpus int) []string {
	paths := []string{
		"/proc/acpi",
		"/proc/asound",
		"/proc/interrupts",
		"/proc/kcore",
		"/proc/keys",
		"/proc/latency_stats",
		"/proc/sched_debug",
		"/proc/scsi",
		"/proc/timer_list",
		"/proc/timer_stats",
		"/sys/devices/virtual/powercap",
		"/sys/firmware",
	}
	for cpu := range cpus {
		paths = append(paths, "/sys/devices/system/cpu/cpu"+strconv.Itoa(cpu)+"/thermal_throttle")
	}
	return paths
}

// ReadonlyPaths lists the parts of /proc that steer the whole machine.
func ReadonlyPaths() []string {
	return []string{
		"/proc/bus",
		"/proc/fs",
		"/proc/irq",
		"/proc/sys",
		"/proc/sysrq-trigger",
	}
}

// Env is the environment below every other one: whatever sets the same name wins.
func Env() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
}
