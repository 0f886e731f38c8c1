//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

// Every row makes an innocent Command hostile. It is refused with the name of the
// field, before a process exists, and nothing is left.
func TestHostileCommands(t *testing.T) {
	d := newEngine(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	link := filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(testenv.Rootfs(t), link)); err != nil {
		t.Fatal(err)
	}
	for _, row := range hostileCommands(dir, file, link) {
		t.Run(row.field+" "+row.name, func(t *testing.T) {
			c := shell(t, "true")
			row.spoil(c)
			if r := c.Resources; r != nil && r.CpusetCpus+r.CpusetMems != "" && !d.machine.hasController("cpuset") {
				t.Skip("this machine has no cpuset controller")
			}
			created := false
			got := try(d, c, driver.Hooks{PreStart: []driver.DriverCallback{
				func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { created = true; return nil },
			}})
			var field *driver.FieldError
			if !errors.As(got.err, &field) || field.Path != row.field || driver.Code(got.err) != row.code {
				t.Errorf("got %v (%s), want %s about %s", got.err, driver.Code(got.err), row.code, row.field)
			}
			if created || got.ExitCode != -1 {
				t.Errorf("a process existed: %v, exit code %d", created, got.ExitCode)
			}
			wantEmpty(t, d.root)
			if _, err := os.Stat(filepath.Join("/sys/fs/cgroup/pids", defaultCgroupParent(d.root))); err == nil {
				t.Error("a cgroup is left")
			}
		})
	}
}

type hostile struct {
	field, code, name string
	spoil             func(c *driver.Command)
}

