package spec

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

// v2 is a machine with the unified cgroup hierarchy, v1 one with the old ones.
func v2() Host {
	return Host{
		Arch: "amd64", Kernel: profile.Kernel{Major: 6, Minor: 1}, CPUs: 2, CgroupV2: true,
		Capabilities: []string{
			"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "NET_ADMIN",
			"NET_RAW", "SYS_CHROOT", "SYS_ADMIN", "SYS_TIME", "MKNOD", "AUDIT_WRITE", "SETFCAP", "BPF",
		},
		Devices: []specs.LinuxDevice{
			{Path: "/dev/kvm", Type: "c", Major: 10, Minor: 232, FileMode: new(os.FileMode(0o660)), GID: new(uint32(104))},
			{Path: "/dev/fuse", Type: "c", Major: 10, Minor: 229, FileMode: new(os.FileMode(0o666))},
		},
	}
}

func v1() Host {
	h := v2()
	h.CgroupV2 = false
	return h
}

// secured is a machine with both labelling systems, which no real kernel has.
func secured() Host {
	h := v2()
	h.AppArmor, h.SELinux = true, true
	return h
}

func place() Place {
	return Place{Rootfs: "/var/lib/execlua/web/rootfs", CgroupsPath: "/execlua/web"}
}

func web(change func(*driver.Command)) *driver.Command {
	c := &driver.Command{
		ID: "web", Rootfs: "/srv/web",
		ProcessConfig: driver.ProcessConfig{Entrypoint: "/bin/server", Arguments: []string{"-v"}},
	}
	if change != nil {
		change(c)
	}
	return c
}

type goldenCase struct {
	name    string
	host    Host
	place   func(*Place)
	command *driver.Command
}

