//go:build linux && cgo

package native

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// A container without a cgroup is the processes of its pid namespace, which all end
// with its init, see pid_namespaces(7).

// member is a process that can be told from one that gets its number later.
type member struct {
	pid, parent int
	start       string // clock ticks since boot
	zombie      bool
}

// readMember reads proc_pid_stat(5): "pid (name) state ppid …", where the name may
// hold anything, ")" too.
func readMember(pid int) (member, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return member{}, err
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	if len(fields) < 20 {
		return member{}, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	parent, err := strconv.Atoi(fields[1])
	return member{pid: pid, parent: parent, start: fields[19], zombie: fields[0] == "Z"}, err
}

// signal sends a signal unless the process is gone.
func (m member) signal(sig int) error {
	fd, err := unix.PidfdOpen(m.pid, 0)
	if err == nil {
		defer unix.Close(fd)
		if now, rerr := readMember(m.pid); rerr != nil || now.start != m.start {
			return nil
		}
		err = unix.PidfdSendSignal(fd, unix.Signal(sig), nil, 0)
	}
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}

// membersOf lists the processes in the pid namespace of an init, and in those that
// were made inside it.
func membersOf(init int) ([]member, error) {
	namespace, err := pidNamespace(init)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil { // it is libcontainer's still, which nobody looks into
		m, err := readMember(init)
		return []member{m}, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	all, inside := map[int]member{}, map[int]bool{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		m, err := readMember(pid)
		if err != nil {
			continue // it has ended
		}
		all[pid] = m
		if ns, err := pidNamespace(pid); err == nil && ns == namespace {
			inside[pid] = true
		}
	}
	var found []member
	for pid, m := range all {
		for at := m; ; at = all[at.parent] {
			if inside[at.pid] {
				found = append(found, all[pid])
			}
			if inside[at.pid] || at.pid == 0 {
				break
			}
		}
	}
	slices.SortFunc(found, func(a, b member) int { return a.pid - b.pid })
	return found, nil
}

func pidNamespace(pid int) (string, error) { return os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid)) }

// signalMembers signals every process, and those that were forked meanwhile.
func signalMembers(init, sig int) error {
	signalled := map[member]bool{}
	for range 10 {
		all, err := membersOf(init)
		if err != nil {
			return err
		}
		fresh := 0
		for _, m := range all {
			m.parent, m.zombie = 0, false // which change
			if signalled[m] {
				continue
			}
			if err := m.signal(sig); err != nil {
				return err
			}
			signalled[m] = true
			fresh++
		}
		if fresh == 0 {
			break
		}
	}
	return nil
}

// pids lists the processes of the container.
func (c *container) pids() ([]int, error) {
	if !c.group.none() {
		return c.group.pids()
	}
	all, err := membersOf(c.pid())
	pids := make([]int, 0, len(all))
	for _, m := range all {
		pids = append(pids, m.pid)
	}
	return pids, err
}

// kill ends every process of the container.
func (c *container) kill() error {
	if !c.group.none() {
		return c.group.kill()
	}
	_, init := c.at()
	if init == nil {
		return nil
	}
	if err := init.signal(int(unix.SIGKILL)); !errors.Is(err, driver.ErrNotRunning) {
		return err
	}
	return nil
}

// thread is a starter thread with the children that it had before a start.
type thread struct {
	tid    int
	before []string
}

func thisThread() *thread { return &thread{tid: unix.Gettid(), before: childrenOfThread()} }

// killStarting ends what there is of a container that is being made: nobody is
// there yet, or they are dying, so it cannot fail. Without a cgroup those are the
// new children of the thread that makes it.
func (c *container) killStarting() {
	t := c.starting.Load()
	if !c.group.none() || t == nil {
		_ = c.group.kill()
		return
	}
	children := func() []string {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", t.tid)) // none where the kernel does not list them
		return strings.Fields(string(data))
	}
	for _, name := range children() {
		pid, err := strconv.Atoi(name)
		if err != nil || slices.Contains(t.before, name) {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		if slices.Contains(children(), name) { // so it was when the handle was made
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		}
		unix.Close(fd)
	}
}

// killLeft kills the init that a dead host left, by what libcontainer noted of it.
// Before there is a note, the init gets the death signal for certain.
func killLeft(root, id string) error {
	data, err := os.ReadFile(filepath.Join(root, id, "state.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var state struct {
		Pid   int    `json:"init_process_pid"`
		Start uint64 `json:"init_process_start"`
	}
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil || state.Pid <= 0 {
		return err
	}
	left := member{pid: state.Pid, start: strconv.FormatUint(state.Start, 10)}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		now, err := readMember(left.pid)
		if err != nil || now.start != left.start || now.zombie {
			return nil
		}
		if err := left.signal(int(unix.SIGKILL)); err != nil {
			return fmt.Errorf("kill the init, pid %d: %w", left.pid, err)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the init, pid %d, survives SIGKILL", left.pid)
		}
	}
}
