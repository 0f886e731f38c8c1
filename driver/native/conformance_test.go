//go:build linux && cgo

package native

import (
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"testing"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/keeper"
)

func TestConformance(t *testing.T) { drivertest.Run(t, harness()) }

func harness() drivertest.Harness {
	return drivertest.Harness{
		New: func(t *testing.T) driver.Driver { return newEngineHere(t) }, // which looks for leaks too
		Command: func(t *testing.T, p drivertest.Program) *driver.Command {
			return command(t, p.Shell()...)
		},
		Process: func(p drivertest.Program) *driver.ProcessConfig {
			argv := p.Shell()
			return &driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}
		},
		Users: ownUsers(),
		OOM: func(t *testing.T, engine driver.Driver, c *driver.Command) {
			useUpMemory(t, engine.(*Driver).container(c.ID))
		},
	}
}

// ownUsers are mappings of what an ordinary user has; nil for root, who has all.
func ownUsers() *driver.UserNamespace {
	own := findIDs()
	if os.Geteuid() == 0 || len(own.uids) == 0 {
		return nil
	}
	own.uids[0].Count, own.gids[0].Count = 999, 999
	return own.mapping()
}

// useUpMemory puts processes of the host into the cgroup of a container, which
// take all there is. The kernel kills the container's init first, by what is said
// in proc_pid_oom_score_adj(5), and then those.
func useUpMemory(t *testing.T, c *container) {
	t.Helper()
	dir := c.group.paths["memory"] // on v1, where others may be mounted beside a v2 without it
	if cgroups.IsCgroup2UnifiedMode() {
		dir = c.group.paths[""]
	}
	if _, init := c.at(); !init.exited() {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", init.pid), []byte("1000"), 0); err != nil {
			t.Error(err)
		}
	}
	// With a limit of their own, or the machine would suffer if the cgroup had none.
	// There are two, since one that has almost all of the memory is the first to go.
	hogs := osexec.Command("/bin/sh", "-c", `ulimit -v 400000; echo 0 >"$0" || exit 3; tail /dev/zero & tail /dev/zero; wait $!`, filepath.Join(dir, "cgroup.procs"))
	err := hogs.Run()
	if _, gone := os.Stat(dir); os.IsNotExist(gone) && err != nil && err.Error() == "exit status 3" {
		t.Log("systemd has removed the cgroup with its last process: there is none to use up")
		return
	}
	if err == nil || err.Error() != "exit status 137" {
		t.Errorf("the memory could not be used up: %v", err)
	}
}

// Detached containers are on the engine that Open opens.
func TestConformanceOfOpen(t *testing.T) {
	subjects := []string{"restart", "health", "find", "wait", "detach"}
	if testing.Short() {
		subjects = subjects[:2]
	}
	drivertest.Run(t, drivertest.Harness{
		New: func(t *testing.T) driver.Driver { k, _ := newKept(t); return k },
		Command: func(t *testing.T, p drivertest.Program) *driver.Command {
			return command(t, p.Shell()...)
		},
		Process: func(p drivertest.Program) *driver.ProcessConfig {
			argv := p.Shell()
			return &driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}
		},
		OOM: func(t *testing.T, engine driver.Driver, c *driver.Command) {
			useUpMemory(t, engine.(*keeper.Client).Local.(*Driver).container(c.ID))
		},
		Only: sample(subjects...),
	})
}
