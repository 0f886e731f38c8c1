//go:build linux && cgo

package native

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opencontainers/cgroups"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

// TestMain is also the main of the host processes that hostkill_test.go kills,
// and of those of exhausted_test.go, which have too little of something, and of rootless_test.go.
func TestMain(m *testing.M) {
	if stage := os.Getenv(hostStage); stage != "" {
		hostMain(stage)
		return
	}
	if what := os.Getenv(lacking); what != "" {
		lackingMain(what)
		return
	}
	if etc := os.Getenv(becoming); etc != "" {
		becomeOrdinary(etc)
	}
	testenv.Main(m)
}

// newEngine is an engine with a state directory of its own. When the test ends,
// whatever an engine must not leave behind fails it.
func newEngine(t *testing.T) *Driver {
	t.Helper()
	testenv.Root(t)
	return newEngineHere(t)
}

// newEngineHere is newEngine for tests that an ordinary user runs as well.
func newEngineHere(t *testing.T) *Driver {
	t.Helper()
	testenv.Containers(t)
	keepers(t)
	root := t.TempDir()
	leaks := testenv.Leaks(t, strings.TrimPrefix(defaultCgroupParent(root), "/"))
	t.Cleanup(func() {
		t.Helper()
		leaks()
		wantEmpty(t, root)
	})
	return openEngine(t, root)
}

// cgroupDriver names the environment variable that chooses a driver for all tests.
const cgroupDriver = "EXECLUA_CGROUP_DRIVER"

func openEngine(t testing.TB, root string) *Driver {
	t.Helper()
	d, err := New(Options{Root: root, CgroupDriver: os.Getenv(cgroupDriver)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wantEmpty fails for every file in a state directory.
func wantEmpty(t testing.TB, root string) {
	t.Helper()
	for _, pattern := range []string{"*", ".*", ".scratch/*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if filepath.Base(name) != ".scratch" {
				t.Errorf("left behind: %s", name)
			}
		}
	}
}

// often is how many times a test that counts does a thing: less often with -short, where
// a container takes ten times as long (test/vm).
func often(n int) int {
	if testing.Short() {
		return max(n/5, 2)
	}
	return n
}

const most = 60 // starts at the same moment in any test here

// keepers makes what an engine keeps for good, starter threads and the like, so
// that it does not count as left behind.
var once sync.Once

func keepers(t *testing.T) {
	once.Do(func() {
		var all, jobs sync.WaitGroup
		all.Add(most)
		for range most {
			jobs.Go(func() {
				onStarter(func() { all.Done(); all.Wait() })
			})
		}
		jobs.Wait()
		run(t, openEngine(t, t.TempDir()), shell(t, "true"))
	})
}

var serial atomic.Int64

// command is a Command with an id of its own that runs a program of busybox.
func command(t testing.TB, argv ...string) *driver.Command {
	return &driver.Command{
		ID:            fmt.Sprintf("test-%d", serial.Add(1)),
		Rootfs:        testenv.Rootfs(t),
		ProcessConfig: driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]},
	}
}

func shell(t testing.TB, script string) *driver.Command { return command(t, "/bin/sh", "-c", script) }

// process is a process for an exec.
func process(script string) *driver.ProcessConfig {
	return &driver.ProcessConfig{Entrypoint: "/bin/sh", Arguments: []string{"-c", script}}
}

// outcome is how a run went.
type outcome struct {
	driver.ExitStatus
	out string // stdout and stderr
	err error
}

// try runs a Command.
func try(d *Driver, c *driver.Command, hooks driver.Hooks) outcome {
	var out bytes.Buffer
	status, err := d.Run(context.Background(), c, &driver.Pipes{Stdout: &out, Stderr: &out}, hooks)
	return outcome{status, out.String(), err}
}

// run runs a Command that has to succeed, and returns its output.
func run(t testing.TB, d *Driver, c *driver.Command) string {
	t.Helper()
	got := try(d, c, driver.Hooks{})
	if got.err != nil || got.ExitCode != 0 {
		t.Fatalf("got exit code %d, error %v, output:\n%s", got.ExitCode, got.err, got.out)
	}
	return strings.TrimRight(got.out, "\n")
}

// exec runs a process in a container, and returns its output.
func exec(t testing.TB, d *Driver, c *driver.Command, p *driver.ProcessConfig) string {
	t.Helper()
	var out bytes.Buffer
	code, err := d.Exec(context.Background(), c, p, &driver.Pipes{Stdout: &out, Stderr: &out}, driver.Hooks{})
	if err != nil || code != 0 {
		t.Fatalf("exec: got exit code %d, error %v, output:\n%s", code, err, out.String())
	}
	return strings.TrimRight(out.String(), "\n")
}

// start starts a Command; what still runs at the end of the test is terminated.
func start(t testing.TB, d *Driver, c *driver.Command, pipes *driver.Pipes) driver.Process {
	t.Helper()
	p, err := d.Start(context.Background(), c, pipes, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Terminate(context.Background(), c) // not found when it has ended
		_, _ = p.Wait(context.Background())
	})
	return p
}

// sleeper starts a container that does nothing.
func sleeper(t testing.TB, d *Driver, c *driver.Command) driver.Process {
	t.Helper()
	c.ProcessConfig.Entrypoint, c.ProcessConfig.Arguments = "sleep", []string{"1000"}
	return start(t, d, c, nil)
}

// eventually waits for what has to become true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// cgroupFile reads a file of a container's cgroup on the host. Its controller is
// the part before the dot, as on v1.
func cgroupFile(t testing.TB, pid int, name string) string {
	t.Helper()
	groups, err := cgroups.ParseCgroupFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		t.Fatal(err)
	}
	controller, _, _ := strings.Cut(name, ".")
	path := filepath.Join("/sys/fs/cgroup", controller, groups[controller], name)
	if cgroups.IsCgroup2UnifiedMode() {
		path = filepath.Join("/sys/fs/cgroup", groups[""], name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}
