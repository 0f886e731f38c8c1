package driver

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// plain is the least that passes.
func plain() *Command {
	return &Command{ID: "c1", Rootfs: "/srv/root", ProcessConfig: ProcessConfig{Entrypoint: "sh"}}
}

// maximal sets everything that goes together.
func maximal() *Command {
	return &Command{
		ID: "Web-1.2_3+4", Rootfs: "/srv/root/", ReadonlyRootfs: true, WorkingDir: "/app", Hostname: "web-1.example",
		Labels:  map[string]string{"tier": "front"},
		Network: &Network{ContainerID: "db"}, Ipc: &Ipc{ContainerID: "db"}, Pid: &Pid{HostPid: true}, UTS: &UTS{},
		Resources: &Resources{
			Memory: 1 << 26, MemorySwap: 1 << 27, CPUShares: 1024, CPUPeriod: 100000, CPUQuota: 50000,
			CpusetCpus: "0-3,7", CpusetMems: "0", BlkioWeight: 500, Pids: 100, OomKillDisable: true, MemorySwappiness: new(int64(0)),
			Rlimits: []*Rlimit{{Type: "nofile", Soft: 1, Hard: 2}, {Type: "RLIMIT_CORE", Soft: RlimitInfinity, Hard: RlimitInfinity}},
		},
		Mounts: []Mount{
			{Source: "/srv/data", Destination: "/data", Writable: true, Slave: true},
			{Source: "/srv/conf", Destination: "/etc/conf/", Private: true},
		},
		AllowedDevices:     []*Device{{Type: "a", Major: -1, Minor: -1, Permissions: "rwm"}},
		AutoCreatedDevices: []*Device{{Path: "/dev/net/tun", Type: "c", Major: 10, Minor: 200, FileMode: new(uint32(0o600))}},
		CapAdd:             []string{"net_admin", "CAP_SYS_TIME"}, CapDrop: []string{"all"}, GroupAdd: []string{"audio"},
		ProcessConfig: ProcessConfig{
			User: "app:4294967294", Entrypoint: "/bin/app", Arguments: []string{"", "-v"}, Env: []string{"A=", "B==c"}, ConsoleSize: [2]int{24, 80},
		},
		CgroupParent: "/tenants/blue", StopSignal: "SIGQUIT", StopGrace: new(time.Minute),
		Restart:     &RestartPolicy{OnFailure: 3, Delay: new(time.Second)},
		HealthCheck: &HealthCheck{HTTP: "http://127.0.0.1:8080/healthz", Every: new(time.Second), Retries: 2, OnFailure: "restart"},
		LogFiles:    &LogFiles{MaxSize: 4096, Files: 1},
	}
}