// hostileCommands takes a directory, a file, and a symlink to a directory.
func hostileCommands(dir, file, link string) []hostile {
	return []hostile{
		{"id", "invalid", "empty", func(c *driver.Command) { c.ID = "" }},
		{"id", "invalid", "dot", func(c *driver.Command) { c.ID = "." }},
		{"id", "invalid", "parent", func(c *driver.Command) { c.ID = ".." }},
		{"id", "invalid", "path", func(c *driver.Command) { c.ID = "../../tmp/x" }},
		{"id", "invalid", "NUL", func(c *driver.Command) { c.ID = "a\x00b" }},
		{"id", "invalid", "newline", func(c *driver.Command) { c.ID = "a\nb" }},
		{"id", "invalid", "not ASCII", func(c *driver.Command) { c.ID = "é" }},
		{"id", "invalid", "300 characters", func(c *driver.Command) { c.ID = strings.Repeat("a", 300) }},

		{"rootfs", "not_found", "missing", func(c *driver.Command) { c.Rootfs = "/nonexistent" }},
		{"rootfs", "invalid", "relative", func(c *driver.Command) { c.Rootfs = "rootfs" }},
		{"rootfs", "invalid", "a symlink", func(c *driver.Command) { c.Rootfs = link }},
		{"rootfs", "invalid", "a file", func(c *driver.Command) { c.Rootfs = file }},
		{"rootfs", "invalid", "the machine's", func(c *driver.Command) { c.Rootfs = "/" }},
		{"rootfs", "invalid", "the machine's in disguise", func(c *driver.Command) { c.Rootfs = "/proc/self/root" }},
		{"rootfs", "invalid", "NUL", func(c *driver.Command) { c.Rootfs = "/tmp\x00" }},

		{"mounts[1].destination", "invalid", "relative", mount(dir, "mnt")},
		{"mounts[1].destination", "invalid", "out of the root", mount(dir, "/../../etc")},
		{"mounts[1].destination", "invalid", "the root", mount(dir, "/")},
		{"mounts[1].destination", "invalid", "below /proc", mount(dir, "/proc/self")},
		{"mounts[1].source", "not_found", "missing", mount("/nonexistent", "/mnt")},
		{"mounts[1].source", "invalid", "relative", mount("etc", "/mnt")},
		{"mounts[1].source", "invalid", "NUL", mount("/etc\x00", "/mnt")},
		{"mounts", "invalid", "a thousand", func(c *driver.Command) { c.Mounts = make([]driver.Mount, 1000) }},

		{"cgroup_parent", "invalid", "out of the hierarchy", func(c *driver.Command) { c.CgroupParent = "../../.." }},
		{"cgroup_parent", "invalid", "the root of it", func(c *driver.Command) { c.CgroupParent = "/" }},

		{"resources.memory", "invalid", "negative", limit(driver.Resources{Memory: -5})},
		{"resources.memory", "invalid", "one byte", limit(driver.Resources{Memory: 1})},
		{"resources.memory_swap", "invalid", "below memory", limit(driver.Resources{Memory: 1 << 26, MemorySwap: 1 << 25})},
		{"resources.memory_swappiness", "invalid", "101", limit(driver.Resources{MemorySwappiness: new(int64(101))})},
		{"resources.cpu_quota", "invalid", "one", limit(driver.Resources{CPUQuota: 1})},
		{"resources.cpus", "invalid", "negative", limit(driver.Resources{CPUs: -1})},
		{"resources.cpuset_cpus", "invalid", "no list", limit(driver.Resources{CpusetCpus: "bogus"})},
		{"resources.cpuset_cpus", "invalid", "not on this machine", limit(driver.Resources{CpusetCpus: "0,999"})},
		{"resources.cpuset_mems", "invalid", "not on this machine", limit(driver.Resources{CpusetMems: "999"})},
		{"resources.pids", "invalid", "negative", limit(driver.Resources{Pids: -5})},
		{"resources.rlimits[1].soft", "invalid", "above the hard one", limit(driver.Resources{Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 2, Hard: 1}}})},

		{"autocreated_devices[1].type", "invalid", "no such", device(driver.Device{Path: "/dev/x", Type: "z"})},
		{"autocreated_devices[1].path", "invalid", "out of /dev", device(driver.Device{Path: "/dev/../../x", Type: "c"})},
		{"cap_add[1]", "invalid", "no such", func(c *driver.Command) { c.CapAdd = []string{"SYS_GOD"} }},
		{"hostname", "invalid", "300 characters", func(c *driver.Command) { c.Hostname = strings.Repeat("a", 300) }},
		{"hostname", "invalid", "NUL", func(c *driver.Command) { c.Hostname = "a\x00" }},

		{"process_config.entrypoint", "invalid", "no program", func(c *driver.Command) { c.ProcessConfig = driver.ProcessConfig{} }},
		{"process_config.arguments[1]", "invalid", "NUL", arguments("a\x00")},
		{"process_config.arguments[1]", "invalid", "one of 200 kB", arguments(strings.Repeat("a", 200_000))},
		{"process_config.arguments", "invalid", "3 MB", arguments(strings.Split(strings.Repeat("aaaaaaaaaaaaaaa ", 200_000), " ")...)},
		{"process_config.env[1]", "invalid", "no =", func(c *driver.Command) { c.ProcessConfig.Env = []string{"A"} }},
		{"process_config.env[1]", "invalid", "NUL", func(c *driver.Command) { c.ProcessConfig.Env = []string{"A=\x00"} }},
		{"process_config.user", "invalid", "unknown", asUser("nobody-here")},
		{"process_config.user", "invalid", "-1", asUser("-1")},
		{"process_config.user", "invalid", "2^32", asUser("4294967296")},
		{"group_add", "invalid", "unknown", func(c *driver.Command) { c.GroupAdd = []string{"no-such-group"} }},
		{"working_dir", "not_found", "missing", func(c *driver.Command) { c.WorkingDir = "/nonexistent" }},
		{"working_dir", "invalid", "relative", func(c *driver.Command) { c.WorkingDir = "tmp" }},
		{"working_dir", "invalid", "a descriptor of ours", func(c *driver.Command) { c.WorkingDir = "/proc/self/fd/7" }},

		{"network.container_id", "not_running", "nobody", func(c *driver.Command) { c.Network = &driver.Network{ContainerID: "nobody"} }},
		{"network.namespace_path", "not_found", "missing", func(c *driver.Command) { c.Network = &driver.Network{NamespacePath: "/nonexistent"} }},
		{"network.namespace_path", "invalid", "a file", func(c *driver.Command) { c.Network = &driver.Network{NamespacePath: file} }},
		{"network.namespace_path", "invalid", "another kind", func(c *driver.Command) { c.Network = &driver.Network{NamespacePath: "/proc/self/ns/mnt"} }},
		{"ipc.container_id", "not_running", "nobody", func(c *driver.Command) { c.Ipc = &driver.Ipc{ContainerID: "nobody"} }},
		{"process_config.console_size", "invalid", "half a size", func(c *driver.Command) { c.ProcessConfig.ConsoleSize = [2]int{24, 0} }},
	}
}

func mount(source, destination string) func(*driver.Command) {
	return func(c *driver.Command) {
		c.Mounts = []driver.Mount{{Source: source, Destination: destination}}
	}
}

func limit(r driver.Resources) func(*driver.Command) {
	return func(c *driver.Command) { c.Resources = &r }
}

