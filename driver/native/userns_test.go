//go:build linux && cgo

package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

// mapped are a thousand users from 100000 on.
func mapped() *driver.UserNamespace {
	return &driver.UserNamespace{UIDMappings: []driver.IDMapping{{ContainerID: 0, HostID: 100000, Size: 1001}, {ContainerID: 65534, HostID: 165534, Size: 1}}}
}

// needsUsers skips where the kernel has no user namespaces.
func needsUsers(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/ns/user"); err != nil {
		t.Skip("this kernel has no user namespaces")
	}
}

// needsClocks skips where the kernel has no time namespaces.
func needsClocks(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/ns/time"); err != nil {
		t.Skip("this kernel has no time namespaces")
	}
}

// ownedRootfs is a root directory of its own, whose files are the mapped root's.
func ownedRootfs(t *testing.T) string {
	t.Helper()
	dir := openDir(t)
	root := filepath.Join(dir, "root")
	if out, err := osexec.Command("sh", "-c", `cp -a "$1" "$2" && chown -R 100000:100000 "$2"`, "sh", testenv.Rootfs(t), root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return root
}

// openDir is a temporary directory that every user can come to.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o711), os.Chmod(filepath.Dir(dir), 0o711)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func owner(t *testing.T, path string) string {
	t.Helper()
	stat, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := stat.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%d:%d", s.Uid, s.Gid)
}

const idMap = "         0     100000       1001\n     65534     165534          1"

func TestUserNamespace(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	data := openDir(t)
	if err := os.Chown(data, 100000, 100000); err != nil {
		t.Fatal(err)
	}
	c := shell(t, "")
	c.Rootfs = ownedRootfs(t)
	c.UserNamespace = mapped()
	c.Mounts = []driver.Mount{
		{Source: data, Destination: "/data", Writable: true},
		{Source: data, Destination: "/read"},
		{Type: "tmpfs", Destination: "/scratch", Writable: true, Mode: new(uint32(0o700))},
	}
	p := sleeper(t, d, c)
	for _, row := range []struct{ what, script, want string }{
		{"map of users", "cat /proc/self/uid_map", idMap},
		{"map of groups", "cat /proc/self/gid_map", idMap},
		{"the user", "id -u; id -g", "0\n0"},
		{"the root", "stat -c %u:%g / /bin/busybox /scratch", "0:0\n0:0\n0:0"},
		{"the root can be written", "touch /made && stat -c %u:%g /made", "0:0"},
		{"a bind mount", "echo hello > /data/file; chown 1000:1000 /data/file; cat /read/file", "hello"},
		{"a read-only bind mount", "touch /read/x 2>&1; true", "touch: /read/x: Read-only file system"},
		{"a tmpfs", "touch /scratch/x && stat -c %u:%g /scratch/x", "0:0"},
		{"the devices", "head -c 3 /dev/zero | wc -c; echo gone > /dev/null; stat -c %t:%T /dev/null", "3\n1:3"},
		{"standard output, opened again", "echo again > /dev/stdout", "again"},
		{"the cgroup is its own", "grep -c -v ':/$' /proc/self/cgroup; true", "0"},
		{"loopback", "ip -o link show lo | grep -c UP", "1"},
		{"the hostname", "hostname", c.ID},
		{"what root may not", "mknod /dev/sda b 8 0 2>&1; true", "mknod: /dev/sda: Operation not permitted"},
	} {
		if got := exec(t, d, c, process(row.script)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
	if got := owner(t, filepath.Join(data, "file")); got != "101000:101000" {
		t.Errorf("on the host the file of user 1000 is %s", got)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil || statusField(string(status), "Uid") != "100000\t100000\t100000\t100000" {
		t.Errorf("on the host the process is of user %q, %v", statusField(string(status), "Uid"), err)
	}
}

// Another user than root, with a pipe, a terminal and supplementary groups.
func TestUserNamespaceUser(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	const look = "id -u; id -g; id -G; echo again > /dev/stdout"
	for _, row := range []struct {
		name string
		tty  bool
		user string
		want string
	}{
		{"root", false, "", "0\n0\n0 7 10\nagain"},
		{"by name", false, "app", "1000\n1000\n1000 7 50\nagain"},
		{"by number", false, "12:34", "12\n34\n34 7\nagain"},
		{"on a terminal", true, "app", "1000\n1000\n1000 7 50\nagain"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, look)
			c.UserNamespace = mapped()
			c.GroupAdd = []string{"7"}
			c.ProcessConfig.User, c.ProcessConfig.Tty = row.user, row.tty
			got := strings.ReplaceAll(run(t, d, c), "\r", "")
			if got != row.want {
				t.Errorf("the init: got %q, want %q", got, row.want)
			}
			c = shell(t, "")
			c.UserNamespace = mapped()
			c.GroupAdd = []string{"7"}
			sleeper(t, d, c)
			p := process(look)
			p.User, p.Tty = row.user, row.tty
			if got := strings.ReplaceAll(exec(t, d, c, p), "\r", ""); got != row.want {
				t.Errorf("an exec: got %q, want %q", got, row.want)
			}
		})
	}
}

func TestUserNamespaceTerminal(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	c := shell(t, `stat -c %u "$(tty)"; stty size; echo ready > /dev/tty`)
	c.UserNamespace = mapped()
	c.ProcessConfig.Tty, c.ProcessConfig.ConsoleSize = true, [2]int{24, 80}
	if got := strings.ReplaceAll(run(t, d, c), "\r", ""); got != "0\n24 80\nready" {
		t.Errorf("got %q", got)
	}
}

// The machine's own programs: the overlays are mounted by the mapped root.
func TestUserNamespaceImageHost(t *testing.T) {
	needsUsers(t)
	testenv.Root(t)
	scratch := filepath.Join(openDir(t), "scratch")
	root := t.TempDir()
	d, err := New(Options{Root: root, Scratch: scratch})
	if err != nil {
		t.Fatal(err)
	}
	c := &driver.Command{ID: "userns-host", Image: "host", UserNamespace: mapped()}
	c.ProcessConfig = driver.ProcessConfig{Entrypoint: "/bin/sh", Arguments: []string{"-c", `
		stat -c %u:%g / /etc/passwd /tmp /usr
		touch /usr/new /etc/new /root/new && stat -c %u:%g /usr/new
		stat -c %u /usr/bin/env
		cat /proc/self/uid_map`}}
	want := "0:0\n0:0\n0:0\n0:0\n0:0\n65534\n" + idMap
	if got := run(t, d, c); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	wantEmpty(t, root)
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch directory: %v, %v", left, err)
	}
}