// Each case is one golden file. The system call filter is the same in most and
// longer than all the rest: it is in seccomp.json and left out of the others.
var golden = []goldenCase{
	{name: "zero", host: v2(), command: web(nil)},
	{name: "zero-v1", host: v1(), command: web(nil)},
	{name: "privileged", host: v1(), command: web(func(c *driver.Command) {
		c.ProcessConfig.Privileged = true
		c.CapDrop = []string{"ALL"} // does not count
		c.AutoCreatedDevices = []*driver.Device{{Path: "/dev/fuse", Type: "c", Major: 10, Minor: 229, FileMode: new(uint32(0o600))}}
	})},
	{name: "privileged-readonly", host: secured(), command: web(func(c *driver.Command) {
		c.ProcessConfig.Privileged = true
		c.ReadonlyRootfs = true
	})},
	{name: "host-namespaces", host: v2(), command: web(func(c *driver.Command) {
		c.Network = &driver.Network{HostNetworking: true}
		c.Ipc = &driver.Ipc{HostIpc: true}
		c.Pid = &driver.Pid{HostPid: true}
		c.UTS = &driver.UTS{HostUTS: true}
	})},
	{name: "join", host: v2(), place: func(p *Place) {
		p.Namespaces = map[specs.LinuxNamespaceType]string{
			specs.NetworkNamespace: "/proc/4711/ns/net",
			specs.IPCNamespace:     "/proc/4712/ns/ipc",
		}
	}, command: web(func(c *driver.Command) {
		c.Network = &driver.Network{ContainerID: "proxy"}
		c.Ipc = &driver.Ipc{ContainerID: "cache"}
	})},
	{name: "join-path", host: v2(), command: web(func(c *driver.Command) {
		c.Network = &driver.Network{NamespacePath: "/run/netns/blue"}
	})},
	{name: "mounts", host: v2(), place: func(p *Place) {
		p.Mounts = []specs.Mount{
			{Destination: "/usr", Type: "overlay", Source: "overlay", Options: []string{"lowerdir=/usr:/skel", "ro"}},
			{Destination: "/etc/hosts", Type: "bind", Source: "/run/hosts", Options: []string{"bind", "ro"}},
		}
	}, command: web(func(c *driver.Command) {
		c.ReadonlyRootfs = true
		c.Mounts = []driver.Mount{
			{Source: "/srv/cache", Destination: "/data/cache", Writable: true},
			{Source: "/srv/data", Destination: "/data", Writable: true, Slave: true},
			{Source: "/srv/hosts", Destination: "/etc/./hosts"},
			{Source: "/srv/shm", Destination: "/dev/shm/", Writable: true, Private: true},
			{Type: "tmpfs", Destination: "/tmp", Writable: true, Size: 64 << 20},
			{Type: "tmpfs", Destination: "/opt/plugins", Exec: true, Mode: new(uint32(0o755))},
		}
	})},
	{name: "mount-shared", host: v2(), command: web(func(c *driver.Command) {
		c.Mounts = []driver.Mount{{Source: "/mnt", Destination: "/mnt", Writable: true, Propagation: "rshared"}}
	})},
	{name: "kernel", host: v2(), command: web(func(c *driver.Command) {
		c.Sysctls = map[string]string{"net.ipv4.ip_forward": "1"}
		c.OomScoreAdj = new(500)
		c.ProcessConfig.CapAdd, c.ProcessConfig.CapDrop = []string{"SYS_TIME"}, []string{"KILL"}
		c.ProcessConfig.NoNewPrivs = new(false)
	})},
	{name: "mount-on-dev", host: v2(), command: web(func(c *driver.Command) {
		c.Mounts = []driver.Mount{{Source: "/srv/dev", Destination: "/dev", Writable: true}}
	})},
	{name: "devices", host: v2(), command: web(func(c *driver.Command) {
		c.AllowedDevices = []*driver.Device{
			{Type: "c", Major: 1, Minor: 3, Permissions: "rw"},
			{Type: "b", Major: 8, Minor: -1},
			{Type: "a", Major: -1, Minor: -1, Permissions: "m"},
		}
		c.AutoCreatedDevices = []*driver.Device{
			{Path: "/dev/net/tun", Type: "c", Major: 10, Minor: 200, Permissions: "rw", FileMode: new(uint32(0o600)), UID: 1000, GID: 100},
			{Path: "/dev/fuse", Type: "c", Major: 10, Minor: 229},
		}
	})},
	{name: "no-devices", host: v2(), command: web(func(c *driver.Command) {
		c.AllowedDevices = []*driver.Device{}
	})},
	{name: "resources-v1", host: v1(), command: web(func(c *driver.Command) {
		c.Resources = &driver.Resources{
			Memory: 64 << 20, MemorySwap: 128 << 20, OomKillDisable: true, MemorySwappiness: new(int64(0)),
			CPUShares: 512, CPUPeriod: 50000, CPUQuota: 25000, CpusetCpus: "0-1", CpusetMems: "0",
			BlkioWeight: 300, Pids: 64,
		}
	})},
	{name: "resources-v2", host: v2(), command: web(func(c *driver.Command) {
		c.Resources = &driver.Resources{
			Memory: 64 << 20, MemoryReservation: 32 << 20, CPUs: 1.5, CPUBurst: 50000, CPUShares: 2048, CPUIdle: true, Pids: -1,
			IO:      []*driver.IOLimit{{Major: 8, Minor: 0, Weight: 200, ReadBps: 1 << 20, WriteBps: 2 << 20, ReadIops: 100, WriteIops: 200}},
			Hugetlb: []*driver.HugetlbLimit{{PageSize: "2MB", Limit: 4 << 20}},
			Unified: map[string]string{"memory.high": "max"},
			Rlimits: []*driver.Rlimit{
				{Type: "nofile", Soft: 1024, Hard: 4096},
				{Type: "RLIMIT_CORE", Soft: 0, Hard: driver.RlimitInfinity},
			},
		}
	})},
	{name: "user-env", host: v2(), place: func(p *Place) {
		p.User = specs.User{UID: 1000, GID: 100, AdditionalGids: []uint32{27, 44}}
		p.Env = []string{"PATH=/app/bin:/bin", "APP=image", "HOME=/app", "broken"}
	}, command: web(func(c *driver.Command) {
		c.WorkingDir = "/app"
		c.GroupAdd = []string{"sudo", "video"}
		c.Labels = map[string]string{"app": "web", "org.systemd.property.ExecStart": "'/bin/sh'"}
		c.ProcessConfig.User = "app"
		c.ProcessConfig.Tty = true
		c.ProcessConfig.ConsoleSize = [2]int{24, 80}
		c.ProcessConfig.Env = []string{"APP=first", "HOSTNAME=front", "EMPTY=", "APP=command"}
	})},
	{name: "userns", host: v2(), command: web(func(c *driver.Command) {
		c.UserNamespace = &driver.UserNamespace{
			UIDMappings: []driver.IDMapping{{HostID: 100000, Size: 1000}, {ContainerID: 65534, HostID: 101000, Size: 1}},
			GIDMappings: []driver.IDMapping{{HostID: 200000, Size: 4}}, // without the group of terminals
		}
		c.TimeNamespace = &driver.TimeNamespace{Monotonic: -5, Boottime: 3600}
	})},
	{name: "labels", host: secured(), command: web(func(c *driver.Command) {
		c.AppArmorProfile = "execlua-web"
		c.ProcessLabel = "system_u:system_r:container_t:s0:c1,c2"
		c.MountLabel = "system_u:object_r:container_file_t:s0:c1,c2"
	})},
	{name: "capabilities", host: v2(), command: web(func(c *driver.Command) {
		c.CapAdd = []string{"all"}
		c.CapDrop = []string{"CAP_SYS_ADMIN", "net_admin"}
	})},
}

