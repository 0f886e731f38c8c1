//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// namespaceOf is the identity of a process's namespace, see namespaces(7).
func namespaceOf(t *testing.T, pid any, kind string) string {
	t.Helper()
	id, err := os.Readlink(fmt.Sprintf("/proc/%v/ns/%s", pid, kind))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The kinds of namespace that each Command shares with the host; it has all others to itself.
func TestNamespaces(t *testing.T) {
	d := newEngine(t)
	for _, row := range []struct {
		name   string
		share  func(c *driver.Command)
		shared string
	}{
		{"the zero Command", func(*driver.Command) {}, ""},
		{"network", func(c *driver.Command) { c.Network = &driver.Network{HostNetworking: true} }, "net"},
		{"ipc", func(c *driver.Command) { c.Ipc = &driver.Ipc{HostIpc: true} }, "ipc"},
		{"pid", func(c *driver.Command) { c.Pid = &driver.Pid{HostPid: true} }, "pid"},
		{"uts", func(c *driver.Command) { c.UTS = &driver.UTS{HostUTS: true} }, "uts"},
		{"privileged shares none", func(c *driver.Command) { c.ProcessConfig.Privileged = true }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, "")
			row.share(c)
			p := sleeper(t, d, c)
			for _, kind := range []string{"mnt", "cgroup", "net", "ipc", "pid", "uts"} {
				shared := namespaceOf(t, p.Pid(), kind) == namespaceOf(t, "self", kind)
				if shared != (kind == row.shared) {
					t.Errorf("shares %s with the host: %v", kind, shared)
				}
			}
			code, err := d.Exec(t.Context(), c, process("true"), nil, driver.Hooks{})
			if err != nil || code != 0 {
				t.Errorf("exec: %d, %v", code, err)
			}
		})
	}
}

func TestJoinAnotherContainer(t *testing.T) {
	d := newEngine(t)
	first := shell(t, "")
	p := sleeper(t, d, first)
	exec(t, d, first, process("echo shared > /dev/shm/note"))

	net := shell(t, "readlink /proc/self/ns/net")
	net.Network = &driver.Network{ContainerID: first.ID}
	if got := run(t, d, net); got != namespaceOf(t, p.Pid(), "net") {
		t.Errorf("network: got %s", got)
	}
	ipc := shell(t, "readlink /proc/self/ns/ipc; cat /dev/shm/note")
	ipc.Ipc = &driver.Ipc{ContainerID: first.ID}
	if got := run(t, d, ipc); got != namespaceOf(t, p.Pid(), "ipc")+"\nshared" {
		t.Errorf("ipc: got %q", got)
	}
}

// A namespace file, as `ip netns add` makes them: a mount of one that no process has to live in.
func TestNetworkNamespacePath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ns")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := newEngine(t)
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			err = unix.Mount("/proc/thread-self/ns/net", path, "", unix.MS_BIND, "")
		}
		made <- err
	}()
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	c := shell(t, "readlink /proc/self/ns/net")
	c.Network = &driver.Network{NamespacePath: path}
	if got, want := run(t, d, c), fmt.Sprintf("net:[%d]", stat.Ino); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Without a pid namespace of its own nobody but the engine ends what the init left running.
func TestHostPidEndsDaemons(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "busybox setsid sleep 1000 < /dev/null > /dev/null 2>&1 & echo $!")
	c.Pid = &driver.Pid{HostPid: true}
	var pid int
	if _, err := fmt.Sscan(run(t, d, c), &pid); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the daemon is dead", func() bool { return dead(pid) })
}

func TestMounts(t *testing.T) {
	if !lookAtMachine().Kernel.AtLeast(5, 12) {
		t.Skip("read-only mounts need Linux 5.12")
	}
	d := newEngine(t)
	source := t.TempDir()
	mountTmpfs(t, filepath.Join(source, "below"))
	c := shell(t, "touch /mnt/a /mnt/below/a; echo written: $?")
	c.Mounts = []driver.Mount{{Source: source, Destination: "/mnt"}}
	got := try(d, c, driver.Hooks{})
	if got.err != nil || strings.Count(got.out, "Read-only file system") != 2 {
		t.Errorf("read-only, and so below: %+v", got)
	}
	c = shell(t, "echo from inside > /mnt/below/b")
	c.Mounts = []driver.Mount{{Source: source, Destination: "/mnt", Writable: true}}
	run(t, d, c)
	if data, err := os.ReadFile(filepath.Join(source, "below/b")); err != nil || string(data) != "from inside\n" {
		t.Errorf("writable: %q, %v", data, err)
	}
}

// mountTmpfs makes a directory and mounts a tmpfs on it until the test ends.
func mountTmpfs(t *testing.T, dir string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(dir, 0o755), unix.Mount("tmpfs", dir, "tmpfs", 0, "")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// What the host mounts later appears in a slave mount, and in no other.
func TestMountPropagation(t *testing.T) {
	d := newEngine(t)
	source := t.TempDir()
	mountTmpfs(t, source)
	// A slave needs a master that shares: the directory becomes one.
	if err := unix.Mount("", source, "", unix.MS_SHARED, ""); err != nil {
		t.Fatal(err)
	}
	private, slave := shell(t, ""), shell(t, "")
	private.Mounts = []driver.Mount{{Source: source, Destination: "/mnt", Writable: true}}
	slave.Mounts = []driver.Mount{{Source: source, Destination: "/mnt", Writable: true, Slave: true}}
	sleeper(t, d, private)
	sleeper(t, d, slave)
	mountTmpfs(t, filepath.Join(source, "later"))
	for c, want := range map[*driver.Command]bool{private: false, slave: true} {
		code, err := d.Exec(t.Context(), c, process("grep -q ' /mnt/later ' /proc/self/mounts"), nil, driver.Hooks{})
		if err != nil || (code == 0) != want {
			t.Errorf("%+v: the later mount shows: %v, %v", c.Mounts[0], code == 0, err)
		}
	}
}
