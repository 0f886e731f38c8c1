//go:build linux

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/internal/testenv"
)

var (
	//go:embed life.lua
	lifeLua string
	//go:embed race.lua
	raceLua string
)

func scripts() map[string]string { return map[string]string{"life.lua": lifeLua, "race.lua": raceLua} }

const created, postStop = "created", "post_stop"

// stages are those that life.lua has, in their order. At created it says nothing.
func stages() []string {
	return []string{created, "pre_start", "between hooks", "started", "running", "exec running", "paused", "stopping", postStop}
}

// fault is something that happens to a life.
type fault struct {
	name    string
	prepare func(*trial) error // before the host is started
	inject  func(*trial) error // at the stage
	lift    func(*trial) error // when the host has ended
	init    bool               // it needs the container's first process
	ends    bool               // it asks the host to end; after others the life goes on
	leaves  bool               // what is left may wait for the next start
	code    string             // how the host ends, "" when that depends
	skip    string             // why it cannot be tried
}

func faults() []fault {
	return []fault{
		{name: "host SIGKILL", inject: signalHost(unix.SIGKILL), ends: true, leaves: true, code: "KILL"},
		{name: "host SIGTERM", inject: signalHost(unix.SIGTERM), ends: true, code: "143"},
		{name: "host SIGINT", inject: signalHost(unix.SIGINT), ends: true, code: "130"},
		{name: "init SIGKILL", inject: signalInit(unix.SIGKILL), init: true},
		{name: "init SIGSTOP", inject: stopInit, init: true},
		{name: "state full", prepare: mountState, inject: fillState, lift: emptyState, leaves: true},
		{name: "state read-only", inject: coverState, lift: uncoverState, leaves: true},
		{name: "no processes", inject: noProcesses, leaves: true},
		{name: "no descriptors", inject: noDescriptors, leaves: true},
		{name: "rootfs deleted", prepare: ownRootfs, inject: deleteRootfs},
		{name: "keeper SIGKILL", skip: "this build has no keeper"},
	}
}

func faultNames() (names []string) {
	for _, f := range faults() {
		names = append(names, f.name)
	}
	return names
}

func signalHost(sig unix.Signal) func(*trial) error {
	return func(t *trial) error {
		t.host.signal(sig)
		return nil
	}
}

func signalInit(sig unix.Signal) func(*trial) error {
	return func(t *trial) error { return unix.Kill(t.init, sig) }
}

// stopInit asks the host to end when the life cannot go on.
func stopInit(t *trial) error {
	if err := unix.Kill(t.init, unix.SIGSTOP); err != nil {
		return err
	}
	time.AfterFunc(time.Second, func() { t.host.signal(unix.SIGTERM) })
	return nil
}

// mountState makes the state directory a disk of its own.
func mountState(t *trial) error { return unix.Mount("faults", t.root, "tmpfs", 0, "size=4m,mode=711") }

func (t *trial) ballast() string { return filepath.Join(t.root, "ballast") }

func fillState(t *trial) error {
	if err := os.WriteFile(t.ballast(), make([]byte, 8<<20), 0o600); !errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("the disk should be full: %w", err)
	}
	return nil
}

func emptyState(t *trial) error { return os.Remove(t.ballast()) }

// coverState mounts the state directory over itself, read-only: it cannot become so
// itself while the host has a file in it open for writing, see EBUSY in mount(2).
func coverState(t *trial) error {
	if err := unix.Mount(t.root, t.root, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	return unix.Mount("", t.root, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")
}

func uncoverState(t *trial) error { return unix.Unmount(t.root, 0) }

// mounted lists what is mounted for a trial, the last first.
func (t *trial) mounted() (dirs []string) {
	mounts, _ := mountinfo.GetMounts(mountinfo.PrefixFilter(t.dir("")))
	for _, m := range slices.Backward(mounts) {
		dirs = append(dirs, m.Mountpoint)
	}
	return dirs
}

// noProcesses leaves the host the processes and threads that it has.
func noProcesses(t *trial) error {
	now, err := os.ReadFile(filepath.Join(t.group, "pids.current"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.group, "pids.max"), now, 0)
}

// noDescriptors leaves the host the descriptors that it has: the limit is the lowest
// number that is free.
func noDescriptors(t *trial) error {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", t.host.pid()))
	if err != nil {
		return err
	}
	free := 0
	for slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == strconv.Itoa(free) }) {
		free++
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(t.host.pid(), unix.RLIMIT_NOFILE, nil, &limit); err != nil {
		return err
	}
	limit.Cur = uint64(free)
	return unix.Prlimit(t.host.pid(), unix.RLIMIT_NOFILE, &limit, nil)
}

func ownRootfs(t *trial) error {
	t.rootfs = t.dir("rootfs")
	return testenv.MakeRootfs(t.rootfs)
}

func deleteRootfs(t *trial) error { return os.RemoveAll(t.rootfs) }

// impossible tells why a fault cannot happen at a stage, "" when it can.
func (f fault) impossible(stage string) string {
	if f.init && stage == postStop {
		return "the container has no process any more"
	}
	return f.skip
}

// pick finds a name in a list, or all of it for "".
func pick[T any](all []T, name string, nameOf func(T) string) ([]T, error) {
	if name == "" {
		return all, nil
	}
	for _, each := range all {
		if nameOf(each) == name {
			return []T{each}, nil
		}
	}
	return nil, fmt.Errorf("no %q; there are: %s", name, strings.Join(namesOf(all, nameOf), ", "))
}

func namesOf[T any](all []T, nameOf func(T) string) (names []string) {
	for _, each := range all {
		names = append(names, nameOf(each))
	}
	return names
}
