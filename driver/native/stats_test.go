//go:build linux && cgo

package native

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/driver"
)

// madeUp is a cgroup of files of which a test knows what they hold: lines of a
// name and the content, with / for a newline.
func madeUp(t *testing.T, controllers, text string) cgroup {
	t.Helper()
	dir := t.TempDir()
	paths := map[string]string{}
	for c := range strings.SplitSeq(controllers, " ") {
		paths[c] = dir
	}
	for line := range strings.Lines(text) {
		name, content, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		content = strings.ReplaceAll(content, "/", "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cgroup{paths: paths}
}

const unifiedFiles = `
	memory.current 1000
	memory.peak 2000
	memory.stat anon 100/file 700/kernel 50/inactive_file 600
	memory.swap.current 5
	memory.events low 0/high 0/max 9/oom 1/oom_kill 2
	memory.events.local low 0/high 0/max 7/oom 1/oom_kill 2
	cpu.stat usage_usec 30/user_usec 20/system_usec 10/nr_periods 4/nr_throttled 3/throttled_usec 2
	io.stat 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0/7:0/8:16 rbytes=10 wbytes=20 rios=30 wios=40
	pids.current 6
	pids.max max
	cpu.pressure some avg10=1.50 avg60=0.00 avg300=0.25 total=99
	io.pressure some avg10=0.00 avg60=0.00 avg300=0.00 total=0/full avg10=2.00 avg60=0.00 avg300=0.00 total=7`

const legacyFiles = `
	memory.usage_in_bytes 1000
	memory.max_usage_in_bytes 2000
	memory.failcnt 3
	memory.memsw.failcnt 4
	memory.kmem.usage_in_bytes 50
	memory.stat rss 1/total_cache 700/total_rss 100/total_swap 5/total_inactive_file 600
	cpu.stat nr_periods 4/nr_throttled 3/throttled_time 2000
	cpuacct.usage 30000
	cpuacct.stat user 2/system 1
	blkio.throttle.io_service_bytes_recursive Total 0
	blkio.bfq.io_service_bytes_recursive 8:0 Read 1/8:0 Write 2/8:0 Total 3/8:16 Read 10/8:16 Write 20/Total 33
	pids.current 6
	pids.max 37`

// What files hold, and nothing for a file that is not there.
func TestStatsOfFiles(t *testing.T) {
	const v1 = "memory cpu cpuacct blkio pids"
	for _, row := range []struct {
		name, controllers, files string
		want                     driver.ResourceStats
	}{
		{"v2", "", unifiedFiles, driver.ResourceStats{
			MemoryUsage: new(uint64(1000)), MemoryMax: new(uint64(2000)), MemoryLimit: 4000, MemoryPercent: new(25.0),
			MemoryWorkingSet: new(uint64(400)), MemoryAnon: new(uint64(100)), MemoryFile: new(uint64(700)), MemoryKernel: new(uint64(50)),
			MemoryLimitHits: new(uint64(7)), SwapUsage: new(uint64(5)),
			CPUUsage: new(uint64(30000)), CPUUser: new(uint64(20000)), CPUSystem: new(uint64(10000)),
			CPUPeriods: new(uint64(4)), CPUThrottledPeriods: new(uint64(3)), CPUThrottledTime: new(uint64(2000)),
			IORead: new(uint64(11)), IOWrite: new(uint64(22)), IOReadOps: new(uint64(33)), IOWriteOps: new(uint64(44)),
			Pids:        new(uint64(6)),
			CPUPressure: &driver.Pressure{Some: driver.PressureTimes{Avg10: 1.5, Avg300: 0.25, Total: 99}},
			IOPressure:  &driver.Pressure{Full: &driver.PressureTimes{Avg10: 2, Total: 7}},
		}},
		{"v1", v1, legacyFiles, driver.ResourceStats{
			MemoryUsage: new(uint64(1000)), MemoryMax: new(uint64(2000)), MemoryLimit: 4000, MemoryPercent: new(25.0),
			MemoryWorkingSet: new(uint64(400)), MemoryAnon: new(uint64(100)), MemoryFile: new(uint64(700)), MemoryKernel: new(uint64(50)),
			MemoryLimitHits: new(uint64(7)), SwapUsage: new(uint64(5)),
			CPUUsage: new(uint64(30000)), CPUUser: new(uint64(20e6)), CPUSystem: new(uint64(10e6)),
			CPUPeriods: new(uint64(4)), CPUThrottledPeriods: new(uint64(3)), CPUThrottledTime: new(uint64(2000)),
			IORead: new(uint64(11)), IOWrite: new(uint64(22)),
			Pids: new(uint64(6)), PidsLimit: new(uint64(37)),
		}},
		{"v1 that reached its limit uncounted", "memory", "memory.failcnt 0/\nmemory.memsw.failcnt 0\nmemory.memsw.max_usage_in_bytes 20971520\nmemory.memsw.limit_in_bytes 20971520", driver.ResourceStats{MemoryLimit: 4000}},
		{"v2 without controllers", "", "cpu.stat usage_usec 30/user_usec 20/system_usec 10", driver.ResourceStats{
			MemoryLimit: 4000, CPUUsage: new(uint64(30000)), CPUUser: new(uint64(20000)), CPUSystem: new(uint64(10000)),
		}},
		{"v1 without controllers", "cpuset", "", driver.ResourceStats{MemoryLimit: 4000}},
		{"v2, no io so far", "", "io.stat", driver.ResourceStats{
			MemoryLimit: 4000, IORead: new(uint64(0)), IOWrite: new(uint64(0)), IOReadOps: new(uint64(0)), IOWriteOps: new(uint64(0)),
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := madeUp(t, row.controllers, row.files).stats(0, 4000)
			if err != nil || time.Since(got.Read) > time.Minute || got.SystemUsage == 0 {
				t.Fatalf("got %+v, %v", got, err)
			}
			got.Read, got.SystemUsage = time.Time{}, 0
			if diff := cmp.Diff(&row.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	gone := madeUp(t, "", unifiedFiles)
	os.RemoveAll(gone.paths[""])
	if _, err := gone.stats(0, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a cgroup that is gone: %v", err)
	}
}

func TestParseNetDev(t *testing.T) {
	got := parseNetDev(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       2    0    0    0     0          0         0      100       2    0    0    0     0       0          0
eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
`)
	want := []driver.InterfaceStats{
		{Name: "lo", RxBytes: 100, RxPackets: 2, TxBytes: 100, TxPackets: 2},
		{Name: "eth0", RxBytes: 1, RxPackets: 2, RxErrors: 3, RxDropped: 4, TxBytes: 9, TxPackets: 10, TxErrors: 11, TxDropped: 12},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// The kernel counts what a container does.
func TestStatsCount(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "ip link set lo up; ping -c 3 -i 0.1 127.0.0.1 >/dev/null; echo ready; while :; do :; done")
	c.Resources = &driver.Resources{Memory: 64 << 20, CPUQuota: 5000, CPUPeriod: 50000}
	c.CapAdd = []string{"NET_ADMIN", "NET_RAW"}
	out := &lockedBuffer{}
	start(t, d, c, &driver.Pipes{Stdout: out})
	eventually(t, "it has pinged", func() bool { return strings.Contains(out.String(), "ready") })
	var s *driver.ResourceStats
	eventually(t, "it was throttled", func() bool {
		var err error
		if s, err = d.Stats(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		return s.CPUThrottledPeriods != nil && *s.CPUThrottledPeriods > 3 && *s.CPUThrottledTime > 0 && *s.CPUPeriods >= *s.CPUThrottledPeriods
	})
	if *s.CPUPercent <= 0 || *s.CPUPercent > 100 || s.SystemUsage < *s.CPUUsage {
		t.Errorf("a busy loop with a tenth of a processor: %v %%, %d of %d ns", *s.CPUPercent, *s.CPUUsage, s.SystemUsage)
	}
	if *s.MemoryWorkingSet > *s.MemoryUsage || *s.MemoryAnon == 0 || s.MemoryMax != nil && *s.MemoryUsage > *s.MemoryMax || s.OOMKills == nil {
		t.Errorf("memory: %s", asJSON(s))
	}
	i := slices.IndexFunc(s.Interfaces, func(i driver.InterfaceStats) bool { return i.Name == "lo" })
	if i < 0 || s.Interfaces[i].RxPackets < 6 || s.Interfaces[i].TxBytes != s.Interfaces[i].RxBytes {
		t.Errorf("after three pings: %+v", s.Interfaces)
	}
}

func asJSON(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

// Two streams and a reader beside them all see the same container.
func TestStatsStreamPercent(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "echo ready; sleep 1; while :; do :; done") // so that the average stays low
	start(t, d, c, nil)
	time.Sleep(time.Second)
	samples := 0
	for s, err := range driver.StatsStream(t.Context(), d, c.ID, 300*time.Millisecond) {
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // others read as well
			if _, err := d.Stats(t.Context(), c.ID); err != nil {
				t.Fatal(err)
			}
		}
		if samples++; samples == 1 {
			continue
		}
		average, err := d.Stats(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if samples == 4 {
			if *s.CPUPercent < *average.CPUPercent || *s.CPUPercent > 150 {
				t.Errorf("a busy loop: %v %% since the sample before, %v %% on average", *s.CPUPercent, *average.CPUPercent)
			}
			break
		}
	}
}

// In a post_stop hook the cgroup can still be read; the network has gone with the init.
func TestStatsInPostStop(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "true")
	var s *driver.ResourceStats
	got := try(d, c, driver.Hooks{PostStop: []driver.DriverCallback{callback(func(*driver.HookInfo) (err error) {
		s, err = d.Stats(t.Context(), c.ID)
		return err
	})}})
	if got.err != nil || s.CPUUsage == nil || *s.CPUUsage == 0 || s.Interfaces != nil {
		t.Errorf("got %s, %v", asJSON(s), got.err)
	}
}