func TestGolden(t *testing.T) {
	for _, row := range golden {
		t.Run(row.name, func(t *testing.T) {
			p := place()
			if row.place != nil {
				row.place(&p)
			}
			got, err := Build(row.command, row.host, p)
			if err != nil {
				t.Fatal(err)
			}
			if confined := got.Linux.Seccomp != nil; confined == row.command.ProcessConfig.Privileged {
				t.Errorf("filtered: %v, privileged: %v", confined, !confined)
			}
			got.Linux.Seccomp = nil
			compare(t, row.name, got)
		})
	}
}

func TestGoldenSeccomp(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the rules exist on Linux only")
	}
	got, err := Build(web(func(c *driver.Command) { c.CapAdd = []string{"SYS_ADMIN"} }), v2(), place())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "seccomp", got.Linux.Seccomp)
}

// compare holds v against testdata/<name>.json, or writes it with -update.
func compare(t *testing.T, name string, v any) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), buf.String()); diff != "" {
		t.Errorf("%s (-want +got; go test -update accepts it):\n%s", file, diff)
	}
}

// A golden file that no case writes any more says nothing about the mapping.
func TestGoldenFilesAreUsed(t *testing.T) {
	used := map[string]bool{"seccomp.json": true, "runc.json": true}
	for _, row := range golden {
		used[row.name+".json"] = true
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !used[f.Name()] {
			t.Errorf("testdata/%s belongs to no case", f.Name())
		}
	}
}

func TestBuildSharesNothingWithTheCommand(t *testing.T) {
	for _, row := range golden {
		h, p, c := row.host, place(), row.command.Clone()
		if row.place != nil {
			row.place(&p)
		}
		first, err := Build(c, h, p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range first.Process.Args {
			first.Process.Args[i] = "changed"
		}
		for i := range first.Process.Env {
			first.Process.Env[i] = "changed"
		}
		if diff := cmp.Diff(row.command, c); diff != "" {
			t.Errorf("%s: the spec shares memory with its Command:\n%s", row.name, diff)
		}
	}
}
