//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/systemd"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

func TestUnitNames(t *testing.T) {
	other := "/run/other"
	tag := strings.TrimPrefix(defaultCgroupParent(other), "/execlua-")
	for _, row := range []struct{ root, id, parent, scope, slice string }{
		{DefaultRoot, "web", "", "execlua-web.scope", "system-execlua_*.slice"},
		{other, "web", "", "execlua-" + tag + "-web.scope", "system-execlua_" + tag + "_*.slice"},
		{DefaultRoot, "a-b.c_d", "batch.slice", "execlua-a-b.c_d.scope", "batch-execlua_*.slice"},
		{DefaultRoot, "web", "/batch-night.slice", "execlua-web.scope", "batch-night-execlua_*.slice"},
		{DefaultRoot, "web", "-.slice", "execlua-web.scope", "execlua_*.slice"},
		{DefaultRoot, "g++", "", "execlua-g__-*.scope", "system-execlua_*.slice"},
		{DefaultRoot, "my.slice", "", "execlua-my_slice-*.scope", "system-execlua_*.slice"},
		{DefaultRoot, strings.Repeat("x", 128), strings.Repeat("a", 100) + ".slice", "execlua-" + strings.Repeat("x", 128) + ".scope", strings.Repeat("a", 100) + "-execlua_*.slice"},
	} {
		u, err := newUnit(row.root, &driver.Command{ID: row.id, CgroupParent: row.parent})
		if err != nil {
			t.Errorf("%s in %q: %v", row.id, row.parent, err)
			continue
		}
		if ok, _ := filepath.Match(row.scope, u.scope()); !ok {
			t.Errorf("%s in %q: scope %s, want %s", row.id, row.parent, u.scope(), row.scope)
		}
		if ok, _ := filepath.Match(row.slice, u.Slice); !ok {
			t.Errorf("%s in %q: slice %s, want %s", row.id, row.parent, u.Slice, row.slice)
		}
	}
	for _, parent := range []string{"batch", "/a/b", "a/b.slice", ".slice", "a--b.slice", "-a.slice", strings.Repeat("a", 240) + ".slice"} {
		_, err := newUnit(DefaultRoot, &driver.Command{ID: "web", CgroupParent: parent})
		var field *driver.FieldError
		if !errors.As(err, &field) || field.Path != "cgroup_parent" {
			t.Errorf("parent %q: %v", parent, err)
		}
	}
}

func TestUnknownCgroupDriver(t *testing.T) {
	testenv.Root(t)
	root := filepath.Join(t.TempDir(), "state")
	if _, err := New(Options{Root: root, CgroupDriver: "cgroup2fs"}); driver.Code(err) != "invalid" || !strings.Contains(err.Error(), "cgroupfs or systemd") {
		t.Errorf("got %v", err)
	}
	if _, err := NewSpeccer(Options{Root: root, CgroupDriver: "x"}); driver.Code(err) != "invalid" {
		t.Errorf("specs: got %v", err)
	}
	if !systemd.IsRunningSystemd() {
		if _, err := New(Options{Root: root, CgroupDriver: SystemdDriver}); driver.Code(err) != "unsupported" {
			t.Errorf("without systemd: %v", err)
		}
	}
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Errorf("the state directory: %v", err)
	}
}

// What differs between the drivers, on each that the machine has. The rest of the
// tests run on the one that it gets by default.
func TestCgroupDrivers(t *testing.T) {
	for _, name := range []string{CgroupfsDriver, SystemdDriver} {
		t.Run(name, func(t *testing.T) {
			if name == SystemdDriver && !systemd.IsRunningSystemd() {
				t.Skip("this machine does not run systemd")
			}
			t.Setenv(cgroupDriver, name)
			run(t, openEngine(t, t.TempDir()), shell(t, "true")) // the connection to systemd stays
			for _, row := range []struct {
				name string
				test func(*testing.T, *Driver)
			}{
				{"limits", driverLimits},
				{"an id that is no unit name", driverStrangeID},
				{"OOM", driverOOM},
				{"the counters outlive init", driverCounters},
				{"pause and stop", driverPause},
				{"a parent", driverParent},
				{"a killed host", driverKilledHost},
			} {
				t.Run(row.name, func(t *testing.T) { row.test(t, newEngine(t)) })
			}
			if units := knownUnits(t); units != "" {
				t.Errorf("left behind:\n%s", units)
			}
		})
	}
}

