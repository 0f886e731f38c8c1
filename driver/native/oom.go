//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"
)

// oomWatch counts OOM kills while the container runs.
type oomWatch struct {
	file *os.File      // what the kernel signals through
	done chan struct{} // closed when nobody counts any more
}

// watchOOM begins to watch a container that has a limit to run into. Without
// that, or where the kernel refuses, the kills are counted at the end.
func (c *container) watchOOM() {
	if r := c.resources(); r == nil || r.Memory <= 0 {
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
	before := c.oomKills
	c.mu.Unlock()
	for range 20 {
		n, _ := c.countOOM()
		if n > before || c.driver.machine.CgroupV2 || c.init.exitsWithin(5*time.Millisecond) {
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

// oomNotifier opens what polls as readable when the kernel runs out of memory in
// the cgroup: memory.events on v2, see cgroups(7); on v1 an eventfd that is
// registered for memory.oom_control, see
// Documentation/admin-guide/cgroup-v1/memory.rst.
func (g cgroup) oomNotifier() (*os.File, error) {
	if cgroups.IsCgroup2UnifiedMode() {
		// Each change is an edge of epoll(7), which is what Go's poller waits for.
		dir := g.paths[""]
		if g.unit != nil {
			dir = filepath.Dir(dir) // the slice counts what happens below it, and outlives the scope
		}
		return os.OpenFile(filepath.Join(dir, "memory.events"), os.O_RDONLY|unix.O_NONBLOCK, 0)
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
