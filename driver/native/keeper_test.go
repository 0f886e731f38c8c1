//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
	"github.com/execlua/execlua/internal/testenv"
)

// newKept is an engine with detached containers. At the end of the test they have
// to be gone, and so has their keeper.
func newKept(t *testing.T) (*keeper.Client, string) {
	t.Helper()
	testenv.Root(t)
	keepers(t)
	keeperIdle = 100 * time.Millisecond
	root := t.TempDir()
	leaks := testenv.Leaks(t, strings.TrimPrefix(defaultCgroupParent(root), "/"))
	t.Cleanup(func() {
		t.Helper()
		if said, err := os.ReadFile(filepath.Join(keeper.Dir(root), keeper.LogName)); err == nil && t.Failed() {
			t.Logf("the keeper says:\n%s", said)
		}
		eventually(t, "the keeper goes", func() bool { return keeperPid(root) == 0 })
		leaks()
		wantEmpty(t, root)
	})
	return openKept(t, root), root
}

func openKept(t testing.TB, root string) *keeper.Client {
	t.Helper()
	k, err := Open(Options{Root: root, CgroupDriver: os.Getenv(cgroupDriver)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return k
}

// keeperPid finds the keeper of a state directory; 0 when there is none.
func keeperPid(root string) int {
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range found {
		data, _ := os.ReadFile(path)
		words := strings.Split(string(data), "\x00")
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if len(words) > 2 && words[0] == keeperName && words[1] == "keeper" && words[2] == root && !dead(pid) {
			return pid
		}
	}
	return 0
}

// killKeeper kills the keeper, and returns when it is dead.
func killKeeper(t testing.TB, root string) {
	t.Helper()
	pid := keeperPid(root)
	if pid == 0 {
		t.Fatal("there is no keeper")
	}
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the keeper is dead", func() bool { return dead(pid) })
}

// detach starts a detached container. What is left of it is removed at the end.
func detach(t testing.TB, k *keeper.Client, c *driver.Command) driver.Process {
	t.Helper()
	p, err := k.StartDetached(t.Context(), c, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Terminate(context.Background(), c) }) // not found when the test has done it
	return p
}

func infoOf(t testing.TB, k *keeper.Client, id string) driver.ContainerInfo {
	t.Helper()
	found, err := k.Find(context.Background(), driver.Filter{ID: id})
	if err != nil || len(found) != 1 {
		t.Fatalf("find %s: %+v, %v", id, found, err)
	}
	return found[0]
}

// logOf is the log of a container, a line "stream text" for each of its lines.
func logOf(t testing.TB, k *keeper.Client, id string) string {
	t.Helper()
	var out strings.Builder
	for line, err := range k.Logs(context.Background(), id, driver.LogOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, line.Stream, line.Line)
	}
	return out.String()
}

func TestDetached(t *testing.T) {
	k, root := newKept(t)
	c := shell(t, `echo to stdout; echo to stderr >&2; trap 'echo bye; exit 3' TERM; while :; do sleep 0.05; done`)
	detach(t, k, c)

	other := openKept(t, root) // as another process would
	info := infoOf(t, other, c.ID)
	if !info.Detached || info.State != driver.StateRunning || info.Pid == 0 || info.Started.IsZero() {
		t.Errorf("found %+v", info)
	}
	eventually(t, "the output is in the log", func() bool { return strings.Count(logOf(t, other, c.ID), "\n") == 2 })
	if _, err := other.StartDetached(t.Context(), c, driver.Hooks{}); driver.Code(err) != "exists" {
		t.Errorf("the id again: %v", err)
	}
	if _, err := other.Start(t.Context(), c, nil, driver.Hooks{}); driver.Code(err) != "exists" {
		t.Errorf("the id again, attached: %v", err)
	}
	if code, err := other.Exec(t.Context(), c, process("exit 7"), nil, driver.Hooks{}); err != nil || code != 7 {
		t.Errorf("exec: %d, %v", code, err)
	}
	if err := other.Clean(t.Context(), c.ID); driver.Code(err) != "busy" {
		t.Errorf("clean: %v", err)
	}
	status, err := other.Stop(t.Context(), c, driver.StopOptions{})
	if err != nil || status.ExitCode != 3 || !status.Stopped {
		t.Errorf("stop: %+v, %v", status, err)
	}
	info = infoOf(t, other, c.ID)
	if info.State != driver.StateExited || info.Status == nil || info.Status.ExitCode != 3 || info.Finished.IsZero() {
		t.Errorf("found %+v", info)
	}
	if got := logOf(t, other, c.ID); !strings.HasSuffix(got, "stdout bye\n") {
		t.Errorf("the log is\n%s", got)
	}
	if err := other.Clean(t.Context(), c.ID); err != nil {
		t.Error(err)
	}
	if found, err := other.Find(t.Context(), driver.Filter{}); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
}

