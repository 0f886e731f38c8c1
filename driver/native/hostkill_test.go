//go:build linux && cgo

package native

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// What a host process of these tests is told by its environment.
const (
	hostStage  = "EXECLUA_TEST_HOST_STAGE"
	hostRoot   = "EXECLUA_TEST_HOST_ROOT"
	hostRootfs = "EXECLUA_TEST_HOST_ROOTFS"
	hostOwn    = "EXECLUA_TEST_HOST_OWN" // set: its engine has a process of its own
)

const victim = "victim" // the id of its container

// sayAndStay tells the parent the pid of the container and never returns.
func sayAndStay(pid int) {
	fmt.Fprintln(os.NewFile(3, "ready"), pid)
	select {}
}

// hostMain brings a container to a stage of its life, says so, and waits to be killed.
func hostMain(stage string) {
	d, err := New(Options{Root: os.Getenv(hostRoot), CgroupDriver: os.Getenv(cgroupDriver), OwnProcess: os.Getenv(hostOwn) != ""})
	if err == nil {
		err = reach(d, stage)
	}
	fmt.Fprintf(os.Stderr, "the host never came to %q: %v\n", stage, err)
	os.Exit(1)
}

func reach(d *Driver, stage string) error {
	ctx := context.Background()
	stay := func(_ context.Context, _ *driver.ProcessConfig, pid int, _ *driver.HookInfo) error {
		sayAndStay(pid)
		return nil
	}
	pass := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return nil }
	c := &driver.Command{ID: victim, Rootfs: os.Getenv(hostRootfs), ProcessConfig: *process("sleep 1000"), StopSignal: "KILL"}
	hooks := driver.Hooks{}
	switch stage {
	case "pre_start":
		hooks.PreStart = []driver.DriverCallback{stay}
	case "second pre_start":
		hooks.PreStart = []driver.DriverCallback{pass, stay}
	case "start":
		hooks.Start = stay
	case "post_stop":
		c.ProcessConfig = *process("exit 3")
		hooks.PostStop = []driver.DriverCallback{stay}
	case "another user":
		c.ProcessConfig.User = "app"
	case "no death signal":
		// A process that changes its user loses it, see PR_SET_PDEATHSIG(2const).
		c.ProcessConfig = *process("exec busybox start-stop-daemon -S -c 1000:1000 -x /bin/sleep -- 1000")
	case "image":
		c.Rootfs, c.Image = "", "host"
	case "random":
		for {
			if err := wholeLife(d, c); err != nil {
				return err
			}
		}
	}
	p, err := d.Start(ctx, c, nil, hooks)
	if err != nil {
		return err
	}
	switch stage {
	case "exec":
		if _, err := d.StartExec(ctx, c, process("sleep 1000"), nil, driver.Hooks{}); err != nil {
			return err
		}
	case "paused":
		if err := d.Pause(ctx, c); err != nil {
			return err
		}
	case "no death signal":
		uid, _ := d.mapped(c).UserNamespace.HostUID(1000)
		for !strings.Contains(status(p.Pid()), fmt.Sprintf("Uid:\t%d", uid)) {
			time.Sleep(time.Millisecond)
		}
	}
	if stage != "post_stop" { // whose hook says it
		sayAndStay(p.Pid())
	}
	select {}
}

// wholeLife runs a container with everything that a life can have.
func wholeLife(d *Driver, c *driver.Command) error {
	fmt.Fprintln(os.NewFile(3, "ready"), 0)
	pass := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return nil }
	hooks := driver.Hooks{PreStart: []driver.DriverCallback{pass, pass}, Start: pass, PostStop: []driver.DriverCallback{pass}}
	p, err := d.Start(context.Background(), c, nil, hooks)
	if err != nil {
		return err
	}
	_, execErr := d.Exec(context.Background(), c, process("exit 0"), nil, driver.Hooks{})
	termErr := d.Terminate(context.Background(), c)
	_, waitErr := p.Wait(context.Background())
	return errors.Join(execErr, termErr, waitErr)
}

// status is the status file of a process, see proc_pid_status(5); "" when it is gone.
func status(pid int) string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return string(data)
}