func TestValidCommands(t *testing.T) {
	for name, c := range map[string]*Command{"the least": plain(), "the most": maximal(), "an image": {
		ID: "1", Image: "host", ProcessConfig: ProcessConfig{Arguments: []string{"sh"}},
	}} {
		if err := Validate(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mistake spoils the plain Command in one way. The error has the path of the
// field, and in its text what is wrong with it.
type mistake struct {
	spoil        func(c *Command)
	path, reason string
	class        error
}

func TestInvalidCommands(t *testing.T) {
	for _, row := range slices.Concat(invalidPlaces(), invalidResources(), invalidProcesses(), invalidUsers(), invalidDetached()) {
		t.Run(row.path+" "+row.reason, func(t *testing.T) {
			c := plain()
			row.spoil(c)
			found := fieldErrors(Validate(c))
			if len(found) != 1 && row.path != "mounts" {
				t.Fatalf("got %d errors, want 1: %v", len(found), found)
			}
			first := found[0]
			if first.Path != row.path || !strings.Contains(first.Error(), row.reason) || !errors.Is(first, row.class) {
				t.Errorf("got %v, want %q and %v", first, row.reason, row.class)
			}
		})
	}
}

func invalidPlaces() []mistake {
	return []mistake{
		{func(c *Command) { c.ID = "" }, "id", "1 to 128 characters", ErrInvalid},
		{func(c *Command) { c.ID = "-a" }, "id", "the first a letter or digit", ErrInvalid},
		{func(c *Command) { c.ID = "a/b" }, "id", `"a/b"`, ErrInvalid},
		{func(c *Command) { c.ID = "a\nb" }, "id", `"a\nb"`, ErrInvalid},
		{func(c *Command) { c.ID = long(129) }, "id", "128", ErrInvalid},

		{func(c *Command) { c.InitPath = "/init" }, "initpath", "LXC", ErrUnsupported},
		{func(c *Command) { c.ConfigPath = "/c" }, "config_path", "LXC", ErrUnsupported},
		{func(c *Command) { c.LxcConfig = []string{"a"} }, "lxc_config", "LXC", ErrUnsupported},
		{func(c *Command) { c.ContainerPid = 1 }, "container_pid", "cannot set it", ErrUnsupported},
		{func(c *Command) { c.FirstStart = true }, "first_start", "Windows", ErrUnsupported},
		{func(c *Command) { c.LayerPaths = []string{"a"} }, "layer_paths", "Windows", ErrUnsupported},
		{func(c *Command) { c.LayerFolder = "a" }, "layer_folder", "Windows", ErrUnsupported},
		{func(c *Command) { c.ProcessConfig.Console = "a" }, "process_config.console", "LXC", ErrUnsupported},

		{func(c *Command) { c.Rootfs = "" }, "rootfs", "missing", ErrInvalid},
		{func(c *Command) { c.Rootfs = "srv" }, "rootfs", "absolute", ErrInvalid},
		{func(c *Command) { c.Rootfs = "/srv/.." }, "rootfs", "own root", ErrInvalid},
		{func(c *Command) { c.Rootfs = "/\x00" }, "rootfs", "NUL", ErrInvalid},
		{func(c *Command) { c.Rootfs = "/" + long(4096) }, "rootfs", "PATH_MAX", ErrInvalid},
		{func(c *Command) { c.Image = "host" }, "rootfs", "not both", ErrInvalid},
		{func(c *Command) { c.Image, c.Rootfs = "debian", "" }, "image", "no such image", ErrNotFound},

		{func(c *Command) { c.Hostname = "a b" }, "hostname", "characters of", ErrInvalid},
		{func(c *Command) { c.Hostname = long(65) }, "hostname", "64", ErrInvalid},
		{func(c *Command) { c.Hostname, c.UTS = "a", &UTS{HostUTS: true} }, "hostname", "the machine's", ErrInvalid},
		{func(c *Command) { c.Network = &Network{ContainerID: "a", HostNetworking: true} }, "network", "one of", ErrInvalid},
		{func(c *Command) { c.Network = &Network{ContainerID: "../a"} }, "network.container_id", "not a container's id", ErrInvalid},
		{func(c *Command) { c.Network = &Network{NamespacePath: "a"} }, "network.namespace_path", "absolute", ErrInvalid},
		{func(c *Command) { c.Network = &Network{Mtu: 1500} }, "network.mtu", "no interface", ErrUnsupported},
		{func(c *Command) { c.Ipc = &Ipc{ContainerID: "a", HostIpc: true} }, "ipc", "one of", ErrInvalid},
		{func(c *Command) { c.Ipc = &Ipc{ContainerID: "a b"} }, "ipc.container_id", "not a container's id", ErrInvalid},

		{func(c *Command) { c.CapAdd = []string{"all", "SYS_GOD"} }, "cap_add[2]", "capabilities(7)", ErrInvalid},
		{func(c *Command) { c.CapDrop = []string{""} }, "cap_drop[1]", "capabilities(7)", ErrInvalid},
		{func(c *Command) { c.Labels = map[string]string{"": "x"} }, "labels", "1 to 256 bytes", ErrInvalid},
		{func(c *Command) { c.Labels = map[string]string{"x": "\x00"} }, "labels.x", "NUL", ErrInvalid},
		{func(c *Command) { c.CgroupParent = "../x" }, "cgroup_parent", "below the root", ErrInvalid},
		{func(c *Command) { c.CgroupParent = "//" }, "cgroup_parent", "below the root", ErrInvalid},
	}
}

func invalidResources() []mistake {
	return []mistake{
		{resources(Resources{Memory: 1}), "resources.memory", "512 KiB", ErrInvalid},
		{resources(Resources{Memory: -2}), "resources.memory", "-1 for no limit", ErrInvalid},
		{resources(Resources{MemorySwap: 1 << 30}), "resources.memory_swap", "needs a memory limit", ErrInvalid},
		{resources(Resources{Memory: 1 << 30, MemorySwap: 1 << 29}), "resources.memory_swap", "at least memory", ErrInvalid},
		{resources(Resources{MemorySwap: -2}), "resources.memory_swap", "-1 for no limit", ErrInvalid},
		{resources(Resources{KernelMemory: -2}), "resources.kernel_memory", "-1 for no limit", ErrInvalid},
		{resources(Resources{MemorySwappiness: new(int64(101))}), "resources.memory_swappiness", "0 to 100", ErrInvalid},
		{resources(Resources{OomKillDisable: true}), "resources.oom_kill_disable", "only with a memory limit", ErrInvalid},
		{resources(Resources{CPUShares: 1}), "resources.cpu_shares", "2 to 262144", ErrInvalid},
		{resources(Resources{CPUs: -1}), "resources.cpus", "processors", ErrInvalid},
		{resources(Resources{CPUs: math.NaN()}), "resources.cpus", "processors", ErrInvalid},
		{resources(Resources{CPUs: math.Inf(1)}), "resources.cpus", "processors", ErrInvalid},
		{resources(Resources{CPUs: 1, CPUQuota: 5000}), "resources.cpus", "one or the other", ErrInvalid},
		{resources(Resources{CPUPeriod: 999}), "resources.cpu_period", "1000 to 1000000", ErrInvalid},
		{resources(Resources{CPUQuota: 999}), "resources.cpu_quota", "at least 1000", ErrInvalid},
		{resources(Resources{CPUBurst: 1}), "resources.cpu_burst", "needs cpu_quota or cpus", ErrInvalid},
		{resources(Resources{CPUQuota: 5000, CPUBurst: 5001}), "resources.cpu_burst", "at most cpu_quota, 5000", ErrInvalid},
		{resources(Resources{CPUs: 0.5, CPUBurst: 50001}), "resources.cpu_burst", "at most the quota, which is 50000 for 0.5 cpus", ErrInvalid},
		{resources(Resources{CpusetCpus: "3-1"}), "resources.cpuset_cpus", "cpuset(7)", ErrInvalid},
		{resources(Resources{CpusetMems: "a"}), "resources.cpuset_mems", "cpuset(7)", ErrInvalid},
		{resources(Resources{BlkioWeight: 9}), "resources.blkio_weight", "10 to 1000", ErrInvalid},
		{resources(Resources{IO: []*IOLimit{{Major: 8, ReadIops: 1 << 32}}}), "resources.io[1].read_iops", "at most 4294967295", ErrInvalid},
		{resources(Resources{IO: []*IOLimit{{Major: 8, WriteIops: 1 << 32}}}), "resources.io[1].write_iops", "at most 4294967295", ErrInvalid},
		{resources(Resources{Pids: -2}), "resources.pids", "-1 for no limit", ErrInvalid},
		{resources(Resources{Rlimits: []*Rlimit{{Type: "core"}, nil}}), "resources.rlimits[2]", "missing", ErrInvalid},
		{resources(Resources{Rlimits: []*Rlimit{{Type: "files"}}}), "resources.rlimits[1].type", "one of", ErrInvalid},
		{resources(Resources{Rlimits: []*Rlimit{{Type: "core", Soft: 2, Hard: 1}}}), "resources.rlimits[1].soft", "at most the hard limit, 1", ErrInvalid},

		{mounts(Mount{Destination: "/a"}), "mounts[1].source", "missing", ErrInvalid},
		{mounts(Mount{Source: "a", Destination: "/a"}), "mounts[1].source", "absolute", ErrInvalid},
		{mounts(Mount{Source: "/a"}), "mounts[1].destination", "missing", ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "a"}), "mounts[1].destination", "absolute", ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "/a/../b"}), "mounts[1].destination", `".."`, ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "/."}), "mounts[1].destination", "the root itself", ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "//proc/1"}), "mounts[1].destination", "/proc", ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "/a", Private: true, Slave: true}), "mounts[1].slave", "one of them", ErrInvalid},
		{mounts(Mount{Source: "/a", Destination: "/a"}, Mount{Source: "/b", Destination: "/a/"}), "mounts[2].destination", "mounts[1] is there", ErrInvalid},
		{mounts(make([]Mount, 513)...), "mounts", "512 at most", ErrInvalid},

		{rules(&Device{Type: "x"}), "allowed_devices[1].type", `"b" for a block device`, ErrInvalid},
		{rules(&Device{Type: "c", Major: -2}), "allowed_devices[1].major", "-1 to", ErrInvalid},
		{rules(&Device{Type: "c", Path: "/dev/x"}), "allowed_devices[1].path", "a rule has no path", ErrInvalid},
		{rules(nil), "allowed_devices[1]", "missing", ErrInvalid},
		{nodes(&Device{Type: "a", Path: "/dev/x"}), "autocreated_devices[1].type", `"c"`, ErrInvalid},
		{nodes(&Device{Type: "c", Path: "/dev/x", Minor: -1}), "autocreated_devices[1].minor", "0 to", ErrInvalid},
		{nodes(&Device{Type: "c", Path: "/dev/x", Permissions: "x"}), "autocreated_devices[1].permissions", "rwm", ErrInvalid},
		{nodes(&Device{Type: "c", Path: "/dev/x", FileMode: new(uint32(0o4777))}), "autocreated_devices[1].file_mode", "0777", ErrInvalid},
		{nodes(&Device{Type: "c", Path: "/dev/../etc/x"}), "autocreated_devices[1].path", "below /dev", ErrInvalid},
		{nodes(&Device{Type: "c"}), "autocreated_devices[1].path", "below /dev", ErrInvalid},
		{func(c *Command) {
			nodes(&Device{Type: "c", Path: "/dev/x"})(c)
			mounts(Mount{Source: "/dev", Destination: "/dev"})(c)
		}, "autocreated_devices", "mounts[1] covers /dev", ErrInvalid},
	}
}

