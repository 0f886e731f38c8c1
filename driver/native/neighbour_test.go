//go:build linux && cgo

package native

import (
	"fmt"
	"maps"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// belongings are what a Go program that embeds the engine has for itself.
func belongings(t *testing.T) map[string]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	umask := unix.Umask(0)
	unix.Umask(umask)
	own := map[string]string{"umask": fmt.Sprintf("%#o", umask), "working directory": dir, "environment": strings.Join(os.Environ(), "\n")}
	for name, file := range map[string]string{"limits": "limits", "oom_score_adj": "oom_score_adj", "cgroups": "cgroup", "name": "comm"} {
		own[name] = read(t, "/proc/self/"+file)
	}
	// The signals of every thread: a mask is a thread's own. An engine adds threads,
	// so what counts is which masks there are.
	tasks, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil {
		t.Fatal(err)
	}
	masks := map[string]bool{}
	for _, task := range tasks {
		data, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended meanwhile
		}
		for _, field := range []string{"SigBlk", "SigIgn", "SigCgt", "NoNewPrivs", "Seccomp", "CapEff"} {
			masks[field+" "+statusField(string(data), field)] = true
		}
	}
	own["signals and privileges"] = strings.Join(slices.Sorted(maps.Keys(masks)), "\n")
	for _, kind := range []string{"mnt", "net", "pid", "uts", "ipc", "user", "cgroup"} {
		if own["namespace "+kind], err = os.Readlink("/proc/self/ns/" + kind); err != nil {
			t.Fatal(err)
		}
	}
	return own
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A host program finds everything of its own as it was: while a container runs,
// and after starts, execs, terminals and failures.
func TestGoodNeighbour(t *testing.T) {
	d := newEngine(t)
	// Children of the host: one that has ended already, and one that runs on.
	ended, running := osexec.Command("/bin/sh", "-c", "exit 3"), osexec.Command("sleep", "1000")
	for _, child := range []*osexec.Cmd{ended, running} {
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { _, _ = running.Process.Kill(), running.Wait() }()
	before := belongings(t)
	same := func(when string) {
		t.Helper()
		after := belongings(t)
		for what, was := range before {
			if after[what] != was {
				t.Errorf("%s the %s: was\n%s\nis\n%s", when, what, was, after[what])
			}
		}
	}

	c := shell(t, "")
	c.Resources = &driver.Resources{Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 64, Hard: 64}}}
	c.OomScoreAdj = new(500)
	sleeper(t, d, c)
	exec(t, d, c, process("true"))
	same("while a container runs,")
	onTty := shell(t, "tty")
	onTty.ProcessConfig.Tty = true
	run(t, d, onTty)
	if got := try(d, command(t, "/nonexistent"), driver.Hooks{}); got.err == nil {
		t.Error("a program that is not there ran")
	}
	if err := d.Terminate(t.Context(), c); err != nil {
		t.Error(err)
	}
	same("after all,")

	if err := ended.Wait(); err == nil || err.Error() != "exit status 3" {
		t.Errorf("the child that had ended: %v", err)
	}
	if err := running.Process.Signal(unix.Signal(0)); err != nil {
		t.Errorf("the child that ran: %v", err)
	}
}

// A descriptor that the host has left open to its children reaches no container.
func TestNoDescriptorGoesIn(t *testing.T) {
	d := newEngine(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(secret, unix.O_RDONLY, 0) // without O_CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	hooks := map[driver.Stage]string{}
	list := callback(func(i *driver.HookInfo) error { // the init, which is still a program of ours, has none either
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", d.container(i.ID).pid()))
		for _, link := range links {
			target, _ := os.Readlink(link) // one that is closed meanwhile
			hooks[i.Stage] += target + "\n"
		}
		return err
	})
	c := shell(t, "ls /proc/self/fd; readlink /proc/self/fd/*")
	got := try(d, c, driver.Hooks{PreStart: []driver.DriverCallback{list}, Start: list})
	if got.err != nil || strings.Contains(got.out, "secret") || strings.Contains(got.out, d.root) {
		t.Errorf("inside: %v\n%s", got.err, got.out)
	}
	for stage, links := range hooks {
		if strings.Contains(links, "secret") || strings.Contains(links, ".claim") {
			t.Errorf("%s: the init has\n%s", stage, links)
		}
	}
}
