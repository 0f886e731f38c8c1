//go:build linux

package host

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inNamespaces runs the calling test a second time, in a process with namespaces
// of its own, and returns true only there, with a scratch directory. What the
// test mounts ends with that process, so the outer one removes plain files.
func inNamespaces(t *testing.T, attr *syscall.SysProcAttr) (scratch string, inside bool) {
	t.Helper()
	const key = "HOST_TEST_SCRATCH"
	if dir := os.Getenv(key); dir != "" {
		return dir, true
	}
	scratch = filepath.Join(t.TempDir(), "scratch")
	must(t, os.Mkdir(scratch, 0o700))
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), key+"="+scratch)
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) {
		t.Skipf("no namespaces here: %v", err)
	}
	if err != nil {
		t.Fatalf("inside: %v\n%s", err, out)
	}
	t.Logf("inside:\n%s", out)
	must(t, Remove(scratch))
	return "", false
}

func asRoot(t *testing.T) *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		t.Skip("needs root to mount")
	}
	return &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
}

// mountAll does what an engine does with the mounts of a Root, and lends /dev and /proc.
func mountAll(t *testing.T, root *Root) {
	t.Helper()
	for _, m := range root.Mounts {
		target := filepath.Join(root.Rootfs, m.Destination)
		var err error
		switch m.Type {
		case "overlay":
			data := slices.DeleteFunc(slices.Clone(m.Options), func(o string) bool { return o == "nodev" })
			err = unix.Mount(m.Source, target, m.Type, unix.MS_NODEV, strings.Join(data, ","))
		case "bind":
			err = unix.Mount(m.Source, target, "", unix.MS_BIND, "")
			if err == nil {
				err = unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
			}
		}
		if err != nil {
			t.Fatalf("mount %s with %v: %v", m.Destination, m.Options, err)
		}
	}
	for _, dir := range []string{"/dev", "/proc"} {
		must(t, unix.Mount(dir, root.Rootfs+dir, "", unix.MS_BIND|unix.MS_REC, ""))
	}
}

// tryPrograms runs programs of this machine with the root as their root.
func tryPrograms(t *testing.T, rootfs string) {
	removed := "removed"
	if info, err := os.Stat("/usr/bin"); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		removed = "" // the owner has no number in this user namespace: nobody may
	}
	for _, row := range []struct {
		argv []string
		want string // part of the output
	}{
		{[]string{"/usr/bin/env"}, "PATH=/usr/bin:/bin"},
		{[]string{"/bin/sh", "-c", "cat /etc/hostname"}, "box"},
		{[]string{"/usr/bin/awk", "BEGIN { print 6 * 7 }"}, "42"},
		{[]string{"/usr/bin/python3", "-c", "import json, ssl; print(json.dumps(len(ssl.create_default_context().get_ca_certs()) > 9))"}, "true"},
		{[]string{"/usr/bin/perl", "-MPOSIX", "-e", "print floor(42.5)"}, "42"},
		{[]string{"/usr/bin/curl", "--version"}, "libcurl/"},
		{[]string{"/usr/bin/java", "-version"}, "Runtime Environment"},
		{[]string{"/usr/bin/cc", "--version"}, "Free Software"},
		{[]string{"/sbin/ldconfig", "-v"}, "libc.so"},
		{[]string{"/usr/bin/getent", "passwd", "root"}, "root:x:0:0:"},
		{[]string{"/usr/bin/getent", "hosts", "box"}, "127.0.1.1"},
		{[]string{"/bin/sh", "-c", "echo mine >/usr/mark && cat /usr/mark"}, "mine"},
		{[]string{"/bin/sh", "-c", "test -O /usr/bin || exit 0; rm /usr/bin/env && test ! -e /usr/bin/env && echo removed"}, removed},
		{[]string{"/bin/sh", "-c", "touch /etc/alternatives/x || ls /etc/shadow || ls /root/* || ls /home/* || echo closed"}, "closed"},
	} {
		t.Run(filepath.Base(row.argv[0]), func(t *testing.T) {
			if _, err := os.Stat(row.argv[0]); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(row.argv[0], row.argv[1:]...)
			cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/bin:/bin", "HOME=/root"}
			cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: rootfs}
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), row.want) {
				t.Errorf("%q: %v: got %q, want %q in it", row.argv, err, out, row.want)
			}
		})
	}
	if _, err := os.Stat("/usr/bin/env"); err != nil {
		t.Error("a change inside reached the machine:", err)
	}
	if _, err := os.Stat("/usr/mark"); err == nil {
		t.Error("a file made inside appeared on the machine")
	}
}

func TestPrograms(t *testing.T) {
	scratch, inside := inNamespaces(t, asRoot(t))
	if !inside {
		return
	}
	root, err := Prepare(scratch, Options{Hostname: "box", Volatile: true})
	must(t, err)
	mountAll(t, root)
	tryPrograms(t, root.Rootfs)
}

// The same with the mounts made in a user namespace, as any user may.
func TestProgramsInUserNamespace(t *testing.T) {
	self := func(id int) []syscall.SysProcIDMap { return []syscall.SysProcIDMap{{HostID: id, Size: 1}} }
	scratch, inside := inNamespaces(t, &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: self(os.Getuid()), GidMappings: self(os.Getgid()),
	})
	if !inside {
		return
	}
	root, err := Prepare(scratch, Options{Hostname: "box", UserXattr: true, Volatile: true})
	must(t, err)
	mountAll(t, root)
	tryPrograms(t, root.Rootfs)
}

func TestScratchOnOverlay(t *testing.T) {
	scratch, inside := inNamespaces(t, asRoot(t))
	if !inside {
		return
	}
	source := fakeTree(t, "usr/bin/")
	dir := func(name string) string {
		path := filepath.Join(scratch, name)
		must(t, os.Mkdir(path, 0o700))
		return path
	}
	on := dir("mounted")
	must(t, unix.Mount("overlay", on, "overlay", 0, "lowerdir="+dir("lower")+",upperdir="+dir("upper")+",workdir="+dir("work")))
	if _, err := Prepare(on, Options{Source: source}); !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), "tmpfs") {
		t.Errorf("got %v, want ErrUnfit with a way out", err)
	}
	must(t, unix.Mount("tmpfs", on, "tmpfs", 0, ""))
	if _, err := Prepare(on, Options{Source: source}); err != nil {
		t.Errorf("on a tmpfs above it: %v", err)
	}
}

// In a user namespace everything that is made belongs to its root.
func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir := t.TempDir()
	_, err := Prepare(dir, Options{Source: fakeTree(t, "usr/bin/env", "etc/passwd", "etc/alternatives/awk"), Owner: &Owner{UID: 100000, GID: 200000}})
	must(t, err)
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		if err == nil && (info.Sys().(*syscall.Stat_t).Uid != 100000 || info.Sys().(*syscall.Stat_t).Gid != 200000) {
			t.Errorf("%s is not the owner's", path)
		}
		return err
	}))
}