// A container goes on without its keeper. What it says meanwhile, and how it ends,
// the next keeper knows.
func TestKeeperKilled(t *testing.T) {
	k, root := newKept(t)
	c := shell(t, `echo before; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo meanwhile; printf 'half a '; while [ ! -e /tmp/end ]; do sleep 0.02; done; echo line; exit 5`)
	c.Mounts = []driver.Mount{{Type: "tmpfs", Destination: "/tmp", Writable: true}}
	c.Resources = &driver.Resources{Memory: 64 << 20}
	p := detach(t, k, c)
	eventually(t, "it has begun", func() bool { return logOf(t, k, c.ID) == "stdout before\n" })
	killKeeper(t, root)
	if dead(p.Pid()) {
		t.Fatal("the container died with its keeper")
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/root/tmp", p.Pid())); err != nil {
		t.Fatal(err)
	}
	touch := func(name string) {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/root/tmp/%s", p.Pid(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	touch("go")
	time.Sleep(200 * time.Millisecond)

	if info := infoOf(t, k, c.ID); info.State != driver.StateRunning || info.Pid != p.Pid() || info.Restarts != 0 {
		t.Errorf("found %+v", info)
	}
	eventually(t, "nothing is lost", func() bool { return logOf(t, k, c.ID) == "stdout before\nstdout meanwhile\n" })
	touch("end")
	status, err := p.Wait(t.Context())
	if err != nil || status.ExitCode != 5 || status.Unknown || status.Duration <= 0 {
		t.Errorf("got %+v, %v", status, err)
	}
	if got, want := logOf(t, k, c.ID), "stdout before\nstdout meanwhile\nstdout half a line\n"; got != want {
		t.Errorf("the log is\n%s", got)
	}
}

// Others join the network of a detached container: attached ones of any process, and
// detached ones.
func TestJoinDetached(t *testing.T) {
	k, _ := newKept(t)
	c := command(t, "sleep", "1000")
	p := detach(t, k, c)
	there, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	with := shell(t, "readlink /proc/self/ns/net")
	with.Network = &driver.Network{ContainerID: c.ID}
	if got := run(t, k.Local.(*Driver), with); got != there {
		t.Errorf("attached: got %s, want %s", got, there)
	}
	detach(t, k, with)
	eventually(t, "the detached one is in it", func() bool { return logOf(t, k, with.ID) == "stdout "+there+"\n" })
	if _, err := k.Stop(t.Context(), c, driver.StopOptions{Grace: new(time.Duration(0))}); err != nil {
		t.Fatal(err)
	}
	if got := try(k.Local.(*Driver), with, driver.Hooks{}); driver.Code(got.err) != "exists" {
		t.Errorf("got %v", got.err)
	}
	late := shell(t, "true")
	late.Network = with.Network
	if got := try(k.Local.(*Driver), late, driver.Hooks{}); driver.Code(got.err) != "not_running" {
		t.Errorf("one that has ended: got %v", got.err)
	}
}

// The user of a detached container can open /dev/stdout once more, as many programs do.
func TestDetachedStdoutReopened(t *testing.T) {
	k, _ := newKept(t)
	for name, change := range map[string]func(c *driver.Command){
		"user":           func(c *driver.Command) { c.ProcessConfig.User = "app" },
		"user namespace": func(c *driver.Command) { needsUsers(t); c.UserNamespace = mapped() },
	} {
		t.Run(name, func(t *testing.T) {
			c := shell(t, "echo out > /dev/stdout; echo err > /dev/stderr")
			change(c)
			p := detach(t, k, c)
			if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 0 {
				t.Errorf("got %+v, %v", status, err)
			}
			if got := logOf(t, k, c.ID); !strings.Contains(got, "stdout out\n") || !strings.Contains(got, "stderr err\n") {
				t.Errorf("the log is %q", got)
			}
		})
	}
}
