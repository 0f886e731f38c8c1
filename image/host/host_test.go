//go:build linux

package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// fakeTree makes a tree below a new directory: "usr/" is a directory, "bin ->
// usr/bin" a symlink, anything else a file with its own name for content.
func fakeTree(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		name, target, link := strings.Cut(name, " -> ")
		path := filepath.Join(root, name)
		parent := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			parent = path
		}
		must(t, os.MkdirAll(parent, 0o755))
		switch {
		case link:
			must(t, os.Symlink(target, path))
		case parent != path:
			must(t, os.WriteFile(path, []byte(name+"\n"), 0o644))
		}
	}
	return root
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// show lists everything below dir, with modes, targets of symlinks and, where asked for, contents.
func show(t *testing.T, dir string, contents bool) string {
	t.Helper()
	var out strings.Builder
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%v /%s", info.Mode(), strings.TrimPrefix(strings.TrimPrefix(path, dir), "/"))
		if d.Type() == fs.ModeSymlink {
			target, err := os.Readlink(path)
			must(t, err)
			fmt.Fprintf(&out, " -> %s", target)
		}
		if d.Type().IsRegular() && contents {
			data, err := os.ReadFile(path)
			must(t, err)
			fmt.Fprintf(&out, " %q", data)
		}
		out.WriteString("\n")
		return nil
	}))
	return out.String()
}

