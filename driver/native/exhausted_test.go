//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// lacking tells a host process of these tests what it has too little of.
const lacking = "EXECLUA_TEST_LACKING"

// A host that runs out of something gets an error that names it, within 5 s; it
// lives, nothing is left, and with enough of it containers start again. Each row is
// a process of its own, whose limits are lowered.
func TestExhausted(t *testing.T) {
	for _, row := range []struct{ what, want string }{
		{"descriptors", `no file descriptors left \(RLIMIT_NOFILE \d+\)`},
		{"descriptors while paused", `too many open files`},
		{"disk", `/state/\S+: no space left on device`},
		{"a writable disk", `/state/\S+: read-only file system`},
		{"memory", `no memory left within the limits of its cgroup`},
		{"processes", `no processes left \(pids.max`},
	} {
		t.Run(row.what, func(t *testing.T) {
			d := newEngine(t)
			host := osexec.Command("/proc/self/exe")
			host.Env = append(os.Environ(), lacking+"="+row.what, hostRoot+"="+d.root, hostRootfs+"="+command(t, "true").Rootfs)
			host.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
			said, err := host.CombinedOutput()
			if row.what == "processes" && strings.Contains(string(said), "runtime: may need to increase max user processes") {
				t.Log("the Go runtime found no thread, and ended the process: docs/exhaustion.md")
				openEngine(t, d.root)
				return
			}
			if err != nil {
				t.Fatalf("the host ended with %v: %s", err, said)
			}
			lines := strings.Split(strings.TrimSpace(string(said)), "\n")
			t.Logf("%d errors, the first: %s", len(lines), lines[0])
			named := regexp.MustCompile(row.want)
			for _, line := range lines {
				if !named.MatchString(line) {
					t.Errorf("got %q, want %s", line, row.want)
				}
			}
			if len(lines) == 0 || lines[0] == "" {
				t.Error("nothing ran out")
			}
		})
	}
}

// scarcity is a host process with too little of something. It prints the errors.
type scarcity struct {
	*Driver
	root, rootfs string
	n            int
}

func lackingMain(what string) {
	s := &scarcity{root: os.Getenv(hostRoot), rootfs: os.Getenv(hostRootfs)}
	err := map[string]func() error{
		"descriptors": s.descriptors, "descriptors while paused": s.paused, "disk": s.fullDisk, "a writable disk": s.readOnly,
		"memory": s.memory, "processes": s.processes,
	}[what]()
	if err == nil {
		err = s.nothingLeft()
	}
	if err != nil {
		fmt.Println("lacking", what, "-", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// open opens the engine and starts one container, for what is made once.
func (s *scarcity) open() (err error) {
	if s.Driver, err = New(Options{Root: s.root, CgroupDriver: CgroupfsDriver}); err != nil { // "memory" makes a parent
		return err
	}
	return s.starts()
}

func (s *scarcity) command() *driver.Command {
	s.n++
	return &driver.Command{ID: fmt.Sprintf("box-%d", s.n), Rootfs: s.rootfs, ProcessConfig: *process("exec sleep 1000")}
}

// starts wants a container to start, execute something and end.
func (s *scarcity) starts() error {
	failed, err := s.try(s.command())
	if failed {
		err = errors.New("it failed, see above")
	}
	return err
}

// try starts a container, and an exec in it. Whether that failed is told, and by
// which error is printed; err is for what must not happen.
func (s *scarcity) try(c *driver.Command) (failed bool, err error) {
	begun := time.Now()
	p, err := s.Start(context.Background(), c, &driver.Pipes{Stdout: os.Stderr}, driver.Hooks{})
	if err == nil {
		_, err = s.Exec(context.Background(), c, process("true"), nil, driver.Hooks{})
	}
	if took := time.Since(begun); took > 5*time.Second {
		return false, fmt.Errorf("took %v", took)
	}
	if failed = err != nil; failed {
		fmt.Println(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if p == nil {
		return failed, nil
	}
	if err := s.Terminate(context.Background(), c); err != nil {
		return failed, fmt.Errorf("terminate: %w", err)
	}
	_, err = p.Wait(context.Background())
	return failed, err
}

// nothingLeft looks where the containers were, once there is enough again.
func (s *scarcity) nothingLeft() error {
	if err := s.starts(); err != nil {
		return fmt.Errorf("with enough again: %w", err)
	}
	var left []string
	for _, pattern := range []string{s.root + "/*", s.root + "/.*", "/sys/fs/cgroup/*" + defaultCgroupParent(s.root), "/sys/fs/cgroup" + defaultCgroupParent(s.root)} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		left = append(left, found...)
	}
	if len(left) > 0 {
		return fmt.Errorf("left behind: %v", left)
	}
	return nil
}

// descriptors leaves free some more each time, until a container starts.
func (s *scarcity) descriptors() error {
	if err := s.open(); err != nil {
		return err
	}
	var plenty unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &plenty); err != nil {
		return err
	}
	for spare := 0; spare < 100; spare += 3 {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return err
		}
		scarce := unix.Rlimit{Cur: uint64(len(files) - 1 + spare), Max: plenty.Max}
		if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, &scarce, nil); err != nil {
			return err
		}
		failed, err := s.try(s.command())
		if lerr := unix.Prlimit(0, unix.RLIMIT_NOFILE, &plenty, nil); lerr != nil {
			return lerr
		}
		if err != nil || !failed {
			return err
		}
	}
	return errors.New("100 are not enough")
}

// paused: whoever ends a container that cannot be thawed gets an error, and is not
// kept waiting.
func (s *scarcity) paused() error {
	if err := s.open(); err != nil {
		return err
	}
	c := s.command()
	p, err := s.Start(context.Background(), c, nil, driver.Hooks{})
	if err != nil {
		return err
	}
	if err := s.Pause(context.Background(), c); err != nil {
		return err
	}
	var plenty unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &plenty); err != nil {
		return err
	}
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 0, Max: plenty.Max}, nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = s.Terminate(ctx, c)
	if lerr := unix.Prlimit(0, unix.RLIMIT_NOFILE, &plenty, nil); lerr != nil {
		return lerr
	}
	fmt.Println(err)
	_ = s.Terminate(context.Background(), c) // where a frozen process dies it is gone by now
	_, err = p.Wait(context.Background())
	return err
}