// knownUnits lists what systemd knows of the engine's, "" without systemd.
func knownUnits(t *testing.T) string {
	t.Helper()
	if !systemd.IsRunningSystemd() {
		return ""
	}
	out, err := osexec.Command("systemctl", "list-units", "--all", "--no-legend", "--plain", "*execlua*").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// A limit that is not set is none, and an update changes it.
func driverLimits(t *testing.T, d *Driver) {
	c := shell(t, "")
	p := sleeper(t, d, c)
	if got := cgroupFile(t, p.Pid(), "pids.max"); got != "max" {
		t.Errorf("pids.max %s without a limit", got)
	}
	if err := d.Update(t.Context(), c, &driver.Resources{Pids: 20, CPUs: 0.5}); err != nil {
		t.Fatal(err)
	}
	if got := cgroupFile(t, p.Pid(), "pids.max"); got != "20" {
		t.Errorf("pids.max %s after an update", got)
	}
	if d.systemd {
		show := osexec.Command("systemctl", "show", "-p", "TasksMax", "-p", "CPUQuotaPerSecUSec", unitOf(t, d, c).scope())
		if out, err := show.CombinedOutput(); err != nil || string(out) != "CPUQuotaPerSecUSec=500ms\nTasksMax=20\n" {
			t.Errorf("systemd knows %s, %v", out, err)
		}
	}
	e, err := d.StartExec(t.Context(), c, process("exec sleep 1000"), nil, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	if pids, err := d.GetPidsForContainer(t.Context(), c.ID); err != nil || !slices.Contains(pids, e.Pid()) {
		t.Errorf("its processes are %v, %v, the exec's is %d", pids, err, e.Pid())
	}
	stats, err := d.Stats(t.Context(), c.ID)
	if err != nil || stats.PidsLimit == nil || *stats.PidsLimit != 20 {
		t.Errorf("stats %+v, %v", stats, err)
	}
}

func unitOf(t *testing.T, d *Driver, c *driver.Command) *unit {
	t.Helper()
	u, err := newUnit(d.root, c)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func driverStrangeID(t *testing.T, d *Driver) {
	for _, id := range []string{"g++", "my.slice", "a-b--c", strings.Repeat("x", 128)} {
		c := shell(t, "echo "+id)
		c.ID = id
		if got := run(t, d, c); got != id {
			t.Errorf("%s: got %q", id, got)
		}
	}
}

// However fast systemd removes a cgroup whose last process has ended.
func driverOOM(t *testing.T, d *Driver) {
	if !d.machine.hasController("memory") {
		t.Skip("this machine has no memory controller")
	}
	for i := range often(10) {
		c := shell(t, "exec tail /dev/zero")
		c.Resources = &driver.Resources{Memory: 32 << 20}
		if got := try(d, c, driver.Hooks{}); got.err != nil || !got.OOMKilled || got.Signal != 9 {
			t.Fatalf("run %d: %+v", i, got)
		}
	}
}

func driverCounters(t *testing.T, d *Driver) {
	if d.systemd && !cgroups.IsCgroup2UnifiedMode() {
		t.Skip("systemd removes them on cgroup v1")
	}
	c := shell(t, "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
	var stats *driver.ResourceStats
	got := try(d, c, driver.Hooks{PostStop: []driver.DriverCallback{
		func(ctx context.Context, _ *driver.ProcessConfig, _ int, info *driver.HookInfo) (err error) {
			time.Sleep(200 * time.Millisecond) // systemd's, to clean up
			stats, err = d.Stats(ctx, info.ID)
			return err
		},
	}})
	if got.err != nil || stats == nil || stats.CPUUsage == nil || *stats.CPUUsage == 0 {
		t.Errorf("%+v, %+v", stats, got)
	}
}

func driverPause(t *testing.T, d *Driver) {
	c := shell(t, "")
	sleeper(t, d, c)
	if err := errors.Join(d.Pause(t.Context(), c), d.Pause(t.Context(), c)); err != nil {
		t.Fatal(err)
	}
	found, err := d.Find(t.Context(), driver.Filter{ID: c.ID, State: driver.StatePaused})
	if err != nil || len(found) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
	if status, err := d.Stop(t.Context(), c, driver.StopOptions{Signal: 9}); err != nil || status.Signal != 9 {
		t.Errorf("%+v, %v", status, err)
	}
}

func driverParent(t *testing.T, d *Driver) {
	c := shell(t, "cat /proc/1/cgroup")
	c.CgroupParent = "/execlua-batch"
	if !d.systemd {
		t.Cleanup(func() { removeParents(t, c.CgroupParent) })
		run(t, d, c)
		return
	}
	if _, err := d.Start(t.Context(), c, nil, driver.Hooks{}); driver.Code(err) != "invalid" || !strings.Contains(err.Error(), "batch.slice") {
		t.Errorf("a path: %v", err)
	}
	c.CgroupParent = "execluatest.slice"
	t.Cleanup(func() {
		if out, err := osexec.Command("systemctl", "stop", c.CgroupParent).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	p := sleeper(t, d, c)
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", p.Pid()))
	if want := "/execluatest.slice/" + unitOf(t, d, c).Slice + "/" + unitOf(t, d, c).scope(); err != nil || !strings.Contains(string(data), want) {
		t.Errorf("it is in\n%s, %v, want %s", data, err, want)
	}
}

// removeParents removes a cgroup that a test named on every hierarchy.
func removeParents(t *testing.T, name string) {
	t.Helper()
	for _, pattern := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/*"} {
		dirs, err := filepath.Glob(pattern + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			if err := os.Remove(dir); err != nil && !os.IsNotExist(err) { // a hierarchy has several names
				t.Error(err)
			}
		}
	}
}

func driverKilledHost(t *testing.T, d *Driver) {
	for _, stage := range []string{"pre_start", "running", "paused"} {
		pid := killedHost(t, d.root, stage, 0)
		wantFree(t, d)
		eventually(t, "the old container is dead", func() bool { return dead(pid) })
	}
}
