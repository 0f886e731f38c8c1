//go:build linux && cgo

package native

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
)

// limitSamples set one limit each, with what its file holds then on v1 and v2.
// Devices and huge pages are not on every machine, and a container with cpu_idle
// gets no processor to start with while others want it.
var limitSamples = []struct {
	field  string
	r      driver.Resources
	v1, v2 string
}{
	{"memory", driver.Resources{Memory: 64 << 20}, "67108864", "67108864"},
	{"memory_reservation", driver.Resources{MemoryReservation: 32 << 20}, "33554432", "33554432"},
	{"memory_swap", driver.Resources{Memory: 64 << 20, MemorySwap: 96 << 20}, "100663296", "33554432"},
	{"cpu_shares", driver.Resources{CPUShares: 512}, "512", "59"},
	{"cpus", driver.Resources{CPUs: 0.5}, "50000", "50000 100000"},
	{"cpu_period", driver.Resources{CPUPeriod: 50000, CPUQuota: 25000}, "50000", "25000 50000"},
	{"cpu_quota", driver.Resources{CPUPeriod: 50000, CPUQuota: 25000}, "25000", "25000 50000"},
	{"cpu_burst", driver.Resources{CPUs: 0.5, CPUBurst: 1000}, "1000", "1000"},
	{"cpuset_cpus", driver.Resources{CpusetCpus: "0"}, "0", "0"},
	{"cpuset_mems", driver.Resources{CpusetMems: "0"}, "0", "0"},
	{"blkio_weight", driver.Resources{BlkioWeight: 200}, "200", "default 200"},
	{"unified", driver.Resources{Unified: map[string]string{"pids.max": "41"}}, "", "41"},
	{"pids", driver.Resources{Pids: 37}, "37", "37"},
	{"oom_kill_disable", driver.Resources{Memory: 64 << 20, OomKillDisable: true}, "oom_kill_disable 1\n*", ""},
	{"memory_swappiness", driver.Resources{MemorySwappiness: new(int64(7))}, "7", ""},
}

// A limit is in the file that LimitFiles names, on this machine's version of
// cgroups and where its kernel has the file.
func TestLimitFiles(t *testing.T) {
	d := newEngine(t)
	bare := containerOf(t, d, driver.Resources{})
	for _, row := range limitSamples {
		file := kernelFile(t, spec.LimitFiles(), row.field)
		if file == "*" {
			file = "pids.max"
		}
		want := row.v1
		if cgroups.IsCgroup2UnifiedMode() {
			want = row.v2
		}
		if want == "" || !bare.has(file) {
			t.Logf("%s: not on this machine (%s)", row.field, file)
			continue
		}
		got := containerOf(t, d, row.r).read(t, file)
		if begin, open := strings.CutSuffix(want, "*"); got != want && !(open && strings.HasPrefix(got, begin)) {
			t.Errorf("%s: %s holds %q, want %q", row.field, file, got, want)
		}
	}
}

// Update puts back every file that it can write, when the kernel refuses one.
func TestUpdateKnowsTheLimitFiles(t *testing.T) {
	known := " " + limitFiles + " "
	for _, f := range spec.LimitFiles() {
		if strings.Contains(f.Field, "[]") || f.Field == "unified" || f.Field == "oom_kill_disable" {
			continue // an update refuses them, or names its files
		}
		for _, file := range []string{f.V1, f.V2} {
			if file != "" && !strings.Contains(known, " "+file+" ") {
				t.Errorf("limitFiles lacks %s, the file of %s", file, f.Field)
			}
		}
	}
}

// A statistic that is there comes from a file that is there.
func TestStatFiles(t *testing.T) {
	c := containerOf(t, newEngine(t), driver.Resources{Memory: 64 << 20, Pids: 37})
	s, err := c.d.Stats(t.Context(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	for field, there := range map[string]bool{
		"memory_usage": s.MemoryUsage != nil, "memory_max_usage": s.MemoryMax != nil, "cpu_usage": s.CPUUsage != nil, "pids": s.Pids != nil,
		"pids_limit": s.PidsLimit != nil, "oom_kills": s.OOMKills != nil, "io_read": s.IORead != nil && *s.IORead > 0,
	} {
		if file := kernelFile(t, spec.StatFiles(), field); there && !c.has(file) {
			t.Errorf("%s is told, but there is no %s", field, file)
		}
	}
}

// kernelFile is the file of a field on this machine.
func kernelFile(t *testing.T, list []spec.KernelFile, field string) string {
	t.Helper()
	for _, f := range list {
		switch {
		case f.Field != field:
		case cgroups.IsCgroup2UnifiedMode():
			return f.V2
		default:
			return f.V1
		}
	}
	t.Fatalf("no kernel file is listed for %s", field)
	return ""
}

// limited is a container that runs.
type limited struct {
	d  *Driver
	id string
}

func containerOf(t *testing.T, d *Driver, r driver.Resources) limited {
	t.Helper()
	c := shell(t, "")
	c.Resources = &r
	sleeper(t, d, c)
	return limited{d, c.ID}
}

func (l limited) path(file string) string {
	controller, _, _ := strings.Cut(file, ".")
	paths := l.d.container(l.id).group.paths
	if dir, ok := paths[controller]; ok {
		return filepath.Join(dir, file)
	}
	return filepath.Join(paths[""], file)
}

func (l limited) has(file string) bool {
	_, err := os.Stat(l.path(file))
	return file != "" && err == nil
}

func (l limited) read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(l.path(file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}
