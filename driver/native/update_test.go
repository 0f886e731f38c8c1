//go:build linux && cgo

package native

import (
	"context"
	"strings"
	"testing"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
)

// byVersion picks what a test expects of the cgroups of this machine.
func byVersion[T any](v1, v2 T) T {
	if cgroups.IsCgroup2UnifiedMode() {
		return v2
	}
	return v1
}

// limitFilesOf reads all that an update can write.
func limitFilesOf(d *Driver, id string) map[string]string {
	files := map[string]string{}
	for _, f := range d.container(id).group.snapshot(nil) {
		files[f.file] = strings.TrimSpace(f.value)
	}
	return files
}

// The host reads in the container's cgroup what was asked for, and no more.
func TestUpdateIsWritten(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Resources = &driver.Resources{Memory: 64 << 20, Pids: 50, CPUPeriod: 50000, CPUQuota: 25000}
	sleeper(t, d, c)
	for _, row := range []struct {
		name   string
		r      driver.Resources
		v1, v2 map[string]string
	}{
		{"pids", driver.Resources{Pids: 60}, map[string]string{"pids.max": "60"}, map[string]string{"pids.max": "60"}},
		{
			"more memory",
			driver.Resources{Memory: 128 << 20},
			map[string]string{"memory.limit_in_bytes": "134217728", "memory.memsw.limit_in_bytes": "134217728"},
			map[string]string{"memory.max": "134217728"}, // memory.swap.max is on top, and 0
		},
		{
			"more swap",
			driver.Resources{MemorySwap: 256 << 20},
			map[string]string{"memory.memsw.limit_in_bytes": "268435456"},
			map[string]string{"memory.swap.max": "134217728"},
		},
		{
			"less memory, and swap follows",
			driver.Resources{Memory: 64 << 20},
			map[string]string{"memory.limit_in_bytes": "67108864", "memory.memsw.limit_in_bytes": "67108864"},
			map[string]string{"memory.max": "67108864", "memory.swap.max": "0"},
		},
		{
			"a quota, at the old period",
			driver.Resources{CPUQuota: 10000},
			map[string]string{"cpu.cfs_quota_us": "10000"},
			map[string]string{"cpu.max": "10000 50000"},
		},
		{
			"cpus",
			driver.Resources{CPUs: 1.5},
			map[string]string{"cpu.cfs_quota_us": "150000", "cpu.cfs_period_us": "100000"},
			map[string]string{"cpu.max": "150000 100000"},
		},
		{"shares", driver.Resources{CPUShares: 512}, map[string]string{"cpu.shares": "512"}, map[string]string{"cpu.weight": "59"}},
		{
			"no limits",
			driver.Resources{Memory: -1, Pids: -1, CPUQuota: -1},
			map[string]string{"memory.limit_in_bytes": "9223372036854771712", "memory.memsw.limit_in_bytes": "9223372036854771712", "pids.max": "max", "cpu.cfs_quota_us": "-1"},
			map[string]string{"memory.max": "max", "memory.swap.max": "max", "pids.max": "max", "cpu.max": "max 100000"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := limitFilesOf(d, c.ID)
			if err := d.Update(t.Context(), c, &row.r); err != nil {
				t.Fatal(err)
			}
			for name, value := range byVersion(row.v1, row.v2) {
				if _, ok := want[name]; ok { // without swap accounting there is no file
					want[name] = value
				}
			}
			for name, value := range limitFilesOf(d, c.ID) {
				if value != want[name] {
					t.Errorf("%s holds %q, want %q", name, value, want[name])
				}
			}
		})
	}
}

// The kernel takes the processors and the processes, and then refuses the memory:
// all is as before.
func TestUpdateAllOrNothing(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "head -c 20000000 /dev/zero >/dev/shm/full; echo ready; while :; do sleep 1; done")
	c.Resources = &driver.Resources{Memory: 64 << 20, Pids: 50}
	out := &lockedBuffer{}
	start(t, d, c, &driver.Pipes{Stdout: out})
	eventually(t, "memory is used", func() bool { return strings.Contains(out.String(), "ready") })
	before := limitFilesOf(d, c.ID)
	r := &driver.Resources{Memory: 4 << 20, Pids: 60, CPUShares: 512, CPUs: 0.5}
	if lookAtMachine().hasController("cpuset") {
		r.CpusetCpus = "0"
	}
	err := d.Update(t.Context(), c, r)
	if err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("a limit below what is used: got %v", err)
	}
	for name, value := range limitFilesOf(d, c.ID) {
		if value != before[name] {
			t.Errorf("%s holds %q, want what it was, %q", name, value, before[name])
		}
	}
	if !d.Info(c.ID).IsRunning() {
		t.Error("the container has ended")
	}
	found, err := d.Find(t.Context(), driver.Filter{ID: c.ID})
	if err != nil || found[0].Command.Resources.Memory != 64<<20 {
		t.Errorf("find: got %+v, %v", found, err)
	}
}

func TestUpdateRefusesWhatTheMachineHasNot(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	err := d.Update(t.Context(), c, &driver.Resources{CpusetCpus: "4095"})
	if driver.Code(err) != "invalid" && driver.Code(err) != "unsupported" {
		t.Errorf("got %v", err)
	}
}

// Hooks see the limits of their own time.
func TestUpdateInPreStart(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Resources = &driver.Resources{Pids: 50}
	var inHook, after int64
	got := try(d, c, driver.Hooks{
		PreStart: []driver.DriverCallback{callback(func(i *driver.HookInfo) error {
			inHook = i.Command.Resources.Pids
			return d.Update(t.Context(), c, &driver.Resources{Pids: 60})
		})},
		PostStop: []driver.DriverCallback{callback(func(i *driver.HookInfo) error {
			after = i.Command.Resources.Pids
			return nil
		})},
	})
	if got.err != nil || inHook != 50 || after != 60 {
		t.Errorf("got %d, then %d; %v", inHook, after, got.err)
	}
}

// callback is a hook that looks at its circumstances only.
func callback(fn func(*driver.HookInfo) error) driver.DriverCallback {
	return func(_ context.Context, _ *driver.ProcessConfig, _ int, info *driver.HookInfo) error { return fn(info) }
}
