//go:build linux && cgo

package native

import (
	osexec "os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/manager"

	"github.com/execlua/execlua/driver"
)

// No end by lack of memory goes unnoticed.
func TestOOMEveryTime(t *testing.T) {
	const atOnce = 5
	d := newEngine(t)
	var all sync.WaitGroup
	for range atOnce {
		c := shell(t, "exec tail /dev/zero")
		c.Resources = &driver.Resources{Memory: 32 << 20}
		all.Go(func() {
			for range often(50) / atOnce {
				got := try(d, c, driver.Hooks{})
				want := driver.ExitStatus{ExitCode: 137, Signal: 9, OOMKilled: true, OOMKills: 1, OOMScope: driver.OOMOwn, Duration: got.Duration}
				if got.err != nil || got.ExitStatus != want {
					t.Errorf("got %+v, %v", got.ExitStatus, got.err)
				}
			}
		})
	}
	all.Wait()
}

// How many were killed, and for whose limit.
func TestOOMScope(t *testing.T) {
	t.Setenv(cgroupDriver, CgroupfsDriver) // the parents are directories
	const (
		small = 48 << 20
		eat   = "tail /dev/zero; "
	)
	for _, row := range []struct {
		name        string
		own, parent int64
		script      string
		kills       uint64
		scope       driver.OOMScope
	}{
		{"its own", small, 0, eat + "exit 0", 1, driver.OOMOwn},
		{"its own, below a wider one", small, 4 * small, eat + eat + "exit 0", 2, driver.OOMOwn},
		{"its parent's", 0, small, eat + "exit 0", 1, driver.OOMAncestor},
		{"its parent's, within its own", 4 * small, small, eat + eat + "exit 0", 2, driver.OOMAncestor},
		{"its own, at its init", small, 0, "exec tail /dev/zero", 1, driver.OOMOwn},
		{"nobody's", small, small, "exit 0", 0, driver.OOMNone},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newEngine(t)
			c := shell(t, row.script)
			if row.own > 0 {
				c.Resources = &driver.Resources{Memory: row.own}
			}
			if row.parent > 0 {
				c.CgroupParent = limitedParent(t, d, row.parent)
			}
			var inHook driver.ExitStatus
			got := try(d, c, driver.Hooks{PostStop: []driver.DriverCallback{callback(func(i *driver.HookInfo) error {
				inHook = *i.Status
				return nil
			})}})
			if got.err != nil || got.OOMKilled != (row.kills > 0) || got.OOMKills != row.kills || got.OOMScope != row.scope {
				t.Errorf("got %+v, %v", got.ExitStatus, got.err)
			}
			if inHook != got.ExitStatus {
				t.Errorf("a post_stop hook got %+v, the caller %+v", inHook, got.ExitStatus)
			}
		})
	}
}

// limitedParent is a cgroup for containers that has a limit of memory and swap together.
func limitedParent(t *testing.T, d *Driver, limit int64) string {
	t.Helper()
	name := defaultCgroupParent(d.root) + "-limited"
	cm, err := manager.New(&cgroups.Cgroup{Path: name, Resources: &cgroups.Resources{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cgroups.RemovePaths(cm.GetPaths()) })
	if err := cm.Apply(-1); err != nil {
		t.Fatal(err)
	}
	if err := cm.Set(&cgroups.Resources{Memory: limit, MemorySwap: limit, SkipDevices: true}); err != nil {
		t.Fatal(err)
	}
	return name
}

// An exec has the kills of the time that it ran.
func TestOOMOfAnExec(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Resources = &driver.Resources{Memory: 48 << 20}
	sleeper(t, d, c)
	for _, row := range []struct {
		script string
		want   driver.ExitStatus
	}{
		{"exec tail /dev/zero", driver.ExitStatus{ExitCode: 137, Signal: 9, OOMKilled: true, OOMKills: 1, OOMScope: driver.OOMOwn}},
		{"exit 3", driver.ExitStatus{ExitCode: 3}},
	} {
		p, err := d.StartExec(t.Context(), c, process(row.script), nil, driver.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Wait(t.Context())
		if got.Duration = 0; err != nil || got != row.want {
			t.Errorf("%s: got %+v, %v", row.script, got, err)
		}
	}
}

// A cgroup that has counted before, of which only the rest is the container's.
func TestOOMCountsSince(t *testing.T) {
	for _, row := range []struct {
		name, before, after string
		want                driver.ExitStatus
	}{
		{"v2, own", "oom 1/oom_kill 3", "oom 2/oom_kill 5", driver.ExitStatus{OOMKilled: true, OOMKills: 2, OOMScope: driver.OOMOwn}},
		{"v2, ancestor", "oom 1/oom_kill 3", "oom 1/oom_kill 4", driver.ExitStatus{OOMKilled: true, OOMKills: 1, OOMScope: driver.OOMAncestor}},
		{"v2, none", "oom 1/oom_kill 3", "oom 2/oom_kill 3", driver.ExitStatus{}},
		{"v2, gone", "oom 1/oom_kill 3", "", driver.ExitStatus{}},
		{"v2, not counted", "oom_kill 3", "oom_kill 4", driver.ExitStatus{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := madeUp(t, "", "memory.events "+row.before).oomCounts()
			after := madeUp(t, "", "memory.events "+row.after).oomCounts()
			var got driver.ExitStatus
			if after.since(before).tell(&got); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

// The flag is what the kernel says of any child: whether there is a dump depends on
// core_pattern, which tests leave alone.
func TestCoreDumped(t *testing.T) {
	d := newEngine(t)
	for _, row := range []struct {
		name  string
		limit uint64
	}{
		{"as large as it gets", driver.RlimitInfinity},
		{"none", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, "ulimit -c; kill -SEGV $$")
			c.Pid = &driver.Pid{HostPid: true} // the init of a pid namespace is immune to its own signals
			c.Resources = &driver.Resources{Rlimits: []*driver.Rlimit{{Type: "core", Soft: row.limit, Hard: driver.RlimitInfinity}}}
			c.Mounts = []driver.Mount{{Type: "tmpfs", Destination: "/tmp", Writable: true}}
			c.WorkingDir = "/tmp"
			got := try(d, c, driver.Hooks{})
			if want := dumpsCore(t, row.limit); got.err != nil || got.Signal != 11 || got.ExitCode != 139 || got.CoreDumped != want {
				t.Errorf("got %+v, %v; want core_dumped %v", got.ExitStatus, got.err, want)
			}
		})
	}
}

// dumpsCore tries it with a child of ours.
func dumpsCore(t *testing.T, limit uint64) bool {
	t.Helper()
	arg := "0"
	if limit > 0 {
		arg = "unlimited"
	}
	sh := osexec.Command("/bin/sh", "-c", "ulimit -c "+arg+"; kill -SEGV $$")
	sh.Dir = t.TempDir()
	_ = sh.Run() // it ends by a signal
	return sh.ProcessState.Sys().(syscall.WaitStatus).CoreDump()
}
