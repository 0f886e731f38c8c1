//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// oomCounts is what the kernel has counted in one cgroup, from its making on.
type oomCounts struct {
	known bool   // false where the kernel does not count, or the cgroup is gone
	kills uint64 // processes killed for lack of memory, whoever's limit it was
	own   uint64 // how often the cgroup's own limit left no way out; on v1: 1 when it was reached
}

func (g cgroup) oomCounts() oomCounts {
	f := files{paths: g.lasting()}
	if g.unified() {
		events := f.table("memory.events")
		kills, own := events["oom_kill"], events["oom"]
		if kills == nil || own == nil {
			return oomCounts{}
		}
		return oomCounts{true, *kills, *own}
	}
	kills := f.table("memory.oom_control")["oom_kill"]
	if kills == nil {
		return oomCounts{}
	}
	counts := oomCounts{known: true, kills: *kills}
	if counts.kills > 0 && f.limitReachedV1() { // nobody asks before
		counts.own = 1
	}
	return counts
}

// since is what has been counted after before; nothing when the cgroup has gone meanwhile.
func (n oomCounts) since(before oomCounts) oomCounts {
	return oomCounts{n.known, n.kills - min(n.kills, before.kills), n.own - min(n.own, before.own)}
}

// tell writes into status what was counted while the process ran. See driver.OOMScope.
func (n oomCounts) tell(status *driver.ExitStatus) {
	if n.kills == 0 {
		return
	}
	status.OOMKilled, status.OOMKills, status.OOMScope = true, n.kills, driver.OOMAncestor
	if n.own > 0 {
		status.OOMScope = driver.OOMOwn
	}
}

// oomWatch counts OOM kills while the container runs.
type oomWatch struct {
	file *os.File      // what the kernel signals through
	done chan struct{} // closed when nobody counts any more
}

// watchOOM begins to watch a container that has a limit to run into, its own or
// perhaps its parent's. Without that, or where the kernel refuses, the kills are
// counted at the end.
func (c *container) watchOOM() {
	if r := c.resources(); (r == nil || r.Memory <= 0) && c.cmd.CgroupParent == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.oom != nil || c.phase != running {
		return
	}
	file, err := c.group.oomNotifier()
	if err != nil {
		c.driver.log.Debug("OOM kills are counted at the end only", "id", c.cmd.ID, "error", err)
		return
	}
	w := &oomWatch{file: file, done: make(chan struct{})}
	c.oom = w
	go func() {
		defer close(w.done)
		conn, err := file.SyscallConn()
		if err != nil {
			return
		}
		// Each edge of the poller is one call; the error is that the file was closed.
		_ = conn.Read(func(fd uintptr) bool {
			var count [8]byte
			if _, err := unix.Read(int(fd), count[:]); err == nil {
				c.awaitOOM()
			}
			return false
		})
	}()
}

// awaitOOM counts what was signalled; v1 does that before it kills.
func (c *container) awaitOOM() {
	c.mu.Lock()
	before := c.oomTold.kills
	c.mu.Unlock()
	for range 20 {
		if c.countOOM().kills > before || c.driver.machine.CgroupV2 || c.init.exitsWithin(5*time.Millisecond) {
			return
		}
	}
}

// unwatchOOM returns when nobody counts any more, nor will.
func (c *container) unwatchOOM() {
	c.mu.Lock()
	w := c.oom
	c.oom = &oomWatch{}
	c.mu.Unlock()
	if w == nil {
		return
	}
	w.file.Close()
	<-w.done
}

// ranOutOfMemory tells whether a start failed since the kernel killed a process of
// it. libcontainer, which removes the cgroup of one that fails early, says it in words.
func (c *container) ranOutOfMemory(cause error) bool {
	var hook *driver.HookError // which may speak of another container
	said := !errors.As(cause, &hook) && strings.Contains(cause.Error(), "OOM-killed")
	c.mu.Lock()
	defer c.mu.Unlock()
	return said || c.oomTold.kills > 0
}

// oomNotifier opens what polls as readable when the kernel runs out of memory in
// the cgroup: memory.events on v2, see cgroups(7); on v1 an eventfd that is
// registered for memory.oom_control, see
// Documentation/admin-guide/cgroup-v1/memory.rst.
func (g cgroup) oomNotifier() (*os.File, error) {
	if cgroups.IsCgroup2UnifiedMode() {
		// Each change is an edge of epoll(7), which is what Go's poller waits for.
		return os.OpenFile(filepath.Join(g.lasting()[""], "memory.events"), os.O_RDONLY|unix.O_NONBLOCK, 0)
	}
	control, err := os.Open(filepath.Join(g.paths["memory"], "memory.oom_control"))
	if err != nil {
		return nil, err
	}
	defer control.Close() // the registration lasts as long as the eventfd
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	event := os.NewFile(uintptr(fd), "eventfd")
	err = cgroups.WriteFile(g.paths["memory"], "cgroup.event_control", fmt.Sprintf("%d %d", fd, control.Fd()))
	if err != nil {
		return nil, errors.Join(err, event.Close())
	}
	return event, nil
}