func device(dev driver.Device) func(*driver.Command) {
	return func(c *driver.Command) { c.AutoCreatedDevices = []*driver.Device{&dev} }
}

func arguments(args ...string) func(*driver.Command) {
	return func(c *driver.Command) { c.ProcessConfig.Arguments = args }
}

func asUser(name string) func(*driver.Command) {
	return func(c *driver.Command) { c.ProcessConfig.User = name }
}

// Programs that cannot be executed are found out inside the container.
func TestProgramsThatCannotRun(t *testing.T) {
	d := newEngine(t)
	for program, code := range map[string]string{
		"nonexistent":      "not_found",
		"/bin/nonexistent": "not_found",
		"/etc/passwd":      "denied",
		"/etc":             "denied",
	} {
		got := try(d, command(t, program), driver.Hooks{})
		if driver.Code(got.err) != code || got.ExitCode != -1 || got.out != "" {
			t.Errorf("%s: got %+v, want %s", program, got, code)
		}
		if !strings.Contains(got.err.Error(), program) {
			t.Errorf("the error does not name %s: %v", program, got.err)
		}
	}
}

// A root whose own directories are symlinks to the host's: nothing of the host is
// read, written or mounted over.
func TestHostileRoot(t *testing.T) {
	d := newEngine(t)
	outside := t.TempDir()
	for name, text := range map[string]string{"passwd": "root:x:4711:4711::/:/bin/sh\n", "hosts": "sentinel\n"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := tree(t, outside)
	for _, row := range []struct{ name, link string }{
		{"proc", "proc"}, {"sys", "sys"}, {"dev", "dev"}, {"etc", "etc"}, {"mount destination", "mnt"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, "id -u; echo inside > /etc/hosts; echo inside > /dev/hosts; echo inside > /mnt/hosts")
			c.Rootfs = bareRoot(t)
			if err := errors.Join(os.RemoveAll(filepath.Join(c.Rootfs, row.link)), os.Symlink(outside, filepath.Join(c.Rootfs, row.link))); err != nil {
				t.Fatal(err)
			}
			c.Mounts = []driver.Mount{{Source: t.TempDir(), Destination: "/mnt", Writable: true}}
			got := try(d, c, driver.Hooks{}) // whether it starts at all is not the point
			if strings.Contains(got.out, "4711") {
				t.Error("the user was looked up outside of the root")
			}
			if after := tree(t, outside); !maps.Equal(before, after) {
				t.Errorf("outside of the root there was %q, now there is %q", before, after)
			}
		})
	}
}

// bareRoot is a root with busybox and empty directories.
func bareRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"bin", "dev", "etc", "mnt", "proc", "sys"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"busybox", "sh", "id", "sleep"} {
		if err := os.Link(filepath.Join(testenv.Rootfs(t), "bin/busybox"), filepath.Join(root, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// tree is what a directory holds, by name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			found[path] = "dir"
			return err
		}
		data, err := os.ReadFile(path)
		found[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is harmless, though it looks odd, works: a fifo as a mount must not hang
// whoever opens it, and a file of users that is a fifo reads as empty.
func TestFifos(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "test -p /mnt/fifo")
	c.Rootfs = bareRoot(t)
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), unix.Mkfifo(filepath.Join(c.Rootfs, "etc/passwd"), 0o600)); err != nil {
		t.Fatal(err)
	}
	c.Mounts = []driver.Mount{{Source: fifo, Destination: "/mnt/fifo"}}
	run(t, d, c)
}

// A cgroup that somebody else lives in is not shared: its end would be theirs.
func TestCgroupInUse(t *testing.T) {
	t.Setenv(cgroupDriver, CgroupfsDriver) // units of two state directories have different names
	d, other := newEngine(t), newEngine(t)
	parent := defaultCgroupParent(d.root) + "/mine"
	c := shell(t, "true")
	c.CgroupParent = parent
	first := c.Clone()
	t.Cleanup(func() { // a parent that a Command names is the caller's
		for _, hierarchy := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/*"} {
			dirs, _ := filepath.Glob(filepath.Join(hierarchy, parent))
			for _, dir := range dirs {
				_ = errors.Join(os.Remove(dir), os.Remove(filepath.Dir(dir)))
			}
		}
	})
	p := sleeper(t, other, first)
	got := try(d, c, driver.Hooks{})
	var field *driver.FieldError
	if !errors.As(got.err, &field) || field.Path != "cgroup_parent" || driver.Code(got.err) != "busy" {
		t.Errorf("got %v, want busy about cgroup_parent", got.err)
	}
	if dead(p.Pid()) {
		t.Error("the other container is dead")
	}
}
