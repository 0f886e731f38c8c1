//go:build linux

package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { Main(m) }

// recorder is a testing.TB that keeps what a helper says about the test.
type recorder struct {
	testing.TB
	failed, skipped []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = append(r.skipped, fmt.Sprintf(format, args...))
}

func TestRoot(t *testing.T) {
	found := usable
	t.Cleanup(func() { usable = found })
	for _, row := range []struct {
		name            string
		err             error
		require         string
		failed, skipped string
	}{
		{"usable", nil, "1", "[]", "[]"},
		{"not usable", fmt.Errorf("needs root"), "", "[]", "[needs root]"},
		{"required", fmt.Errorf("needs root"), "1", "[needs root, and EXECLUA_REQUIRE_ROOT=1 forbids to skip]", "[]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv(RequireRoot, row.require)
			usable = func() error { return row.err }
			r := &recorder{TB: t}
			Root(r)
			if failed, skipped := fmt.Sprint(r.failed), fmt.Sprint(r.skipped); failed != row.failed || skipped != row.skipped {
				t.Errorf("failed %s, skipped %s; want %s and %s", failed, skipped, row.failed, row.skipped)
			}
		})
	}
}

func TestRootfs(t *testing.T) {
	Root(t)
	dir := Rootfs(t)
	if again := Rootfs(t); again != dir {
		t.Errorf("two root file systems: %s and %s", dir, again)
	}
	for _, row := range []struct {
		user uint32
		line string
		want string
	}{
		{0, "id -un", "root"},
		{1000, "id", "uid=1000(app) gid=1000(app)"},
		{1000, "cd ~app && touch x && stat -c %U:%G x; rm x", "app:app"},
		{1000, "touch /tmp/x && echo writable; rm /tmp/x", "writable"},
		{1000, "test -r /root || echo closed", "closed"},
		{0, "seq 3 | awk '{ n += $1 } END { print n }' | tr 6 x | sed s/x/six/ | grep -c six", "1"},
		{1000, "A= B='x  y' printenv B && printenv PATH && ! printenv C && A= printenv A", "x  y\n/bin"},
		{0, "for a in true env cat sleep ps ls kill hostname mount head dd mkdir readlink tail wc stat; do busybox --list | grep -qx $a || echo no $a; done", ""},
	} {
		t.Run(row.line, func(t *testing.T) {
			cmd := exec.Command("/bin/sh", "-c", row.line)
			cmd.Dir, cmd.Env = "/", []string{"PATH=/bin"}
			cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: row.user, Gid: row.user}}
			if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != row.want {
				t.Errorf("got %q, %v; want %q", out, err, row.want)
			}
		})
	}
}

func TestFindBusybox(t *testing.T) {
	script := filepath.Join(t.TempDir(), "busybox")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec toybox \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		script + "/gone": "not a directory",
		"/gone":          "no /gone: install a static busybox (Debian: busybox-static)",
		script:           "bad magic number",
		"/bin/sh":        "/bin/sh needs shared libraries",
	} {
		if found, err := findBusybox(path); found != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v; want an error with %q", path, found, err, want)
		}
	}
}

// The test leaves one of each behind, in namespaces of its own: the mounts and
// interfaces of the machine are everybody's.
func TestLeaks(t *testing.T) {
	Root(t)
	if os.Getenv("TESTENV_LEAK") == "" {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestLeaks$", "-test.v")
		cmd.Env = append(os.Environ(), "TESTENV_LEAK=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS, Cloneflags: unix.CLONE_NEWNET}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("inside: %v\n%s", err, out)
		}
		return
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	prefix := fmt.Sprintf("testenv-leak-%d", os.Getpid())
	r := &recorder{TB: t}
	check := Leaks(r, prefix)

	file, err := os.Open("/etc/passwd")
	must(err)
	defer file.Close()
	child := exec.Command("sleep", "60")
	must(child.Start())
	defer func() { must(child.Process.Kill()); child.Wait() }()
	zombie := exec.Command("true")
	must(zombie.Start())
	defer zombie.Wait()
	stop := make(chan bool)
	defer close(stop)
	go lingers(stop)
	roots, err := hierarchies()
	must(err)
	cgroup := filepath.Join(roots[0], prefix+".scope")
	must(os.Mkdir(cgroup, 0o755))
	defer os.Remove(cgroup)
	must(unix.Mount("leaked", "/mnt", "tmpfs", 0, ""))
	defer unix.Unmount("/mnt", 0)
	must(exec.Command("ip", "link", "add", "leak0", "type", "bridge").Run())

	check()
	got := strings.Join(r.failed, "\n")
	for _, want := range []string{
		": /etc/passwd",
		"(sleep) in state S",
		"(true) in state Z",
		"testenv.lingers",
		"cgroup " + cgroup,
		" /mnt rw",
		"network interface leak0",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing about %q in\n%s", want, got)
		}
	}
}

func lingers(stop chan bool) { <-stop }

// What ends by itself is waited for.
func TestLeaksSettles(t *testing.T) {
	r := &recorder{TB: t}
	check := Leaks(r)
	cmd := exec.Command("sleep", "0.3")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { stdout.Read(make([]byte, 1)); cmd.Wait() }()
	start := time.Now()
	check()
	if len(r.failed) != 0 {
		t.Errorf("left behind: %q", r.failed)
	}
	if took := time.Since(start); took > settle {
		t.Errorf("took %v", took)
	}
}