func dead(pid int) bool {
	s := status(pid)
	return s == "" || strings.Contains(s, "State:\tZ") || strings.Contains(s, "State:\tX")
}

// killedHost starts a host, kills it once it is at a stage, and some time later if
// asked for, and returns the pid of its container.
func killedHost(t *testing.T, root, stage string, later time.Duration) (pid int) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var stderr bytes.Buffer
	host := osexec.Command("/proc/self/exe")
	host.Env = append(os.Environ(), hostStage+"="+stage, hostRoot+"="+root, hostRootfs+"="+command(t, "true").Rootfs)
	host.ExtraFiles, host.Stderr = []*os.File{w}, &stderr
	err = host.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	time.Sleep(later)
	kerr := host.Process.Signal(unix.SIGKILL)
	werr := host.Wait()
	if err != nil || kerr != nil || werr == nil || werr.Error() != "signal: killed" {
		t.Fatalf("the host was not killed at its stage: %v, %v, %v; it says: %s", err, kerr, werr, &stderr)
	}
	fmt.Sscan(line, &pid)
	return pid
}

func TestHostKilled(t *testing.T) {
	for _, row := range []struct {
		stage string
		dies  bool // the container does, without a sweep
	}{
		{"pre_start", true},
		{"second pre_start", true},
		{"start", true},
		{"running", true},
		{"another user", true},
		{"exec", true},
		{"post_stop", true},
		{"image", true},
		{"paused", cgroups.IsCgroup2UnifiedMode()}, // on v1 a frozen process does not even die
		{"no death signal", false},
	} {
		t.Run(row.stage+"/the id starts again", func(t *testing.T) {
			d := newEngineHere(t)
			needsStage(t, d, row.stage)
			pid := killedHost(t, d.root, row.stage, 0)
			if row.dies {
				eventually(t, "the container dies with its host", func() bool { return dead(pid) })
			} else if time.Sleep(50 * time.Millisecond); dead(pid) {
				t.Error("the container died by itself, so the sweep was not tested")
			}
			wantFree(t, d)
			eventually(t, "the old container is dead", func() bool { return dead(pid) })
		})
		t.Run(row.stage+"/a new engine cleans up", func(t *testing.T) {
			d := newEngineHere(t)
			needsStage(t, d, row.stage)
			pid := killedHost(t, d.root, row.stage, 0)
			openEngine(t, d.root)
			wantEmpty(t, d.root)
			// Its init is gone once somebody has reaped the execs that the dead host would have.
			eventually(t, "the container is dead", func() bool { return dead(pid) })
		})
	}
}

// needsStage skips what an ordinary user's containers do not come to.
func needsStage(t *testing.T, d *Driver, stage string) {
	t.Helper()
	switch {
	case d.rootless == nil:
	case stage == "paused" && d.rootless.none():
		t.Skip(d.rootless.why)
	case (stage == "another user" || stage == "no death signal") && d.rootless.lacking != "":
		t.Skip(d.rootless.lacking)
	}
}

// wantFree fails unless the victim's id can run.
func wantFree(t *testing.T, d *Driver) {
	t.Helper()
	c := shell(t, "echo again")
	c.ID = victim
	if out := run(t, d, c); out != "again" {
		t.Errorf("got %q", out)
	}
}

func TestHostKilledAtRandomMoments(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	d := newEngine(t)
	for range often(20) {
		killedHost(t, d.root, "random", time.Duration(random.Int64N(int64(400*time.Millisecond))))
		wantFree(t, d)
	}
}

// What Terminate and Clean find of a dead host they remove, by its id.
func TestLeftoversByID(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "true")
	c.ID = victim
	killedHost(t, d.root, "no death signal", 0)
	if err := d.Terminate(context.Background(), c); err != nil {
		t.Errorf("terminate: %v", err)
	}
	wantEmpty(t, d.root)
	killedHost(t, d.root, "paused", 0)
	if err := d.Clean(context.Background(), victim); err != nil {
		t.Errorf("clean: %v", err)
	}
	wantEmpty(t, d.root)
	if err := d.Terminate(context.Background(), c); driver.Code(err) != "not_found" {
		t.Errorf("terminate again: %v", err)
	}
}
