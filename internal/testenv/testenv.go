//go:build linux

// Package testenv is what tests with real containers share: whether they can run
// here, a small root file system, and a check that nothing stays behind.
package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// RequireRoot is the environment variable which, set to 1, makes Root fail where
// it would skip: where the tests have to run, a skip must not pass for a success.
const RequireRoot = "EXECLUA_REQUIRE_ROOT"

// Main runs the tests of a package and removes what they share. It is all there is
// in the TestMain of a package that uses Rootfs.
func Main(m *testing.M) { os.Exit(run(m)) }

// shared is the directory of what Main removes, "" outside of Main.
var shared string

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "execlua-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "testenv:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared = dir
	return m.Run()
}

// Root skips the test unless containers can be made here: by root, with cgroups.
func Root(t testing.TB) {
	t.Helper()
	err := usable()
	if err == nil {
		err = HaveMachine()
	}
	switch {
	case err == nil:
	case os.Getenv(RequireRoot) == "1":
		t.Fatalf("%v, and %s=1 forbids to skip", err, RequireRoot)
	default:
		t.Skipf("%v", err)
	}
}

// Rootless is the environment variable which, set to 1, has the tests run that are
// for an ordinary user's containers too. The others skip there.
const Rootless = "EXECLUA_ROOTLESS"

// Containers is Root, but that an ordinary user will do where Rootless says so.
func Containers(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 || os.Getenv(Rootless) != "1" {
		Root(t)
		return
	}
	if err := HaveMachine(); err != nil {
		t.Fatal(err)
	}
}

// HaveMachine waits until no other test binary makes containers, and keeps the
// others waiting until this one ends: go test runs packages side by side, and what
// Leaks counts is the whole machine's.
// A binary that runs itself again has it already.
var HaveMachine = sync.OnceValue(func() error {
	if os.Getenv(haveIt) != "" {
		return nil
	}
	name := "execlua-test.lock"
	if uid := os.Geteuid(); uid != 0 { // who could not open root's
		name = fmt.Sprintf("execlua-test-%d.lock", uid)
	}
	path := filepath.Join(os.TempDir(), name)
	lock, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := unix.Flock(lock, unix.LOCK_EX); err != nil { // until the process ends
		return err
	}
	return os.Setenv(haveIt, "yes")
})

// haveIt tells the children of a test binary that holds the lock.
const haveIt = "EXECLUA_TEST_HAS_MACHINE"

// usable looks once: nothing that it asks changes while the tests run.
var usable = sync.OnceValue(func() error {
	if uid := os.Geteuid(); uid != 0 {
		return fmt.Errorf("needs root, the uid is %d", uid)
	}
	mounts, err := hierarchies()
	if err != nil {
		return err
	}
	if len(mounts) == 0 {
		return fmt.Errorf("needs cgroups, none are mounted")
	}
	for _, mount := range mounts {
		dir, err := os.MkdirTemp(mount, "testenv-")
		if err != nil {
			return fmt.Errorf("needs cgroups: %w", err)
		}
		if err := os.Remove(dir); err != nil {
			return fmt.Errorf("needs cgroups: %w", err)
		}
	}
	return nil
})

// hierarchies returns where the cgroup hierarchies are mounted: one directory on
// v2, several on v1.
func hierarchies() ([]string, error) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, mount := range mounts {
		dirs = append(dirs, filepath.Clean(mount.Mountpoint))
	}
	return dirs, nil
}
