//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/sys/mountinfo"

	"github.com/execlua/execlua/internal/testenv"
)

// pidsHierarchy is where the cgroup hierarchy that counts processes is mounted.
func pidsHierarchy() (string, error) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return "", err
	}
	unified := ""
	for _, m := range mounts {
		if m.FSType == "cgroup" && slices.Contains(strings.Split(m.VFSOptions, ","), "pids") {
			return m.Mountpoint, nil
		}
		if m.FSType == "cgroup2" {
			unified = m.Mountpoint
		}
	}
	if unified == "" {
		return "", errors.New("no cgroup hierarchy is mounted")
	}
	return unified, nil
}

// members lists the processes of a cgroup; one that is gone has none.
func members(group string) ([]int, error) {
	data, err := os.ReadFile(filepath.Join(group, "cgroup.procs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var pids []int
	for _, field := range strings.Fields(string(data)) {
		pid, aerr := strconv.Atoi(field)
		pids, err = append(pids, pid), errors.Join(err, aerr)
	}
	return pids, err
}

// left lists what there is of a trial: everything of it has its id in the name, but
// for the temporary files and the processes in the cgroup of its host.
func (t *trial) left() ([]string, error) {
	var found []string
	pids, err := members(t.group)
	for _, pid := range pids {
		comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)) // gone by now
		found = append(found, fmt.Sprintf("process %d (%s)", pid, strings.TrimSpace(string(comm))))
	}
	groups, gerr := testenv.Cgroups(t.names()...)
	for _, dir := range groups {
		if dir != t.group {
			found = append(found, "cgroup "+dir)
		}
	}
	mounts, merr := mountinfo.GetMounts(func(m *mountinfo.Info) (skip, stop bool) {
		return !strings.Contains(m.Mountpoint, t.id) || m.Mountpoint == t.root, false
	})
	for _, m := range mounts {
		found = append(found, "mount "+m.Mountpoint)
	}
	files, ferr := t.files()
	return append(found, files...), errors.Join(err, gerr, merr, ferr)
}

// files lists what is in the state directory, the scratch directory and the directory
// for temporary files.
func (t *trial) files() ([]string, error) {
	var found []string
	for _, pattern := range []string{
		filepath.Join(t.root, "*"+t.id+"*"),
		filepath.Join(t.root, ".scratch", "*"+t.id+"*"),
		filepath.Join(t.tmp, "*"),
	} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		found = append(found, names...)
	}
	return found, nil
}

// remains is left once what ends by itself has had the time to.
func (t *trial) remains() ([]string, error) {
	for deadline := time.Now().Add(3 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		found, err := t.left()
		if err != nil || len(found) == 0 || time.Now().After(deadline) {
			return found, err
		}
	}
}
