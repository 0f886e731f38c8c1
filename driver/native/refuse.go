//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// What driver.Validate cannot know and the kernel would refuse only when half of
// the container exists.

// checkControllers refuses a limit that nobody on this machine keeps; of a hint
// spec.Warnings warns.
func (m machine) checkControllers(r *driver.Resources) error {
	if r == nil {
		return nil
	}
	var errs []error
	for _, need := range []struct {
		field, controller string
		set               bool
	}{
		{"memory", "memory", r.Memory > 0},
		{"memory_swap", "memory", r.MemorySwap > 0},
		{"cpus", "cpu", r.CPUs > 0},
		{"cpu_quota", "cpu", r.CPUQuota > 0},
		{"cpuset_cpus", "cpuset", r.CpusetCpus != ""},
		{"cpuset_mems", "cpuset", r.CpusetMems != ""},
		{"io", "io", slices.ContainsFunc(r.IO, func(l *driver.IOLimit) bool { return l.ReadBps|l.WriteBps|l.ReadIops|l.WriteIops != 0 })},
		{"hugetlb", "hugetlb", len(r.Hugetlb) > 0},
		{"pids", "pids", r.Pids > 0},
	} {
		if !need.set || m.hasController(need.controller) {
			continue
		}
		reason := "this machine has no " + need.controller + " controller"
		if m.lacking != "" {
			reason = "the " + need.controller + " controller " + m.lacking
		}
		errs = append(errs, &driver.FieldError{Path: "resources." + need.field, Reason: reason, Class: driver.ErrUnsupported})
	}
	return errors.Join(errs...)
}

// checkSets holds cpuset_cpus and cpuset_mems against what the machine has online.
func checkSets(r *driver.Resources) error {
	if r == nil {
		return nil
	}
	return errors.Join(
		checkSet("resources.cpuset_cpus", r.CpusetCpus, "/sys/devices/system/cpu/online"),
		checkSet("resources.cpuset_mems", r.CpusetMems, "/sys/devices/system/node/online"),
	)
}

func checkSet(field, list, online string) error {
	data, err := os.ReadFile(online)
	if list == "" || err != nil {
		return nil // without NUMA there is no list of nodes: the kernel has the last word
	}
	has := parseSet(strings.TrimSpace(string(data)))
	for n := range parseSet(list) {
		if !has[n] {
			return &driver.FieldError{Path: field, Value: list, Reason: "this machine has " + strings.TrimSpace(string(data))}
		}
	}
	return nil
}

// parseSet reads the list format of cpuset(7), "0-3,7", in a list that is well formed.
func parseSet(list string) map[int]bool {
	set := map[int]bool{}
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		for n := first; n <= last && err1 == nil && err2 == nil; n++ {
			set[n] = true
		}
	}
	return set
}

// checkNetns wants a file that stands for a network namespace, see
// NS_GET_NSTYPE(2const). Only files of nsfs are opened.
func checkNetns(field, path string) error {
	wrong := func(err error, class error) error {
		return &driver.FieldError{Path: field, Value: path, Reason: fmt.Sprintf("not a network namespace: %v", err), Class: class}
	}
	var fs unix.Statfs_t
	switch err := unix.Statfs(path, &fs); {
	case errors.Is(err, unix.ENOENT):
		return wrong(err, driver.ErrNotFound)
	case err != nil:
		return wrong(err, driver.ErrInvalid)
	case fs.Type != unix.NSFS_MAGIC:
		return wrong(errors.New("another kind of file"), driver.ErrInvalid)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return wrong(err, driver.ErrInvalid)
	}
	defer unix.Close(fd)
	kind, err := unix.IoctlRetInt(fd, unix.NS_GET_NSTYPE)
	if err == nil && kind != unix.CLONE_NEWNET {
		err = errors.New("a namespace of another kind")
	}
	if err != nil {
		return wrong(err, driver.ErrInvalid)
	}
	return nil
}