func TestSkeleton(t *testing.T) {
	const want = `
drwxr-xr-x /
Lrwxrwxrwx /bin -> usr/bin
drwxr-xr-x /dev
drwxr-xr-x /etc
-rw-r--r-- /etc/hostname
-rw-r--r-- /etc/hosts
Lrwxrwxrwx /etc/mtab -> ../proc/self/mounts
-rw-r--r-- /etc/passwd
drwxr-xr-x /etc/ssl
drwxr-xr-x /etc/ssl/certs
-rw-r--r-- /etc/ssl/openssl.cnf
drwxr-xr-x /home
Lrwxrwxrwx /lib -> usr/lib
Lrwxrwxrwx /lib64 -> usr/lib64
drwxr-xr-x /media
drwxr-xr-x /mnt
drwxr-xr-x /opt
drwxr-xr-x /proc
drwx------ /root
drwxr-xr-x /run
dtrwxrwxrwx /run/lock
Lrwxrwxrwx /sbin -> usr/sbin
drwxr-xr-x /srv
drwxr-xr-x /sys
dtrwxrwxrwx /tmp
drwxr-xr-x /usr
drwxr-xr-x /var
drwxr-xr-x /var/cache
drwxr-xr-x /var/lib
Lrwxrwxrwx /var/lock -> /run/lock
drwxr-xr-x /var/log
Lrwxrwxrwx /var/run -> /run
drwxr-xr-x /var/spool
dtrwxrwxrwx /var/tmp
`
	source := fakeTree(t, "usr/bin/", "bin -> usr/bin", "sbin -> usr/sbin", "lib -> usr/lib", "lib64 -> usr/lib64", "opt/",
		"etc/passwd", "etc/ssl/openssl.cnf", "etc/ssl/certs/", "home/me/", "boot/", "srv/shop/")
	for _, umask := range []int{0o022, 0o077, 0} {
		t.Run(fmt.Sprintf("umask %03o", umask), func(t *testing.T) {
			dir := t.TempDir()
			defer syscall.Umask(syscall.Umask(umask))
			root, err := Prepare(dir, Options{Source: source, Hostname: "box"})
			must(t, err)
			if root.Rootfs != filepath.Join(dir, "rootfs") {
				t.Errorf("rootfs %s is not below %s", root.Rootfs, dir)
			}
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(show(t, root.Rootfs, false))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMounts(t *testing.T) {
	merged := []string{"usr/bin/", "bin -> usr/bin", "lib -> usr/lib", "opt/"}
	for _, row := range []struct {
		name string
		tree []string
		opts Options
		want []string // in order: destination, type and options, @ being the source and $ the scratch directory
	}{
		{"merged", merged, Options{}, []string{
			"/usr overlay nodev,lowerdir=@/usr,upperdir=$/upper/usr,workdir=$/work/usr",
		}},
		{"user namespace and volatile", merged, Options{UserXattr: true, Volatile: true}, []string{
			"/usr overlay nodev,lowerdir=@/usr,upperdir=$/upper/usr,workdir=$/work/usr,userxattr,volatile",
		}},
		{"not merged and something in opt", []string{"usr/bin/", "bin/sh", "lib/libc.so", "sbin/", "opt/app/run"}, Options{}, []string{
			"/usr overlay nodev,lowerdir=@/usr,upperdir=$/upper/usr,workdir=$/work/usr",
			"/opt overlay nodev,lowerdir=@/opt,upperdir=$/upper/opt,workdir=$/work/opt",
			"/bin overlay nodev,lowerdir=@/bin,upperdir=$/upper/bin,workdir=$/work/bin",
			"/lib overlay nodev,lowerdir=@/lib,upperdir=$/upper/lib,workdir=$/work/lib",
		}},
		{"Debian's etc", []string{"usr/bin/", "etc/alternatives/", "etc/ssl/certs/", "etc/ssl/private/key", "etc/java-17-openjdk/security/", "etc/java-17-openjdk/management/", "etc/cron.d/"}, Options{}, []string{
			"/usr overlay nodev,lowerdir=@/usr,upperdir=$/upper/usr,workdir=$/work/usr",
			"/etc/alternatives bind bind,ro,nosuid,nodev,noexec",
			"/etc/ssl/certs bind bind,ro,nosuid,nodev,noexec",
			"/etc/java-17-openjdk/security bind bind,ro,nosuid,nodev,noexec",
		}},
		{"Fedora's etc", []string{"usr/bin/", "etc/ssl/certs -> ../pki/tls/certs", "etc/pki/tls/certs/", "etc/pki/tls/private/key", "etc/pki/ca-trust/", "etc/crypto-policies/"}, Options{}, []string{
			"/usr overlay nodev,lowerdir=@/usr,upperdir=$/upper/usr,workdir=$/work/usr",
			"/etc/pki/tls/certs bind bind,ro,nosuid,nodev,noexec",
			"/etc/pki/ca-trust bind bind,ro,nosuid,nodev,noexec",
			"/etc/crypto-policies bind bind,ro,nosuid,nodev,noexec",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			row.opts.Source = fakeTree(t, row.tree...)
			root, err := Prepare(dir, row.opts)
			must(t, err)
			var got []string
			for _, m := range root.Mounts {
				line := strings.Join([]string{m.Destination, m.Type, strings.Join(m.Options, ",")}, " ")
				got = append(got, strings.NewReplacer(row.opts.Source, "@", dir, "$").Replace(line))
				checkMount(t, root, m, row.opts.Source)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkMount finds out whether all that a mount names exists.
func checkMount(t *testing.T, root *Root, m specs.Mount, source string) {
	t.Helper()
	dirs := []string{filepath.Join(root.Rootfs, m.Destination)}
	if m.Type == "bind" {
		dirs = append(dirs, m.Source)
		if m.Source != filepath.Join(source, m.Destination) {
			t.Errorf("%s is mounted from %s", m.Destination, m.Source)
		}
	}
	for _, option := range m.Options {
		if _, dir, ok := strings.Cut(option, "dir="); ok {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range dirs {
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
			t.Errorf("%s: %s: no directory: %v", m.Destination, dir, err)
		}
	}
}

func TestRefused(t *testing.T) {
	good := fakeTree(t, "usr/bin/")
	with := func(name string) string {
		dir := filepath.Join(t.TempDir(), name)
		must(t, os.MkdirAll(dir, 0o700))
		return dir
	}
	for _, row := range []struct {
		name, dir, source, want string
	}{
		{"colon", with("a:b"), good, "colon, comma or backslash"},
		{"comma", with("a,b"), good, "colon, comma or backslash"},
		{"backslash", with(`a\b`), good, "colon, comma or backslash"},
		{"colon in the source", with("x"), "colon:", "colon, comma or backslash"},
		{"longer than a page", with(strings.Repeat(strings.Repeat("x", 200)+"/", 11)), good, "too long for the options of an overlay"},
		{"relative", "scratch", good, `scratch directory "scratch" is not an absolute path`},
		{"missing", filepath.Join(with("x"), "gone"), good, "no such file or directory"},
		{"used before", with("x/rootfs") + "/..", good, "file exists"},
		{"relative source", with("x"), "usr", `source "usr" is not an absolute path`},
		{"missing source", with("x"), good + "/gone", "no such file or directory"},
		{"no usr", with("x"), fakeTree(t, "bin/"), "/usr: no such file or directory"},
		{"usr is a file", with("x"), fakeTree(t, "usr"), "/usr is not a directory"},
		{"usr is a symlink", with("x"), fakeTree(t, "usr -> System", "System/bin/"), "/usr is not a directory"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.source == "colon:" {
				row.source = filepath.Join(t.TempDir(), row.source)
				must(t, os.MkdirAll(filepath.Join(row.source, "usr/bin"), 0o755))
			}
			root, err := Prepare(row.dir, Options{Source: row.source})
			if root != nil || err == nil || !strings.HasPrefix(err.Error(), "host image: ") || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, %v; want an error with %q", root, err, row.want)
			}
		})
	}
}

func TestPrepareLeavesNoDescriptors(t *testing.T) {
	count := func() int {
		names, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(names)
	}
	source := fakeTree(t, "usr/bin/", "etc/passwd", "etc/resolv.conf -> /run/resolv.conf", "run/resolv.conf", "etc/ssl/certs/", "etc/localtime -> /root/zone", "root/zone")
	before := count()
	_, err := Prepare(t.TempDir(), Options{Source: source})
	must(t, err)
	_, err = Prepare(t.TempDir(), Options{Source: fakeTree(t, "usr")})
	if err == nil || errors.Is(err, ErrUnfit) {
		t.Fatal(err)
	}
	if after := count(); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func TestRemove(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	must(t, os.WriteFile(outside, nil, 0o600))
	dir := filepath.Join(t.TempDir(), "scratch")
	must(t, os.MkdirAll(filepath.Join(dir, "work/usr/work/incompat/volatile"), 0o755))
	must(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "work/link")))
	for _, closed := range []string{"work/usr/work/incompat", "work/usr/work", "work"} {
		must(t, os.Chmod(filepath.Join(dir, closed), 0))
	}
	must(t, Remove(dir))
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	must(t, Remove(dir)) // removed already
	if info, err := os.Stat(outside); err != nil || info.Mode() != 0o600 {
		t.Errorf("what a symlink points to was touched: %v", err)
	}
}

// All of Prepare is on the way of every container of image "host". On a tmpfs it
// is to take less than 2 ms.
func BenchmarkPrepare(b *testing.B) {
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		scratch := filepath.Join(dir, strconv.Itoa(i))
		must(b, os.Mkdir(scratch, 0o700))
		_, err := Prepare(scratch, Options{Hostname: "box"})
		must(b, err)
	}
}