// mountState makes the state directory a small disk of its own.
func (s *scarcity) mountState(size string) error {
	s.root = filepath.Join(s.root, "state")
	if err := os.Mkdir(s.root, 0o700); err != nil {
		return err
	}
	if err := unix.Mount("state", s.root, "tmpfs", 0, "size="+size); err != nil {
		return err
	}
	return s.open()
}

func (s *scarcity) unmountState() error {
	return errors.Join(unix.Unmount(s.root, unix.MNT_DETACH), os.Remove(s.root))
}

// fullDisk leaves two pages more each time.
func (s *scarcity) fullDisk() error {
	if err := s.mountState("256k"); err != nil {
		return err
	}
	page := os.Getpagesize()
	ballast := filepath.Join(s.root, "ballast")
	for spare := 0; ; spare += 2 * page {
		if err := os.WriteFile(ballast, make([]byte, 256<<10-spare), 0o600); err != nil && !errors.Is(err, unix.ENOSPC) {
			return err
		}
		failed, err := s.try(s.command())
		if err != nil || !failed {
			return errors.Join(err, os.Remove(ballast), s.nothingLeft(), s.unmountState(), s.reopen())
		}
	}
}

// reopen goes back to the state directory of the test.
func (s *scarcity) reopen() error {
	s.root = filepath.Dir(s.root)
	return s.open()
}

func (s *scarcity) readOnly() error {
	if err := s.mountState("1m"); err != nil {
		return err
	}
	remount := func(flags uintptr) error { return unix.Mount("", s.root, "", unix.MS_REMOUNT|flags, "size=1m") }
	if err := remount(unix.MS_RDONLY); err != nil {
		return err
	}
	if failed, err := s.try(s.command()); err != nil || !failed {
		return fmt.Errorf("failed %v, %w", failed, err)
	}
	return errors.Join(remount(0), s.nothingLeft(), s.unmountState(), s.reopen())
}

// memory is the limit of a cgroup above the container's.
func (s *scarcity) memory() error {
	if err := s.open(); err != nil {
		return err
	}
	c := s.command()
	c.CgroupParent = fmt.Sprintf("execlua-scarce-%d", os.Getpid())
	parent := filepath.Join("/sys/fs/cgroup", c.CgroupParent)
	limit, bytes := filepath.Join(parent, "memory.max"), []byte(fmt.Sprint(1<<20))
	if !cgroups.IsCgroup2UnifiedMode() {
		parent = filepath.Join("/sys/fs/cgroup/memory", c.CgroupParent)
		limit = filepath.Join(parent, "memory.limit_in_bytes")
	}
	if err := os.Mkdir(parent, 0o755); err != nil {
		return err
	}
	failed, err := false, os.WriteFile(limit, bytes, 0)
	if err == nil {
		failed, err = s.try(c)
	}
	if err == nil && !failed {
		err = errors.New("a container with 1 MB started")
	}
	return errors.Join(err, cgroups.RemovePath(parent), s.removeParents(c.CgroupParent))
}

// removeParents removes what libcontainer made of a cgroup of ours on v1's other hierarchies.
func (s *scarcity) removeParents(name string) error {
	dirs, err := filepath.Glob(filepath.Join("/sys/fs/cgroup", "*", name))
	errs := []error{err}
	for _, dir := range dirs {
		errs = append(errs, cgroups.RemovePath(dir))
	}
	return errors.Join(errs...)
}

// processes is the pids cgroup of the host, with no room beyond its own threads.
func (s *scarcity) processes() error {
	if err := s.open(); err != nil {
		return err
	}
	hierarchy := "/sys/fs/cgroup"
	if !cgroups.IsCgroup2UnifiedMode() {
		hierarchy = "/sys/fs/cgroup/pids"
	}
	groups, err := cgroups.ParseCgroupFile("/proc/self/cgroup")
	if err != nil {
		return err
	}
	home := filepath.Join(hierarchy, groups["pids"])
	if cgroups.IsCgroup2UnifiedMode() {
		home = filepath.Join(hierarchy, groups[""])
	}
	full := filepath.Join(hierarchy, fmt.Sprintf("execlua-full-%d", os.Getpid()))
	if err := os.Mkdir(full, 0o755); err != nil {
		return err
	}
	pid := fmt.Sprint(os.Getpid())
	if err := cgroups.WriteFile(full, "cgroup.procs", pid); err != nil {
		return err
	}
	// Let the runtime have threads to spare, or it ends the process for want of one.
	var idle sync.WaitGroup
	for range 20 {
		idle.Go(func() { _ = unix.Nanosleep(&unix.Timespec{Nsec: 1e8}, nil) })
	}
	idle.Wait()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	if err := cgroups.WriteFile(full, "pids.max", fmt.Sprint(len(threads))); err != nil {
		return err
	}
	failed, err := s.try(s.command())
	if err == nil && !failed {
		err = errors.New("a container started")
	}
	return errors.Join(err, cgroups.WriteFile(full, "pids.max", "max"), cgroups.WriteFile(home, "cgroup.procs", pid), cgroups.RemovePath(full))
}
