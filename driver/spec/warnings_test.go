package spec

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/driver"
)

// What a machine does not keep is warned of, with the field, the value and why.
func TestWarnings(t *testing.T) {
	const mib = 1 << 20
	lacking := func(h Host, missing ...string) Host {
		h.Missing = missing
		return h
	}
	swapless := v1()
	swapless.NoSwapLimit = true
	for _, row := range []struct {
		name string
		host Host
		r    driver.Resources
		want []string
	}{
		{"all there is, on v1", v1(), driver.Resources{
			Memory: mib, MemoryReservation: mib, MemorySwappiness: new(int64(0)), OomKillDisable: true,
			CPUShares: 2, CPUQuota: 5000, CPUBurst: 5000, BlkioWeight: 10, IO: []*driver.IOLimit{{Weight: 10}},
		}, nil},
		{"all there is, on v2", v2(), driver.Resources{
			Memory: mib, MemoryReservation: mib, CPUIdle: true, CPUQuota: 5000, CPUBurst: 5000, BlkioWeight: 10, IO: []*driver.IOLimit{{Weight: 10}},
		}, nil},
		{"nothing was asked for", lacking(v2(), HintFiles(true)...), driver.Resources{MemoryReservation: -1, KernelMemory: -1}, nil},
		{"swappiness, of which 0 is one", v2(), driver.Resources{MemorySwappiness: new(int64(0))}, []string{
			"resources.memory_swappiness = 0: ignored: cgroup v2 has no such setting",
		}},
		{"the OOM killer", v2(), driver.Resources{Memory: mib, OomKillDisable: true}, []string{
			"resources.oom_kill_disable = true: ignored: cgroup v2 has no such setting",
		}},
		{"kernel memory", v1(), driver.Resources{KernelMemory: mib}, []string{
			"resources.kernel_memory = 1048576: ignored: kernels have no separate limit any more; memory covers it",
		}},
		{"swap", swapless, driver.Resources{Memory: mib}, []string{
			"resources.memory = 1048576: swap is not limited: this kernel does not count it for each container",
		}},
		{"swap that may be used is no broken promise", swapless, driver.Resources{Memory: mib, MemorySwap: -1}, nil},
		{"an old kernel, v1", lacking(v1(), "cpu.cfs_burst_us", "cpu.idle"), driver.Resources{CPUs: 1, CPUBurst: 5000, CPUIdle: true, CPUShares: 64}, []string{
			"resources.cpu_burst = 5000: ignored: the cgroups of this machine have no cpu.cfs_burst_us",
			"resources.cpu_idle = true: ignored: the cgroups of this machine have no cpu.idle",
		}},
		{"an old kernel, v2", lacking(v2(), "cpu.max.burst"), driver.Resources{CPUs: 1, CPUBurst: 5000}, []string{
			"resources.cpu_burst = 5000: ignored: the cgroups of this machine have no cpu.max.burst",
		}},
		{"a real-time kernel", lacking(v1(), "memory.soft_limit_in_bytes"), driver.Resources{MemoryReservation: mib}, []string{
			"resources.memory_reservation = 1048576: ignored: the cgroups of this machine have no memory.soft_limit_in_bytes",
		}},
		{"shares of what idles", v2(), driver.Resources{CPUShares: 64, CPUIdle: true}, []string{
			"resources.cpu_shares = 64: ignored: beside cpu_idle, which is the least share there is",
		}},
		{"one of two files is enough", lacking(v2(), "io.bfq.weight"), driver.Resources{BlkioWeight: 10}, nil},
		{"neither", lacking(v1(), "blkio.weight", "blkio.bfq.weight"), driver.Resources{BlkioWeight: 10}, []string{
			"resources.blkio_weight = 10: ignored: the cgroups of this machine have no blkio.weight and no blkio.bfq.weight",
		}},
		{"the weight of a device needs BFQ", lacking(v2(), "io.bfq.weight"), driver.Resources{IO: []*driver.IOLimit{{ReadBps: 1}, {Weight: 10}}}, []string{
			"resources.io[2].weight = 10: ignored: the cgroups of this machine have no io.bfq.weight",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked := row.r.Clone()
			if diff := cmp.Diff(row.want, Warnings(&row.r, row.host)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(asked, &row.r); diff != "" {
				t.Errorf("what was asked for has changed:\n%s", diff)
			}
		})
	}
}

// What is warned of is not in the spec, where libcontainer would fail over it.
func TestWarnedIsLeftOut(t *testing.T) {
	for _, host := range []Host{v1(), v2()} {
		host.Missing = HintFiles(host.CgroupV2)
		got, err := Resources(&driver.Resources{
			MemoryReservation: 1, KernelMemory: 1, MemorySwappiness: new(int64(1)), CPUShares: 2, CPUBurst: 3, CPUIdle: true,
			BlkioWeight: 10, IO: []*driver.IOLimit{{Major: 8, Weight: 10, ReadBps: 7}},
		}, host)
		if err != nil || got.Memory != nil || got.CPU != nil || got.BlockIO.Weight != nil || len(got.BlockIO.WeightDevice) != 0 {
			t.Errorf("v2 %v: got %+v, %v", host.CgroupV2, got, err)
		}
		if len(got.BlockIO.ThrottleReadBpsDevice) != 1 {
			t.Error("the rate of the device is gone as well")
		}
	}
}

// A hint has the name of a field.
func TestHintsAreFields(t *testing.T) {
	r := &driver.Resources{MemorySwappiness: new(int64)}
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[driver.Resources]()) {
		names = append(names, f.Tag.Get("json"))
	}
	for _, h := range hints(r) {
		if !slices.Contains(names, h.field) {
			t.Errorf("there is no field %s", h.field)
		}
	}
}
