//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

// The host reads in the container's cgroup what the Command asked for.
func TestLimitsAreWritten(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Resources = &driver.Resources{
		Memory: 64 << 20, CPUShares: 512, CPUPeriod: 50000, CPUQuota: 25000, CpusetCpus: "0", CpusetMems: "0", Pids: 37,
	}
	if !lookAtMachine().hasController("cpuset") {
		c.Resources.CpusetCpus, c.Resources.CpusetMems = "", ""
	}
	p := sleeper(t, d, c)
	files := map[string]string{
		"memory.limit_in_bytes": "67108864", "cpu.shares": "512", "cpu.cfs_quota_us": "25000", "cpu.cfs_period_us": "50000",
		"cpuset.cpus": "0", "cpuset.mems": "0", "pids.max": "37",
	}
	if cgroups.IsCgroup2UnifiedMode() {
		files = map[string]string{"memory.max": "67108864", "cpu.max": "25000 50000", "cpuset.cpus": "0", "pids.max": "37"}
	}
	for name, want := range files {
		if strings.HasPrefix(name, "cpuset") && c.Resources.CpusetCpus == "" {
			continue
		}
		if got := cgroupFile(t, p.Pid(), name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	s, err := d.Stats(t.Context(), c.ID)
	if err != nil || s.MemoryLimit != 64<<20 || s.PidsLimit == nil || *s.PidsLimit != 37 || *s.Pids < 1 || *s.MemoryUsage == 0 {
		t.Errorf("stats: %+v, %v", s, err)
	}
}

// cpus is cpu_quota in another form.
func TestCPUs(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Resources = &driver.Resources{CPUs: 0.5}
	name, want := "cpu.cfs_quota_us", "50000"
	if cgroups.IsCgroup2UnifiedMode() {
		name, want = "cpu.max", "50000 100000"
	}
	if got := cgroupFile(t, sleeper(t, d, c).Pid(), name); got != want {
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
}

func TestPidsLimitHolds(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 100 & done; echo all")
	c.Resources = &driver.Resources{Pids: 16}
	if got := try(d, c, driver.Hooks{}); got.ExitCode == 0 || strings.Contains(got.out, "all") {
		t.Errorf("20 processes under a limit of 16: %+v", got)
	}
}

func TestRlimits(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "ulimit -Sn; ulimit -Hn; ulimit -c")
	c.Resources = &driver.Resources{Rlimits: []*driver.Rlimit{
		{Type: "nofile", Soft: 100, Hard: 200}, {Type: "RLIMIT_CORE", Soft: 0, Hard: driver.RlimitInfinity},
	}}
	if got := run(t, d, c); got != "100\n200\n0" {
		t.Errorf("got %q", got)
	}
}

// An OOM kill is told whoever it hit, and whatever the init makes of it.
func TestOOMKilled(t *testing.T) {
	// The init of a test binary with the race detector in it does not fit into 16 MiB.
	const eat = "tail /dev/zero" // keeps the line that never ends
	for _, row := range []struct {
		name, script string
		limit        int64
		code, signal int
		oom          bool
	}{
		{"the init", "exec " + eat, 48 << 20, 137, 9, true},
		{"a child", eat + "; exit 5", 48 << 20, 5, 0, true},
		{"a child of an init that succeeds", eat + " & wait; exit 0", 48 << 20, 0, 0, true},
		{"files of a tmpfs", "dd if=/dev/zero of=/dev/shm/x bs=1M count=60 2>/dev/null; exit 6", 48 << 20, 6, 0, true},
		{"nobody", "dd if=/dev/zero of=/dev/null bs=1M count=4 2>/dev/null", 64 << 20, 0, 0, false},
		{"SIGKILL from somebody else is none", "sleep 100 & kill -9 $!; wait $!; exit 0", 64 << 20, 0, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newEngine(t)
			c := shell(t, row.script)
			c.Resources = &driver.Resources{Memory: row.limit}
			got := try(d, c, driver.Hooks{})
			if got.err != nil || got.ExitCode != row.code || got.Signal != row.signal || got.OOMKilled != row.oom {
				t.Errorf("got %+v, error %v", got.ExitStatus, got.err)
			}
		})
	}
}

// The functions of the seed see the same container as the engine.
func TestSeedFunctions(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.Hostname = "seed"
	c.Resources = &driver.Resources{Memory: 64 << 20, CPUShares: 512}
	sleeper(t, d, c)

	config := InitContainer(c)
	if config == nil {
		t.Fatal("no configuration")
	}
	if config.Rootfs != testenv.Rootfs(t) || config.Hostname != "seed" || config.Cgroups.Path != "/execlua/"+c.ID || config.Seccomp == nil {
		t.Errorf("got root %s, hostname %s, cgroup %s, seccomp %v", config.Rootfs, config.Hostname, config.Cgroups.Path, config.Seccomp)
	}
	if config.Cgroups.Memory != 0 {
		t.Errorf("memory %d is set before SetupCgroups", config.Cgroups.Memory)
	}
	rules := len(config.Cgroups.Devices)
	if err := SetupCgroups(config, c); err != nil {
		t.Fatal(err)
	}
	if config.Cgroups.Memory != 64<<20 || config.Cgroups.CpuShares != 512 || len(config.Cgroups.Devices) != rules || rules == 0 {
		t.Errorf("got memory %d, cpu shares %d, %d device rules of %d", config.Cgroups.Memory, config.Cgroups.CpuShares, len(config.Cgroups.Devices), rules)
	}
	if InitContainer(&driver.Command{}) != nil {
		t.Error("an invalid Command has a configuration")
	}

	s, err := Stats(fmt.Sprintf("%s/%s", d.root, c.ID), 0, 1<<40)
	if err != nil || *s.MemoryUsage == 0 || s.MemoryLimit != 1<<40 || *s.Pids < 1 || s.SystemUsage == 0 || s.OOMKills == nil {
		t.Errorf("stats: %+v, %v", s, err)
	}
	if _, err := Stats(d.root+"/nobody", 0, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stats of nobody: %v", err)
	}
}
