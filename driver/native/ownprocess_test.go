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
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/wire"
)

// ownEngine is an engine in a process of its own, which is closed when the test ends.
func ownEngine(t *testing.T) (d *Driver, root string) {
	t.Helper()
	root = newEngine(t).root // looks for what is left, after the engine is closed
	d, err := New(Options{Root: root, CgroupDriver: os.Getenv(cgroupDriver), OwnProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := d.Close(context.Background())
		if err != nil && !strings.Contains(err.Error(), "signal: killed") { // it is the test that kills
			t.Error(err)
		}
		if pid := d.own.cmd.Process.Pid; !dead(pid) {
			t.Errorf("its process %d is still there", pid)
		}
	})
	return d, root
}

// In a process of its own the engine is the same.
func TestConformanceInOwnProcess(t *testing.T) {
	h := harness()
	h.New = func(t *testing.T) driver.Driver {
		d, _ := ownEngine(t)
		return d
	}
	h.OOM = nil // the harness finds the cgroup in the memory of the engine
	if h.Only = sample("run", "start", "cancel", "logs"); testing.Short() {
		h.Only = []string{"start"}
	}
	drivertest.Run(t, h)
}

func TestOwnProcess(t *testing.T) {
	d, _ := ownEngine(t)
	ctx := context.Background()
	var stages []string
	note := func(ctx context.Context, _ *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		said := string(info.Stage)
		if info.Stage == driver.StageStart {
			stats, err := d.Stats(ctx, info.ID)
			if err != nil {
				return err
			}
			code, err := d.Exec(ctx, info.Command, process("exit 7"), nil, driver.Hooks{})
			said = fmt.Sprint(said, " ", stats.Pids != nil && *stats.Pids > 0, " ", code)
			if err != nil {
				return err
			}
		}
		if info.Status != nil {
			said = fmt.Sprint(said, " ", info.Status.ExitCode)
		}
		if stages = append(stages, said); pid <= 0 {
			return fmt.Errorf("the pid is %d", pid)
		}
		return nil
	}
	hooks := driver.Hooks{PreStart: []driver.DriverCallback{note}, Start: note, PostStop: []driver.DriverCallback{note}}
	got := try(d, shell(t, "sleep 1; echo hello; exit 3"), hooks)
	if got.err != nil || got.ExitCode != 3 || got.out != "hello\n" {
		t.Errorf("got exit code %d, error %v, output %q", got.ExitCode, got.err, got.out)
	}
	if want := []string{"pre_start", "start true 7", "post_stop 3"}; !slices.Equal(stages, want) {
		t.Errorf("got hooks %q, want %q", stages, want)
	}
	if err := d.Clean(ctx, "nobody"); err != nil {
		t.Errorf("clean: %v", err)
	}
	if _, err := d.Stats(ctx, "nobody"); !errors.Is(err, driver.ErrNotRunning) {
		t.Errorf("stats: %v", err)
	}
}

