//go:build linux && cgo

package native

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"
)

// hierarchies are the mounted cgroup hierarchies: their roots as the paths of a
// cgroup, and on v2 the controllers that it has.
type hierarchies struct {
	cgroup
	unifiedControllers []string
}

func findHierarchies(v2 bool) hierarchies {
	if v2 {
		// What cannot be read is not there.
		all, _ := cgroups.GetAllSubsystems()
		return hierarchies{cgroup{paths: map[string]string{"": "/sys/fs/cgroup"}}, all}
	}
	cm, err := manager.New(&cgroups.Cgroup{Path: "/", Resources: &cgroups.Resources{}})
	if err != nil {
		return hierarchies{}
	}
	return hierarchies{cgroup: cgroup{paths: cm.GetPaths()}}
}

func (h hierarchies) controllers() []string {
	if h.unified() {
		return h.unifiedControllers
	}
	return slices.Collect(maps.Keys(h.paths))
}

// missing lists those of the files that a container's cgroup would not have.
func (h hierarchies) missing(files []string) []string {
	return slices.DeleteFunc(slices.Clone(files), h.has)
}

// has tells whether a container's cgroup would have a file. The root of a
// hierarchy lacks some of them, on v2 most, so a cgroup below it is asked. Where
// there is none, weights are there if what comes with them is in the root, and for
// the rest the answer is yes: the kernel has the last word, and its error is none
// to miss.
func (h hierarchies) has(name string) bool {
	controller, _, _ := strings.Cut(name, ".")
	if !slices.Contains(h.controllers(), controller) {
		return false
	}
	root := h.paths[controller]
	if h.unified() {
		root = h.paths[""]
	}
	if cgroups.PathExists(filepath.Join(root, name)) {
		return true
	}
	below, err := os.ReadDir(root)
	if err != nil {
		return true
	}
	for _, entry := range below {
		dir := filepath.Join(root, entry.Name())
		if !entry.IsDir() || h.unified() && !enables(dir, controller) {
			continue
		}
		return cgroups.PathExists(filepath.Join(dir, name))
	}
	switch {
	case name == "io.weight": // block/blk-iocost.c of the kernel
		return cgroups.PathExists(filepath.Join(root, "io.cost.qos"))
	case strings.HasPrefix(name, "blkio.bfq."): // block/bfq-cgroup.c
		return cgroups.PathExists(filepath.Join(root, "blkio.bfq.io_service_bytes"))
	}
	return h.unified() && name != "io.bfq.weight"
}

// enables tells whether a v2 cgroup has the files of a controller.
func enables(dir, controller string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	return err == nil && slices.Contains(strings.Fields(string(data)), controller)
}

// limitsSwap tells whether the memory controller counts swap: on v1 that is an
// option of the boot, swapaccount; on v2 it is so wherever there is swap.
func (h hierarchies) limitsSwap() bool {
	if !h.unified() {
		return cgroups.PathExists(filepath.Join(h.paths["memory"], "memory.memsw.limit_in_bytes"))
	}
	return cgroups.PathExists("/proc/swaps") && h.has("memory.swap.max")
}