func invalidProcesses() []mistake {
	return []mistake{
		{func(c *Command) { c.ProcessConfig.Entrypoint = "" }, "process_config.entrypoint", "the program to run", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Entrypoint = "\x00" }, "process_config.entrypoint", "NUL", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Arguments = []string{"", "\x00"} }, "process_config.arguments[2]", "NUL", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Arguments = []string{long(1 << 17)} }, "process_config.arguments[1]", "execve(2)", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Arguments = strings.Split(long(1<<22), "aa") }, "process_config.arguments", "bytes of arguments", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Env = []string{"A=1", "B"} }, "process_config.env[2]", "KEY=value", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Env = []string{"=1"} }, "process_config.env[1]", "KEY=value", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.Env = []string{"A=\x00"} }, "process_config.env[1]", "NUL", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.User = "a:b:c" }, "process_config.user", "name or uid", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.User = "-1" }, "process_config.user", "a number from 0", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.User = "0:4294967295" }, "process_config.user", "to 4294967294", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.ConsoleSize[1] = -1 }, "process_config.console_size", "0 to 65535", ErrInvalid},
		{func(c *Command) { c.ProcessConfig.ConsoleSize[1] = 80 }, "process_config.console_size", "or neither", ErrInvalid},
		{func(c *Command) { c.WorkingDir = "app" }, "working_dir", "absolute", ErrInvalid},
		{func(c *Command) { c.WorkingDir = "/a/../proc/self/fd/7" }, "working_dir", "below /proc", ErrInvalid},
		{func(c *Command) { c.WorkingDir, c.ProcessConfig.WorkingDir = "/a", "/a" }, "process_config.working_dir", "one of them", ErrInvalid},
		{func(c *Command) { c.StopSignal = "NOPE" }, "stop_signal", "no such signal", ErrInvalid},
		{func(c *Command) { c.StopGrace = new(-time.Second) }, "stop_grace", "0 to 24 hours", ErrInvalid},
	}
}

