//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/internal/testenv"
)

// TestRootless runs the tests of an ordinary user's containers as one: with the
// subordinate ids that a machine may have given to the user, and without. On a
// machine of tests with such a user (test/vm) they run without it.
func TestRootless(t *testing.T) {
	testenv.Root(t)
	needsUsers(t)
	if testing.Short() {
		t.Skip("the suites run as an ordinary user of the machine there")
	}
	tests := "^TestOrdinary|^TestHostKilled$|^TestConformance$/^(run|start)$"
	for _, row := range []struct {
		name, subordinate string
	}{
		{"one id", ""},
		{"subordinate ids", "ordinary:600000:65536\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := osexec.LookPath("newuidmap"); err != nil && row.subordinate != "" {
				t.Skip("newuidmap is not installed (Debian: uidmap)")
			}
			asOrdinary(t, row.subordinate, tests)
		})
	}
}

// ordinaryUser is nobody's number.
const ordinaryUser = 31234

// becoming is the environment variable that has this program become the ordinary
// user; it names a directory with what that user's machine has in /etc.
const becoming = "EXECLUA_TEST_BECOMING"

func asOrdinary(t *testing.T, subordinate, tests string) {
	t.Helper()
	home := openDir(t)
	etc := t.TempDir()
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"passwd": string(passwd) + fmt.Sprintf("ordinary:x:%d:%[1]d::%s:/bin/sh\n", ordinaryUser, home),
		"subuid": subordinate, "subgid": subordinate,
	} {
		if err := os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(home, ordinaryUser, ordinaryUser); err != nil {
		t.Fatal(err)
	}
	inside := osexec.Command("/proc/self/exe", "-test.v", "-test.run", tests)
	if testing.Short() {
		inside.Args = append(inside.Args, "-test.short")
	}
	inside.Dir = "/"
	inside.Env = append(os.Environ(), becoming+"="+etc, testenv.Rootless+"=1", testenv.RequireRoot+"=",
		drivertest.ReportTo+"=", "HOME="+home, "TMPDIR="+home, "XDG_RUNTIME_DIR=", "XDG_DATA_HOME=", "DBUS_SESSION_BUS_ADDRESS=")
	inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := inside.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestOrdinaryUser ") {
		t.Errorf("%v:\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "--- SKIP") || strings.Contains(line, "_test.go:") { // with the reason
			t.Log(strings.TrimSpace(line))
		}
	}
}

// becomeOrdinary goes on as the ordinary user, in a mount namespace with its files.
func becomeOrdinary(etc string) {
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	for _, name := range []string{"passwd", "subuid", "subgid"} {
		if _, missing := os.Stat("/etc/" + name); missing == nil {
			err = errors.Join(err, unix.Mount(filepath.Join(etc, name), "/etc/"+name, "", unix.MS_BIND, ""))
		}
	}
	err = errors.Join(err, os.Unsetenv(becoming), unix.Setgroups([]int{31235}),
		unix.Setresgid(ordinaryUser, ordinaryUser, ordinaryUser), unix.Setresuid(ordinaryUser, ordinaryUser, ordinaryUser))
	if err == nil {
		err = unix.Exec("/proc/self/exe", os.Args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "become an ordinary user:", err)
	os.Exit(1)
}

// newOrdinaryEngine is an engine of an ordinary user.
func newOrdinaryEngine(t *testing.T) *Driver {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("is for an ordinary user: TestRootless runs it as one")
	}
	return newEngineHere(t)
}

