//go:build linux && cgo

package native

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/execlua/execlua/driver"
)

// warningsOf runs a Command to its removal and returns what was warned of.
func warningsOf(t *testing.T, d *Driver, c *driver.Command) (warnings []string) {
	t.Helper()
	events := d.Events(t.Context())
	run(t, d, c)
	for e := range events {
		if e.Kind == driver.EventWarning {
			warnings = append(warnings, e.Message)
		}
		if e.Kind == driver.EventRemoved {
			return warnings
		}
	}
	return nil
}

// The container runs, and whoever listens or reads the log learns what it does without.
func TestWarnings(t *testing.T) {
	log := &lockedBuffer{}
	d := newEngine(t)
	d.log = hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Warn, DisableTime: true})
	c := shell(t, "true")
	c.Resources = &driver.Resources{Memory: 64 << 20, KernelMemory: 1 << 20, MemorySwappiness: new(int64(10)), OomKillDisable: true}
	want := []string{"resources.kernel_memory = 1048576: ignored: kernels have no separate limit any more; memory covers it"}
	want = append(want, byVersion(nil, []string{
		"resources.oom_kill_disable = true: ignored: cgroup v2 has no such setting",
		"resources.memory_swappiness = 10: ignored: cgroup v2 has no such setting",
	})...)
	if d.machine.NoSwapLimit {
		want = append(want, "resources.memory = 67108864: swap is not limited: this kernel does not count it for each container")
	}
	if diff := cmp.Diff(want, warningsOf(t, d, c)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, message := range want {
		if line := "[WARN]  " + message + ": id=" + c.ID + "\n"; strings.Count(log.String(), line) != 1 {
			t.Errorf("the log has not the line %q once:\n%s", line, log)
		}
	}
}

// A machine that lacks every file that a hint is written to still runs the
// container: none of them is touched. What it has does not matter then.
func TestHintsOfALesserMachine(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "true")
	c.Resources = &driver.Resources{MemoryReservation: 32 << 20, CPUShares: 512, CPUs: 0.5, CPUBurst: 5000, BlkioWeight: 100, IO: []*driver.IOLimit{{Major: 1 << 19, Weight: 10}}}
	if warnings := warningsOf(t, d, withoutDevice(c)); warnings != nil && d.machine.Missing == nil {
		t.Errorf("got %q on a machine that has everything", warnings)
	}
	for _, name := range []string{"soft_limit_in_bytes low", "shares weight", "cfs_burst_us max.burst", "weight weight_device bfq.weight bfq.weight_device"} {
		for suffix := range strings.FieldsSeq(name) {
			for _, controller := range []string{"memory", "cpu", "blkio", "io"} {
				d.machine.Missing = append(d.machine.Missing, controller+"."+suffix)
			}
		}
	}
	if warnings := warningsOf(t, d, c); len(warnings) != 5 {
		t.Errorf("got %d warnings, want 5:\n%s", len(warnings), strings.Join(warnings, "\n"))
	}
}

// withoutDevice leaves out the device that there is not.
func withoutDevice(c *driver.Command) *driver.Command {
	c = c.Clone()
	c.Resources.IO = nil
	return c
}

// The files of a container's cgroup are looked for where there is such a cgroup.
func TestMissingFiles(t *testing.T) {
	files := []string{"cpu.idle", "io.weight"}
	for _, row := range []struct {
		name  string
		there []string // directories end in a slash; the controllers of one follow a colon
		want  []string
	}{
		{"a new kernel", []string{"a.slice/:cpu io", "a.slice/cpu.idle", "a.slice/io.weight"}, nil},
		{"an old kernel", []string{"a.slice/:cpu io"}, files},
		{"the first that has the controller tells", []string{"a.slice/:memory", "b.slice/:cpu", "b.slice/cpu.idle", "c.slice/:io"}, []string{"io.weight"}},
		{"nobody to ask: the kernel has the last word", []string{"a.slice/:memory", "cgroup.procs", "io.cost.qos"}, nil},
		{"nobody to ask, and no io.cost", []string{"a.slice/:memory"}, []string{"io.weight"}},
		{"in a container that sees its own cgroup as the root", []string{"cpu.idle", "io.weight", "a.slice/:cpu io"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			root := t.TempDir()
			for _, entry := range row.there {
				name, controllers, isDir := strings.Cut(entry, ":")
				if isDir {
					if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
						t.Fatal(err)
					}
					name += "cgroup.controllers"
				}
				if err := os.WriteFile(filepath.Join(root, name), []byte(controllers+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			h := hierarchies{cgroup{paths: map[string]string{"": root}}, []string{"cpu", "io", "memory"}}
			if got := h.missing(files); !cmp.Equal(append([]string{}, row.want...), got) {
				t.Errorf("got %q, want %q", got, row.want)
			}
			h.unifiedControllers = nil
			if got := h.missing(files); !cmp.Equal(files, got) {
				t.Errorf("without controllers: got %q, want %q", got, files)
			}
		})
	}
}
