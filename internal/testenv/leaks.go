//go:build linux

package testenv

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// settle is how long what ends by itself may take to do so.
const settle = 2 * time.Second

// Leaks notes what the process and the machine have now; the function that it
// returns fails the test for everything that came since and stays, and names it:
// descriptors, goroutines, child processes (zombies too), mounts, network
// interfaces, and cgroups that have one of the names as a part of their path
// ("execlua" when there is none).
//
//	defer testenv.Leaks(t)()
//
// It sees the whole process, so it is not for parallel tests. What an engine keeps
// for good after its first container has to be there when Leaks is called.
func Leaks(t testing.TB, cgroups ...string) func() {
	_ = HaveMachine() // who cannot have it makes no containers either
	t.Helper()
	if len(cgroups) == 0 {
		cgroups = []string{"execlua"}
	}
	before, err := Look(cgroups...)
	if err != nil {
		t.Fatal(err)
	}
	goroutines := goleak.IgnoreCurrent()
	return func() {
		t.Helper()
		left, err := before.Left()
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range left {
			t.Errorf("left behind: %s", what)
		}
		if err := goleak.Find(goroutines); err != nil { // waits by itself
			t.Errorf("left behind: %v", err)
		}
	}
}

// Snapshot is what the process and the machine had at a moment, but for goroutines.
type Snapshot struct {
	cgroups []string
	found   map[string]bool
}

// Look is Leaks for a program.
func Look(cgroups ...string) (Snapshot, error) {
	if err := startPoller(); err != nil {
		return Snapshot{}, err
	}
	found, err := snapshot(cgroups)
	return Snapshot{cgroups, found}, err
}

// Left returns a line for everything that is there, was not before, and does not go.
func (s Snapshot) Left() ([]string, error) {
	for deadline := time.Now().Add(settle); ; time.Sleep(20 * time.Millisecond) {
		runtime.GC() // os.Process, which libcontainer makes and leaves, holds a descriptor until then
		now, err := snapshot(s.cgroups)
		if err != nil {
			return nil, err
		}
		maps.DeleteFunc(now, func(what string, _ bool) bool { return s.found[what] })
		if len(now) == 0 || time.Now().After(deadline) {
			return slices.Sorted(maps.Keys(now)), nil
		}
	}
}

// startPoller makes the two descriptors that the Go runtime keeps from its first
// pipe or socket on.
func startPoller() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	return errors.Join(r.Close(), w.Close())
}

// snapshot returns a line about each thing that can stay behind.
func snapshot(cgroups []string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, look := range []func() ([]string, error){
		descriptors, children, mounts, interfaces,
		func() ([]string, error) { return cgroupLines(cgroups) },
	} {
		lines, err := look()
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			found[line] = true
		}
	}
	return found, nil
}

func descriptors() ([]string, error) {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) { // the one that ReadDir used
			continue
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("descriptor %s: %s", e.Name(), target))
	}
	return lines, nil
}

// children finds the processes whose parent is this one. See proc_pid_stat(5).
func children() ([]string, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	self := strconv.Itoa(os.Getpid())
	var lines []string
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil { // ended meanwhile
			continue
		}
		// "pid (name) state ppid …", where the name may hold anything, ")" too.
		end := strings.LastIndexByte(string(data), ')')
		fields := strings.Fields(string(data[end+1:]))
		if len(fields) > 1 && fields[1] == self {
			lines = append(lines, fmt.Sprintf("child %s in state %s", data[:end+1], fields[0]))
		}
	}
	return lines, nil
}

func mounts() ([]string, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		lines = append(lines, "mount "+strings.TrimSpace(line))
	}
	return lines, nil
}

// interfaces asks the kernel: /sys/class/net is of the namespace that mounted /sys.
func interfaces() ([]string, error) {
	links, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, link := range links {
		lines = append(lines, "network interface "+link.Name)
	}
	return lines, nil
}

func cgroupLines(names []string) ([]string, error) {
	dirs, err := Cgroups(names...)
	for i, dir := range dirs {
		dirs[i] = "cgroup " + dir
	}
	return dirs, err
}

// Cgroups finds the directories of the cgroups, on every hierarchy, that have one of
// the names as a part of their path, where under systemd a dash stands for a level
// and another for a part of a name.
func Cgroups(names ...string) ([]string, error) {
	roots, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
				return nil
			}
			if err != nil || !d.IsDir() {
				return err
			}
			for _, name := range names {
				below := strings.ReplaceAll(strings.TrimPrefix(path, root), "_", "-")
				if strings.Contains(below, name) {
					dirs = append(dirs, path)
					break
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return dirs, nil
}