func TestOrdinaryUser(t *testing.T) {
	d := newOrdinaryEngine(t)
	own := d.rootless
	users := fmt.Sprintf("0 %d 1", own.uid)
	for _, m := range own.mapping().UIDMappings[1:] {
		users += fmt.Sprintf("\n%d %d %d", m.ContainerID, m.HostID, m.Size)
	}
	groups := ""
	if own.lacking != "" && len(mustGroups(t)) > 0 {
		groups = "65534" // the kernel keeps them, as nobody's
	}
	c := shell(t, "")
	sleeper(t, d, c)
	wantConfined(t, "the init", exec(t, d, c, process("cat /proc/1/status")))
	wantConfined(t, "an exec", exec(t, d, c, process("cat /proc/self/status")))
	for _, row := range []struct{ what, script, want string }{
		{"the user", "id -u; id -g", "0\n0"},
		{"the map of users", "awk '{ print $1, $2, $3 }' /proc/self/uid_map", users},
		{"groups", "grep Groups /proc/self/status | cut -f 2 | tr -d ' '", groups},
		{"groups of the init", "grep Groups /proc/1/status | cut -f 2 | tr -d ' '", groups},
		{"the root can be written", "touch /made && stat -c %u:%g /made && rm /made", "0:0"},
		{"the devices", "head -c 3 /dev/zero | wc -c; echo gone > /dev/null; stat -c %t:%T /dev/null", "3\n1:3"},
		{"standard output, opened again", "echo again > /dev/stdout", "again"},
		{"loopback", "ip -o link show lo | grep -c UP", "1"},
		{"the hostname", "hostname", c.ID},
		{"a sysctl of its network", "cat /proc/sys/net/ipv4/ip_forward", "0"},
		{"cgroups are not its own to make", "mkdir /sys/fs/cgroup/x 2>/dev/null || echo no", "no"},
	} {
		if got := exec(t, d, c, process(row.script)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
	on := process("test -t 0 && stat -c %u $(tty)")
	on.Tty = true
	if got := strings.TrimSpace(exec(t, d, c, on)); got != "0" {
		t.Errorf("on a terminal: got %q", got)
	}
}

func mustGroups(t *testing.T) []int {
	t.Helper()
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

// The machine's own programs, and nothing stays of what other users have written.
func TestOrdinaryUserImageHost(t *testing.T) {
	d := newOrdinaryEngine(t)
	c := &driver.Command{ID: "ordinary-host", Image: "host"}
	c.ProcessConfig = *process("mkdir -p /tmp/a/b && chmod 0 /tmp/a/b && touch /usr/new && stat -c %u /usr/new /usr/bin/env && id -u")
	want := "0\n65534\n0"
	if d.rootless.lacking == "" {
		c.ProcessConfig.User, want = "nobody", "65534"
		c.ProcessConfig.Arguments[1] = "mkdir -m 700 -p /tmp/a/b && touch /tmp/a/b/c && chmod 0 /tmp/a/b && id -u"
	}
	if got := run(t, d, c); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What can be shared with the machine, and what other namespaces there are.
func TestOrdinaryUserNamespaces(t *testing.T) {
	d := newOrdinaryEngine(t)
	first := shell(t, "")
	p := sleeper(t, d, first)
	for _, row := range []struct {
		name, script, want string
		change             func(c *driver.Command)
	}{
		{"the host's network", "readlink /proc/self/ns/net; ls /sys/class/net | grep -x lo", namespaceOf(t, os.Getpid(), "net") + "\nlo", func(c *driver.Command) {
			c.Network = &driver.Network{HostNetworking: true}
		}},
		{"another's network", "readlink /proc/self/ns/net; readlink /proc/self/ns/user", namespaceOf(t, p.Pid(), "net") + "\n" + namespaceOf(t, p.Pid(), "user"), func(c *driver.Command) {
			c.Network = &driver.Network{ContainerID: first.ID}
		}},
		{"the host's name", "readlink /proc/self/ns/uts", namespaceOf(t, os.Getpid(), "uts"), func(c *driver.Command) {
			c.UTS = &driver.UTS{HostUTS: true}
		}},
		{"sysctls", "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni", "1\n64", func(c *driver.Command) {
			c.Sysctls = map[string]string{"net.ipv4.ip_forward": "1", "kernel.shmmni": "64"}
		}},
		{"mounts", "ls /etc2/passwd; touch /etc2/x 2>/dev/null || stat -f -c %T /fast", "/etc2/passwd\ntmpfs", func(c *driver.Command) {
			c.Mounts = []driver.Mount{{Source: "/etc", Destination: "/etc2"}, {Type: "tmpfs", Destination: "/fast"}}
		}},
		{"every capability, of its own namespaces", "hostname changed && hostname", "changed", func(c *driver.Command) { c.CapAdd = []string{"all"} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, row.script)
			row.change(c)
			if got := run(t, d, c); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// What an ordinary user cannot have is refused before anything exists.
func TestOrdinaryUserRefused(t *testing.T) {
	d := newOrdinaryEngine(t)
	for path, spoil := range map[string]func(c *driver.Command){
		"group_add":                 func(c *driver.Command) { c.GroupAdd = []string{"audio"} },
		"allowed_devices":           func(c *driver.Command) { c.AllowedDevices = []*driver.Device{} },
		"process_config.privileged": func(c *driver.Command) { c.ProcessConfig.Privileged = true },
		"process_config.user":       func(c *driver.Command) { c.ProcessConfig.User = "4000000" },
		"oom_score_adj":             func(c *driver.Command) { c.OomScoreAdj = new(-1000) },
		"pid.host_pid":              func(c *driver.Command) { c.Pid = &driver.Pid{HostPid: true} },
		"ipc.container_id":          func(c *driver.Command) { c.Ipc = &driver.Ipc{ContainerID: "other"} },
		"network.namespace_path":    func(c *driver.Command) { c.Network = &driver.Network{NamespacePath: "/proc/self/ns/net"} },
		"resources.rlimits[1].hard": func(c *driver.Command) {
			c.Resources.Rlimits = []*driver.Rlimit{{Type: "nofile", Soft: 1, Hard: 1 << 30}}
		},
		"autocreated_devices[1].path": func(c *driver.Command) {
			c.AutoCreatedDevices = []*driver.Device{{Path: "/dev/x", Type: "c", Major: 1, Minor: 3}}
		},
		"mounts[1].propagation": func(c *driver.Command) {
			c.Mounts = []driver.Mount{{Source: "/etc", Destination: "/x", Propagation: "shared"}}
		},
		"user_namespace.uid_mappings[1].host_id": func(c *driver.Command) { c.UserNamespace = mapped() },
	} {
		t.Run(path, func(t *testing.T) {
			c := shell(t, "true")
			c.Resources = &driver.Resources{}
			spoil(c)
			got := try(d, c, driver.Hooks{})
			var field *driver.FieldError
			if !errors.As(got.err, &field) || field.Path != path {
				t.Errorf("got %v", got.err)
			}
		})
	}
}

// Limits, and the verbs that take a cgroup, work where one is delegated; elsewhere
// they say why not.
func TestOrdinaryUserVerbs(t *testing.T) {
	d := newOrdinaryEngine(t)
	limited := shell(t, "true")
	limited.Resources = &driver.Resources{Memory: 64 << 20}
	c := shell(t, "trap 'exit 9' USR1; trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
	p := start(t, d, c, nil)
	ctx := context.Background()
	_, statsErr := d.Stats(ctx, c.ID)
	for what, err := range map[string]error{
		"limits": try(d, limited, driver.Hooks{}).err,
		"pause":  errors.Join(d.Pause(ctx, c), d.Unpause(ctx, c)),
		"stats":  statsErr,
		"update": d.Update(ctx, c, &driver.Resources{Pids: 100}),
	} {
		if none := d.rootless.none(); none != errors.Is(err, driver.ErrUnsupported) || !none && err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if pids, err := d.GetPidsForContainer(ctx, c.ID); err != nil || len(pids) == 0 || pids[0] != p.Pid() {
		t.Errorf("pids: %v, %v; the init is %d", pids, err, p.Pid())
	}
	if err := d.SignalAll(ctx, c, int(unix.SIGUSR1)); err != nil {
		t.Error(err)
	}
	if status, err := p.Wait(ctx); err != nil || status.ExitCode != 9 {
		t.Errorf("%+v, %v", status, err)
	}
}
