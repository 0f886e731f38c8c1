//go:build linux && cgo

package native

import (
	"fmt"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// What a Command that says nothing but its program gives to it.
func TestConfinedByDefault(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	for _, who := range []struct{ name, status string }{
		{"the init", exec(t, d, c, process("cat /proc/1/status"))},
		{"an exec", exec(t, d, c, process("cat /proc/self/status"))},
	} {
		wantConfined(t, who.name, who.status)
	}
	for _, row := range []struct{ what, script, want string }{
		{"pid of the program", "readlink /proc/1/exe", "/bin/busybox"},
		{"hostname", "hostname", c.ID},
		{"umask", "umask", "0022"},
		{"network interfaces", "ls /sys/class/net", "lo"},
		{"descriptors of the init", "ls /proc/1/fd | tr '\\n' ' '", "0 1 2 "},
		{"descriptors of an exec", "ls /proc/$$/fd; true", "0\n1\n2"}, // a pipeline would be two more,
		{"/dev", "ls /dev | grep -v core | tr '\\n' ' '", "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero "},
		{"/dev is a tmpfs", "stat -f -c %T /dev", "tmpfs"},
		{"users", "id", "uid=0(root) gid=0(root) groups=10(wheel)"},
		{"environment", "env | sort | sed s/^HOSTNAME.*/HOSTNAME/ | grep -v -e ^PWD -e ^SHLVL | tr '\\n' ' '", "HOME=/root HOSTNAME PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "},
	} {
		if got := exec(t, d, c, process(row.script)); got != strings.TrimSpace(row.want) && got != row.want {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
}

func wantConfined(t *testing.T, who, status string) {
	t.Helper()
	for key, want := range map[string]string{"CapInh": none, "CapAmb": none, "NoNewPrivs": "1", "Seccomp": "2"} {
		if got := statusField(status, key); got != want {
			t.Errorf("%s: %s is %q, want %q", who, key, got, want)
		}
	}
	for _, key := range []string{"CapEff", "CapPrm", "CapBnd"} {
		set, err := strconv.ParseUint(statusField(status, key), 16, 64)
		if n := bits.OnesCount64(set); err != nil || n > 14 || n == 0 {
			t.Errorf("%s: %s has %d capabilities, %v; want 1 to 14", who, key, n, err)
		}
	}
}

const none = "0000000000000000"

// statusField is one line's value of proc_pid_status(5).
func statusField(status, key string) string {
	_, rest, _ := strings.Cut(status, "\n"+key+":\t")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// answer tells whether a privileged container may.
type answer int

const (
	no answer = iota
	yes
	perhaps // kernels differ
)

// Each of these fails inside, and works in a privileged container where that is said.
func TestForbidden(t *testing.T) {
	d := newEngine(t)
	confined, open := shell(t, ""), shell(t, "")
	open.ProcessConfig.Privileged = true
	sleeper(t, d, confined)
	sleeper(t, d, open)
	for _, row := range []struct {
		what, script string
		privileged   answer
		needs        string // a file of this machine
	}{
		{"write a sysctl", "cat /proc/sys/kernel/hostname > /proc/sys/kernel/hostname", yes, ""},
		{"write /sys", "cat /sys/kernel/rcu_expedited > /sys/kernel/rcu_expedited", yes, "/sys/kernel/rcu_expedited"},
		{"make a cgroup", "for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/sub && rmdir $d/sub && exit 0; done; exit 1", yes, ""},
		{"make a file beside the cgroups", "touch /sys/fs/cgroup/x", yes, "/sys/fs/cgroup/devices"},
		{"read physical memory", "mknod /tmp/mem-$$ c 1 1; head -c 1 /tmp/mem-$$; ok=$?; rm /tmp/mem-$$; exit $ok", perhaps, "/dev/mem"},
		{"read the kernel's log", "mknod /tmp/kmsg-$$ c 1 11; head -c 1 /tmp/kmsg-$$ > /dev/null; ok=$?; rm /tmp/kmsg-$$; exit $ok", yes, ""},
		{"mount", "mount -t tmpfs x /tmp && umount /tmp", yes, ""},
		{"remount /proc writable", "mount -o remount,rw /proc/sys", no, ""},
		{"a new namespace", "busybox unshare -m true", yes, ""},
		{"write the host's binary", "echo x > /proc/1/exe", no, ""},
	} {
		if row.needs != "" && !exists(row.needs) {
			continue
		}
		for name, c := range map[string]*driver.Command{"confined": confined, "privileged": open} {
			if name == "privileged" && row.privileged == perhaps {
				continue
			}
			want := name == "privileged" && row.privileged == yes
			code, err := d.Exec(t.Context(), c, process(row.script), nil, driver.Hooks{})
			if err != nil || (code == 0) != want {
				t.Errorf("%s, %s: got exit code %d, %v; allowed: %v", row.what, name, code, err, want)
			}
		}
	}
	if got := exec(t, d, open, process("cat /proc/1/status")); statusField(got, "NoNewPrivs") != "0" || statusField(got, "Seccomp") != "0" {
		t.Errorf("a privileged container is confined:\n%s", got)
	}
	devices := exec(t, d, open, process("ls /dev"))
	if exists("/dev/kmsg") && !strings.Contains(devices, "kmsg") {
		t.Errorf("a privileged container lacks the host's devices, it has %q", devices)
	}
}

func exists(path string) bool { return unix.Access(path, unix.F_OK) == nil }

func TestMaskedPaths(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	for _, path := range []string{"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts", "/proc/acpi", "/proc/scsi", "/sys/firmware"} {
		if !exists(path) {
			continue
		}
		out := exec(t, d, c, process(fmt.Sprintf("if test -d %[1]s; then ls -A %[1]s; else head -c 1 %[1]s; fi", path)))
		if out != "" {
			t.Errorf("%s shows %q", path, out)
		}
	}
}

// A container has a session keyring of its own: what the host's processes keep in
// theirs is out of its reach. See keyrings(7).
func TestKeyring(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	c.ProcessConfig.Privileged = true // /proc/keys is masked otherwise
	p := sleeper(t, d, c)
	if out := exec(t, d, c, process("cat /proc/keys")); !strings.Contains(out, "_ses."+c.ID) {
		t.Errorf("pid %d has no session keyring of its own, only\n%s", p.Pid(), out)
	}
}

func TestReadonlyRootfs(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "touch /x 2>/dev/null && exit 1; touch /dev/shm/x && echo ok")
	c.ReadonlyRootfs = true
	if out := run(t, d, c); out != "ok" {
		t.Errorf("got %q", out)
	}
}

func TestUsers(t *testing.T) {
	d := newEngine(t)
	for _, row := range []struct {
		user   string
		groups []string
		want   string
	}{
		{"", nil, "0 0 0 10 /root"},
		{"app", nil, "1000 1000 1000 50 /home/app"},
		{"1000", nil, "1000 1000 1000 50 /home/app"},
		{"app:audio", nil, "1000 63 63 /home/app"},
		{"4242:4343", nil, "4242 4343 4343 /"},
		{"app", []string{"wheel", "777"}, "1000 1000 1000 10 50 777 /home/app"},
	} {
		c := shell(t, `echo $(id -u) $(id -g) $(id -G) $HOME`)
		c.ProcessConfig.User, c.GroupAdd = row.user, row.groups
		want := strings.Fields(row.want)
		got := strings.Fields(run(t, d, c))
		if len(got) < 4 || len(want) < 4 {
			t.Fatalf("got %q", got)
		}
		slices.Sort(got[2 : len(got)-1])
		slices.Sort(want[2 : len(want)-1])
		if !slices.Equal(got, want) {
			t.Errorf("user %q, group_add %q: got %q, want %q", row.user, row.groups, got, want)
		}
	}
	// Root's capabilities do not come with another user.
	c := shell(t, "cat /proc/self/status")
	c.ProcessConfig.User = "app"
	if out := run(t, d, c); statusField(out, "CapEff") != none {
		t.Errorf("user app has capabilities %s", statusField(out, "CapEff"))
	}
}

// The state directory and the claims are for root only.
func TestStateDirectoryIsPrivate(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	fresh := openEngine(t, d.root+"/deeper")
	defer os.Remove(fresh.root)
	for path, want := range map[string]os.FileMode{claimPath(d.root, c.ID): 0o600, fresh.root: 0o700} {
		stat, err := os.Stat(path)
		if err != nil || stat.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, stat.Mode().Perm(), err, want)
		}
	}
}
