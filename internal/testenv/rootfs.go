//go:build linux

package testenv

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Rootfs returns the absolute path of a root file system made of busybox, with the
// users root and app (1000). All tests of a process share it: what one writes, the
// others see. The package needs a TestMain with Main.
func Rootfs(t testing.TB) string {
	t.Helper()
	if shared == "" {
		t.Fatal("testenv.Rootfs needs: func TestMain(m *testing.M) { testenv.Main(m) }")
	}
	dir, err := rootfs()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var rootfs = sync.OnceValues(func() (string, error) {
	// The way to it is open for every user: a container may run as any.
	if err := os.Chmod(shared, 0o755); err != nil {
		return "", err
	}
	dir := filepath.Join(shared, "rootfs")
	return dir, MakeRootfs(dir)
})

// MakeRootfs makes the root file system of Rootfs at dir, which does not exist yet.
func MakeRootfs(dir string) error {
	busybox, err := findBusybox("/bin/busybox", "/usr/bin/busybox")
	if err != nil {
		return err
	}
	return makeRootfs(dir, busybox)
}

// findBusybox returns the first of the paths that is a program which needs no
// shared library. Its license is the GPL: it is used where it is installed, and
// never comes with this project.
func findBusybox(paths ...string) (string, error) {
	const install = "install a static busybox (Debian: busybox-static)"
	for _, path := range paths {
		program, err := elf.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w: %s", path, err, install)
		}
		defer program.Close()
		for _, segment := range program.Progs {
			if segment.Type == elf.PT_INTERP {
				return "", fmt.Errorf("%s needs shared libraries: %s", path, install)
			}
		}
		return path, nil
	}
	return "", fmt.Errorf("no %s: %s", paths[0], install)
}

func applets() []string {
	return []string{
		"awk", "cat", "chmod", "chown", "cut", "dd", "df", "echo", "env", "false", "find", "grep", "head", "hostname", "id", "ip", "kill",
		"ln", "ls", "mkdir", "mknod", "mount", "mv", "nc", "nproc", "ps", "pwd", "readlink", "rm", "sed", "seq", "sh", "sleep",
		"sort", "stat", "stty", "tail", "test", "touch", "tr", "true", "tty", "umount", "uname", "wc", "yes",
	}
}

// printenv is a script: not every busybox has the applet.
const printenv = `#!/bin/sh
[ $# -eq 0 ] && exec env
eval "[ -n \"\${$1+set}\" ] && echo \"\$$1\""
`

func makeRootfs(dir, busybox string) error {
	for _, d := range []struct {
		name string
		mode fs.FileMode
		uid  int
	}{
		{"", 0o755, 0},
		{"bin", 0o755, 0},
		{"dev", 0o755, 0},
		{"etc", 0o755, 0},
		{"home", 0o755, 0},
		{"home/app", 0o755, 1000},
		{"proc", 0o755, 0},
		{"root", 0o700, 0},
		{"sys", 0o755, 0},
		{"tmp", fs.ModeSticky | 0o777, 0},
	} {
		path := filepath.Join(dir, d.name)
		if err := errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, d.mode)); err != nil {
			return err
		}
		if d.uid == 0 || os.Geteuid() != 0 { // another user's tests do without an owner of their own
			continue
		}
		if err := os.Chown(path, d.uid, d.uid); err != nil {
			return err
		}
	}
	program, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
		mode fs.FileMode
	}{
		{"bin/busybox", program, 0o755},
		{"bin/printenv", []byte(printenv), 0o755},
		{"etc/passwd", []byte("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n"), 0o644},
		{"etc/group", []byte("root:x:0:\nwheel:x:10:root\nstaff:x:50:app\naudio:x:63:\napp:x:1000:\n"), 0o644},
	} {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, f.data, f.mode); err != nil {
			return err
		}
		if err := os.Chmod(path, f.mode); err != nil { // the umask does not matter
			return err
		}
	}
	for _, name := range applets() {
		if err := os.Symlink("busybox", filepath.Join(dir, "bin", name)); err != nil {
			return err
		}
	}
	return nil
}