func long(n int) string { return strings.Repeat("a", n) }

func resources(r Resources) func(*Command) { return func(c *Command) { c.Resources = &r } }
func mounts(list ...Mount) func(*Command)  { return func(c *Command) { c.Mounts = list } }
func rules(d *Device) func(*Command)       { return func(c *Command) { c.AllowedDevices = []*Device{d} } }

func nodes(d *Device) func(*Command) { return func(c *Command) { c.AutoCreatedDevices = []*Device{d} } }

// fieldErrors takes a joined error apart.
func fieldErrors(err error) []*FieldError {
	var one *FieldError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*FieldError
		for _, e := range joined.Unwrap() {
			all = append(all, fieldErrors(e)...)
		}
		return all
	}
	if errors.As(err, &one) {
		return []*FieldError{one}
	}
	return nil
}

func TestAllMistakesAtOnce(t *testing.T) {
	err := Validate(&Command{Rootfs: "x", Resources: &Resources{Memory: 1, Pids: -2}, CgroupParent: ".."})
	var paths []string
	for _, e := range fieldErrors(err) {
		paths = append(paths, e.Path)
	}
	want := "[id rootfs resources.memory resources.pids cgroup_parent process_config.entrypoint]"
	if got := fmt.Sprint(paths); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if Code(err) != "invalid" {
		t.Errorf("got code %q", Code(err))
	}
}

func TestValidateProcess(t *testing.T) {
	if err := ValidateProcess(&ProcessConfig{Entrypoint: "sh", WorkingDir: "/app"}); err != nil {
		t.Error(err)
	}
	for path, pc := range map[string]*ProcessConfig{
		"process":             nil,
		"process.entrypoint":  {},
		"process.working_dir": {Entrypoint: "sh", WorkingDir: "app"},
		"process.env[1]":      {Entrypoint: "sh", Env: []string{"A"}},
		"process.user":        {Entrypoint: "sh", User: ":"},
	} {
		if found := fieldErrors(ValidateProcess(pc)); len(found) != 1 || found[0].Path != path {
			t.Errorf("got %v, want one error about %s", found, path)
		}
	}
	if found := fieldErrors(Validate(nil)); len(found) != 1 || found[0].Path != "command" {
		t.Errorf("no Command: %v", found)
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"a": true, "0": true, "a.b_c+d-e": true, strings.Repeat("x", 128): true,
		"": false, ".": false, "..": false, ".a": false, "_": false, "a b": false, "a\x00": false, "ä": false, strings.Repeat("x", 129): false,
	} {
		if ValidID(id) != want {
			t.Errorf("%q: got %v", id, !want)
		}
	}
}
