//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// startHook calls the Start hook once the program has replaced the init.
func (c *container) startHook(ctx context.Context) error {
	if c.hooks.Start == nil {
		return nil
	}
	awaitExec(c.init, c.exe)
	err := hook.Start(ctx, c.hooks, c.cmd, &c.cmd.ProcessConfig, c.init.pid)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.startErr = err
	return err
}

func (c *container) startFailed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.startErr != nil
}

func (c *container) postStop(ctx context.Context, status driver.ExitStatus) error {
	if c.kept != nil {
		c.outlet.Ended(status)
		return nil
	}
	_, init := c.at()
	return hook.PostStop(ctx, c.hooks, c.command(), init.pid, status)
}

// awaitExec returns when the process executes another file than ours. The init
// tells that it is about to execute the program, and nobody tells that it has;
// the gap is the time the kernel takes to tear its address space down.
func awaitExec(init *pidfd, ours os.FileInfo) {
	deadline := time.Now().Add(time.Second)
	for pause := 100 * time.Microsecond; time.Now().Before(deadline); pause = min(2*pause, 5*time.Millisecond) {
		now := executable(init.pid)
		if now == nil || init.exited() || !os.SameFile(now, ours) {
			return
		}
		time.Sleep(pause)
	}
}

// executable is the file that a process executes; nil when it has ended.
func executable(pid int) os.FileInfo {
	exe, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return nil
	}
	return exe
}