// Every verb reaches into a user namespace.
func TestUserNamespaceVerbs(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	c := shell(t, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
	c.UserNamespace = mapped()
	c.Seccomp = &driver.Seccomp{Unconfined: true} // for the mount below
	var hooked int
	var out bytes.Buffer
	p, err := d.Start(t.Context(), c, &driver.Pipes{Stdout: &out}, driver.Hooks{PreStart: []driver.DriverCallback{
		func(_ context.Context, _ *driver.ProcessConfig, pid int, _ *driver.HookInfo) error {
			hooked = pid
			return nil
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Terminate(context.Background(), c) }) // not found when all went well
	if hooked != p.Pid() {
		t.Errorf("the hook saw pid %d, want %d", hooked, p.Pid())
	}
	if _, err := d.Stats(t.Context(), c.ID); err != nil {
		t.Error(err)
	}
	if pids, err := d.GetPidsForContainer(t.Context(), c.ID); err != nil || len(pids) == 0 {
		t.Errorf("pids: %v, %v", pids, err)
	}
	if err := d.Update(t.Context(), c, &driver.Resources{Pids: 50}); err != nil {
		t.Error(err)
	}
	if err := errors.Join(d.Pause(t.Context(), c), d.Unpause(t.Context(), c)); err != nil {
		t.Error(err)
	}
	if found, err := d.Find(t.Context(), driver.Filter{ID: c.ID}); err != nil || len(found) != 1 {
		t.Errorf("find: %v, %v", found, err)
	}
	exec(t, d, c, &driver.ProcessConfig{Privileged: true, Entrypoint: "/bin/mount", Arguments: []string{"-t", "tmpfs", "none", "/tmp"}})
	if status, err := d.Stop(t.Context(), c, driver.StopOptions{}); err != nil || status.ExitCode != 7 {
		t.Errorf("stop: %+v, %v", status, err)
	}
}

// A container with ids of its own can be joined by one without.
func TestUserNamespaceIsJoined(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	first := shell(t, "")
	first.UserNamespace = mapped()
	p := sleeper(t, d, first)
	exec(t, d, first, process("echo shared > /dev/shm/note"))
	c := shell(t, "readlink /proc/self/ns/net; cat /dev/shm/note; stat -c %u /dev/shm/note")
	c.Network, c.Ipc = &driver.Network{ContainerID: first.ID}, &driver.Ipc{ContainerID: first.ID}
	if got, want := run(t, d, c), namespaceOf(t, p.Pid(), "net")+"\nshared\n100000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What the machine says no to is refused before anything exists.
func TestUserNamespaceRefused(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	closed := t.TempDir() // as the directory above it, for its owner only
	root := filepath.Join(closed, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		path, reason string
		spoil        func(c *driver.Command)
	}{
		{"rootfs", filepath.Dir(closed), func(c *driver.Command) { c.Rootfs = root }},
		{"image", "may not search", func(c *driver.Command) { c.Image, c.Rootfs = "host", "" }},
		{"process_config.user", "uid, 1000", func(c *driver.Command) {
			c.ProcessConfig.User = "app"
			c.UserNamespace.UIDMappings = c.UserNamespace.UIDMappings[1:]
			c.UserNamespace.UIDMappings = append(c.UserNamespace.UIDMappings, driver.IDMapping{HostID: 100000, Size: 1000})
		}},
		{"process_config.user", "50, a group of it", func(c *driver.Command) {
			c.ProcessConfig.User = "app"
			c.UserNamespace.GIDMappings = []driver.IDMapping{{HostID: 100000, Size: 50}, {ContainerID: 1000, HostID: 101000, Size: 1}}
		}},
		{"autocreated_devices[1].path", "own node", func(c *driver.Command) {
			c.AutoCreatedDevices = []*driver.Device{{Path: "/dev/null", Type: "c", Major: 1, Minor: 5}}
		}},
	} {
		t.Run(row.path+" "+row.reason, func(t *testing.T) {
			c := shell(t, "true")
			c.UserNamespace = mapped()
			row.spoil(c)
			got := try(d, c, driver.Hooks{})
			var field *driver.FieldError
			if !errors.As(got.err, &field) || field.Path != row.path || !strings.Contains(field.Reason, row.reason) {
				t.Errorf("got %v, want %s: %s", got.err, row.path, row.reason)
			}
		})
	}
}

func TestUserNamespaceDevice(t *testing.T) {
	needsUsers(t)
	d := newEngine(t)
	c := shell(t, "stat -c %t:%T /dev/kmsg; stat -c %u /dev/kmsg")
	c.UserNamespace = mapped()
	c.AutoCreatedDevices = []*driver.Device{{Path: "/dev/kmsg", Type: "c", Major: 1, Minor: 11}}
	if got := run(t, d, c); got != "1:b\n65534" {
		t.Errorf("got %q", got)
	}
}

func TestTimeNamespace(t *testing.T) {
	needsUsers(t)
	needsClocks(t)
	d := newEngine(t)
	const day = 86400
	for _, users := range []*driver.UserNamespace{nil, mapped()} {
		c := shell(t, "")
		c.UserNamespace, c.TimeNamespace = users, &driver.TimeNamespace{Boottime: 1000 * day, Monotonic: -1}
		sleeper(t, d, c)
		for _, row := range []struct{ what, script, want string }{
			{"the offsets", "cat /proc/1/timens_offsets | tr -s ' '", "monotonic -1 0\nboottime 86400000 0"},
			{"the uptime", "awk '{ print (int($1 / 86400) >= 1000) }' /proc/uptime", "1"},
			{"an exec is in it", "[ $(readlink /proc/self/ns/time) = $(readlink /proc/1/ns/time) ] && echo yes", "yes"},
		} {
			if got := exec(t, d, c, process(row.script)); got != row.want {
				t.Errorf("%s: got %q, want %q", row.what, got, row.want)
			}
		}
	}
	for _, offset := range []int64{-1 << 32, latestClock} {
		c := shell(t, "true")
		c.TimeNamespace = &driver.TimeNamespace{Boottime: offset}
		var field *driver.FieldError
		if got := try(d, c, driver.Hooks{}); !errors.As(got.err, &field) || field.Path != "time_namespace.boottime" {
			t.Errorf("a clock that is moved by %d: %v", offset, got.err)
		}
	}
}