// A parent of the engine's process looks at what the child has of its own.
func TestOwnProcessIsApart(t *testing.T) {
	// A descriptor that C code has opened, not close-on-exec.
	fd, err := unix.Open("/etc/passwd", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	d, _ := ownEngine(t)
	pid := d.own.cmd.Process.Pid
	if sid, err := unix.Getsid(pid); err != nil || sid != pid {
		t.Errorf("its session is %d, error %v, want %d", sid, err, pid)
	}
	links := func(pattern string) (found []string) {
		names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/%s", pid, pattern))
		for _, name := range names {
			target, _ := os.Readlink(name)
			found = append(found, target)
		}
		return found
	}
	if cwd := links("cwd"); !slices.Equal(cwd, []string{"/"}) {
		t.Errorf("it works in %q", cwd)
	}
	if fds := links("fd/*"); slices.Contains(fds, "/etc/passwd") {
		t.Errorf("it holds descriptors of its host: %q", fds)
	}
}

// Close ends what runs; those who wait for it are told how it ended.
func TestOwnProcessClosed(t *testing.T) {
	d, _ := ownEngine(t)
	p := sleeper(t, d, command(t, "sleep"))
	if err := d.Close(context.Background()); err != nil {
		t.Errorf("close: %v", err)
	}
	status, err := p.Wait(context.Background())
	if err != nil || status.Signal != int(unix.SIGKILL) || !status.Stopped {
		t.Errorf("the container ended with %+v, error %v", status, err)
	}
	if err := d.Pause(context.Background(), command(t, "true")); !errors.Is(err, wire.ErrGone) {
		t.Errorf("a verb on a closed engine: %v", err)
	}
	if err := d.Close(context.Background()); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// The engine's process is killed, or stopped and then killed by its host: pending
// calls fail, and the next engine removes what it has left.
func TestOwnProcessDies(t *testing.T) {
	for _, row := range []struct {
		sig    unix.Signal
		within time.Duration
		want   string
	}{
		{unix.SIGKILL, 2 * time.Second, "closed the connection or died"},
		{unix.SIGSTOP, wire.DefaultTimeout * 3 / 2, "no sign of life from it for 10s"},
	} {
		t.Run(unix.SignalName(row.sig), func(t *testing.T) {
			d, root := ownEngine(t)
			ran := make(chan error, 1)
			started := make(chan int, 1)
			hooks := driver.Hooks{Start: func(_ context.Context, _ *driver.ProcessConfig, pid int, _ *driver.HookInfo) error {
				started <- pid
				return nil
			}}
			go func() { ran <- try(d, command(t, "sleep", "1000"), hooks).err }()
			pid := <-started
			if err := d.own.cmd.Process.Signal(row.sig); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ran:
				if !errors.Is(err, wire.ErrGone) || !strings.Contains(err.Error(), row.want) {
					t.Errorf("got %v, want %s", err, row.want)
				}
			case <-time.After(row.within):
				t.Fatalf("the run is pending after %v", row.within)
			}
			<-d.own.ended
			if err := d.Close(context.Background()); err == nil || !strings.Contains(err.Error(), "signal: killed") {
				t.Errorf("close: %v", err)
			}
			eventually(t, "the container is dead", func() bool { return dead(pid) })
			openEngine(t, root) // sweeps
			wantEmpty(t, root)
		})
	}
}

func TestOwnProcessOfKilledHost(t *testing.T) {
	for _, stage := range []string{"pre_start", "start", "running", "exec"} {
		t.Run(stage, func(t *testing.T) {
			t.Setenv(hostOwn, "1")
			d := newEngine(t)
			pid := killedHost(t, d.root, stage, 0)
			eventually(t, "the container is dead", func() bool { return dead(pid) })
			eventually(t, "its engine has cleaned up and ended", func() bool {
				left, err := os.ReadDir(d.root)
				return err == nil && !slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() != ".scratch" })
			})
		})
	}
}

// What keeps an engine from opening is the error of New.
func TestOwnProcessRefused(t *testing.T) {
	newEngine(t)
	root := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(root, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{Root: root, OwnProcess: true})
	if !errors.Is(err, unix.ENOTDIR) || !strings.Contains(err.Error(), root) {
		t.Errorf("got %v", err)
	}
	_, err = New(Options{Root: t.TempDir(), CgroupDriver: "openrc", OwnProcess: true})
	if !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// A program's own sub-command is not taken for an engine.
func TestOwnProcessByArgumentAlone(t *testing.T) {
	for _, row := range []struct{ name, mark string }{{"acme", ""}, {ownName, ""}, {"acme", "1"}, {ownName, "1"}} {
		host := osexec.Command("/proc/self/exe", ownArgument, "{}")
		host.Args[0] = row.name
		host.Env = append(os.Environ(), hostStage+"=mine", hostRoot+"=/dev/null", ownMark+"="+row.mark)
		if out, _ := host.CombinedOutput(); !strings.Contains(string(out), `the host never came to "mine"`) {
			t.Errorf("%q: the program's own main did not run: %s", row, out)
		}
	}
}

// The log of the engine's process is the host's.
func TestRelay(t *testing.T) {
	var out bytes.Buffer
	r := &relay{log: hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Info, DisableTime: true})}
	for _, part := range []string{
		`{"@level":"warn","@message":"left`, `overs","error":"busy","id":"a"}` + "\n" + `{"@level":"debug","@message":"hidden"}` + "\n",
		"panic: oh\n\ngoroutine 1\n", strings.Repeat("x", maxLine), "\n{\"a\":1}\n", "{\"@message\":\"m\",\"\":1}\n",
	} {
		if n, err := r.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("wrote %d, error %v", n, err)
		}
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := []string{
		`[WARN]  leftovers: error=busy id=a`, `[ERROR] panic: oh: from="the engine's process"`, `[ERROR] goroutine 1: from="the engine's process"`,
		"[ERROR] " + strings.Repeat("x", maxLine) + `: from="the engine's process"`, `[ERROR] {"a":1}: from="the engine's process"`,
		`[INFO]  m: =1`,
	}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d", len(lines), len(want))
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("got %.200q, want %.200q", lines[i], want[i])
		}
	}
}
