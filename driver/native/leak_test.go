//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// What newEngine looks for is in each of these the point of the test.

func osThreads(t *testing.T) int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	return len(tasks)
}

func TestFailedStartsLeakNothing(t *testing.T) {
	veto := driver.Hooks{PreStart: []driver.DriverCallback{
		func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return errors.New("no") },
	}}
	for _, row := range []struct {
		name  string
		hooks driver.Hooks
		spoil func(c *driver.Command)
		code  string
	}{
		{"a veto", veto, func(*driver.Command) {}, "hook_failed"},
		{"no such program", driver.Hooks{}, func(c *driver.Command) { c.ProcessConfig.Entrypoint = "/nonexistent" }, "not_found"},
		{"a bad limit", driver.Hooks{}, limit(driver.Resources{CpusetCpus: "999"}), "invalid"},
		// The kernel alone knows these, so the container is half made when they fail.
		{"a node that cannot be made", driver.Hooks{}, device(driver.Device{Path: "/dev/null/x", Type: "c", Major: 1, Minor: 3}), "error"},
		{"a mount of a file on a directory", driver.Hooks{}, mount("/etc/passwd", "/tmp"), "error"},
		{"too little memory for the init", driver.Hooks{}, limit(driver.Resources{Memory: 512 << 10}), "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newEngine(t)
			for range often(20) {
				c := shell(t, "true")
				row.spoil(c)
				if got := try(d, c, row.hooks); driver.Code(got.err) != row.code || got.ExitCode != -1 {
					t.Fatalf("got %+v, want code %q", got, row.code)
				}
			}
		})
	}
}

func TestFailedExecsLeakNothing(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	before := descriptors(t)
	for range often(20) {
		code, err := d.Exec(t.Context(), c, &driver.ProcessConfig{Entrypoint: "/nonexistent"}, nil, driver.Hooks{})
		if driver.Code(err) != "not_found" || code != -1 {
			t.Fatalf("got %d, %v", code, err)
		}
		code, err = d.Exec(t.Context(), c, &driver.ProcessConfig{Entrypoint: "true", User: "nobody-here"}, nil, driver.Hooks{})
		if driver.Code(err) != "invalid" || code != -1 {
			t.Fatalf("got %d, %v", code, err)
		}
	}
	eventually(t, "as many descriptors as before", func() bool { return descriptors(t) <= before })
	if pids, err := d.GetPidsForContainer(t.Context(), c.ID); err != nil || len(pids) != 1 {
		t.Errorf("the container has pids %v, %v; want its init alone", pids, err)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(fds)
}

// The end of the context comes at any moment of a start, and the id starts again.
func TestCancelledStartsLeakNothing(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "exec sleep 1000")
	c.StopSignal = "KILL"
	for delay := time.Duration(0); delay < 300*time.Millisecond; delay += 15 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), delay)
		_, err := d.Run(ctx, c, nil, driver.Hooks{})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled after %v: %v", delay, err)
		}
	}
}

// An init that somebody stops before its program runs holds a start no longer than its context.
func TestStoppedInit(t *testing.T) {
	d := newEngine(t)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := d.Run(ctx, shell(t, "true"), nil, driver.Hooks{PreStart: []driver.DriverCallback{
		func(_ context.Context, _ *driver.ProcessConfig, pid int, _ *driver.HookInfo) error {
			return unix.Kill(pid, unix.SIGSTOP)
		},
	}})
	if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
}

// Nor does one that is stopped a moment later, when only the program is left to execute.
func TestStoppedInitIsNotReleased(t *testing.T) {
	stopped := osexec.Command("sleep", "1000")
	if err := stopped.Start(); err != nil {
		t.Fatal(err)
	}
	init, err := openPidfd(stopped.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	defer init.file.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = (&container{init: init}).letRun(ctx, func(init *pidfd) error {
		<-init.done
		return errors.New("the init process died")
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	_ = stopped.Wait() // it was killed
}

// A container that dies while processes start in it: each exec ran or was too late.
func TestExecWhileTheContainerDies(t *testing.T) {
	d := newEngine(t)
	for range 10 {
		c := shell(t, "")
		sleeper(t, d, c)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for {
					code, err := d.Exec(t.Context(), c, process("true"), nil, driver.Hooks{})
					if err == nil && (code == 0 || code == 137) {
						continue
					}
					if class := driver.Code(err); class != "not_running" && class != "not_found" {
						t.Errorf("got %d, %v", code, err)
					}
					return
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		if err := d.Terminate(t.Context(), c); err != nil {
			t.Error(err)
		}
		all.Wait()
	}
}

// Two engines, as in two processes, share a state directory: an id is taken for both.
func TestTwoEnginesOneDirectory(t *testing.T) {
	d := newEngine(t)
	other := openEngine(t, d.root)
	c := shell(t, "")
	p := sleeper(t, d, c)
	if got := try(other, c, driver.Hooks{}); driver.Code(got.err) != "exists" {
		t.Errorf("run: %v", got.err)
	}
	for verb, call := range map[string]func() error{
		"clean":     func() error { return other.Clean(t.Context(), c.ID) },
		"terminate": func() error { return other.Terminate(t.Context(), c) },
	} {
		if err := call(); driver.Code(err) != "busy" || !strings.Contains(err.Error(), "another") {
			t.Errorf("%s: %v", verb, err)
		}
	}
	if dead(p.Pid()) {
		t.Error("the container is dead")
	}
}

// Threads that end in a container's mount namespace are never the main one, which
// would stay there for good. Every goroutine here holds a thread of its own.
func TestMainThreadIsKept(t *testing.T) {
	var held, checked sync.WaitGroup
	held.Add(most)
	for range most {
		checked.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if os.Getpid() == unix.Gettid() {
				t.Error("a goroutine got the main thread")
			}
			held.Done()
			held.Wait()
		})
	}
	checked.Wait()
}
