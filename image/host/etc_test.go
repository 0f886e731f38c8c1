//go:build linux

package host

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// etcOf prepares a root from a tree and shows its /etc, but for mtab.
func etcOf(t *testing.T, source, hostname string) string {
	t.Helper()
	root, err := Prepare(t.TempDir(), Options{Source: source, Hostname: hostname})
	must(t, err)
	lines := strings.Split(strings.TrimSpace(show(t, filepath.Join(root.Rootfs, "etc"), true)), "\n")
	lines = slices.DeleteFunc(lines[1:], func(line string) bool { return strings.Contains(line, " /mtab ") })
	return strings.Join(lines, "\n")
}

func TestEtc(t *testing.T) {
	const localhost = `-rw-r--r-- /hosts "127.0.0.1\tlocalhost\n::1\tlocalhost\n"` + "\n"
	for _, row := range []struct {
		name     string
		tree     []string
		hostname string
		want     string
	}{
		{"none at all", nil, "", localhost},
		{"what is not listed stays out", []string{"etc/shadow", "etc/gshadow", "etc/sudoers", "etc/environment", "etc/ssh/key", "etc/ssl/private/key", "etc/profile.d/token.sh"}, "", localhost},
		{"a copy", []string{"etc/services"}, "", localhost + `-rw-r--r-- /services "etc/services\n"`},
		{
			"the container's name",
			[]string{"etc/hosts", "etc/hostname"},
			"box",
			`-rw-r--r-- /hostname "box\n"` + "\n" + `-rw-r--r-- /hosts "etc/hosts\n127.0.1.1\tbox\n"`,
		},
		{"below a directory", []string{"etc/java-17-openjdk/net.properties", "etc/java-17-openjdk/management/jmxremote.password"}, "", localhost +
			"drwxr-xr-x /java-17-openjdk\n" + `-rw-r--r-- /java-17-openjdk/net.properties "etc/java-17-openjdk/net.properties\n"`},
		{"symlinks stay", []string{"etc/os-release -> ../usr/lib/os-release", "etc/localtime -> /usr/share/zoneinfo/UTC", "etc/passwd -> /etc/shadow", "etc/shadow"}, "", localhost +
			"Lrwxrwxrwx /localtime -> /usr/share/zoneinfo/UTC\nLrwxrwxrwx /os-release -> ../usr/lib/os-release\nLrwxrwxrwx /passwd -> /etc/shadow"},
		{"resolv.conf from run", []string{"etc/resolv.conf -> ../run/systemd/resolve/stub.conf", "run/systemd/resolve/stub.conf"}, "", localhost +
			`-rw-r--r-- /resolv.conf "run/systemd/resolve/stub.conf\n"`},
		{"resolv.conf through var", []string{"etc/resolv.conf -> /var/run/resolv.conf", "var/run -> /run", "run/resolv.conf"}, "", localhost +
			`-rw-r--r-- /resolv.conf "run/resolv.conf\n"`},
		{"resolv.conf to nowhere", []string{"etc/resolv.conf -> /run/gone"}, "", localhost},
		{"resolv.conf to a secret", []string{"etc/resolv.conf -> shadow", "etc/shadow"}, "", localhost},
		{"resolv.conf to a secret by way of run", []string{"etc/resolv.conf -> /run/x", "run/x -> /etc/shadow", "etc/shadow"}, "", localhost},
		{"localtime and hosts to a secret", []string{"etc/localtime -> /root/key", "etc/hosts -> /root/key", "root/key"}, "", localhost},
		{"a symlink as directory", []string{"etc/ssl -> /root", "root/openssl.cnf", "root/certs/"}, "", localhost},
		{"directories where files belong", []string{"etc/passwd/x", "etc/hosts/x"}, "", localhost},
		{"a file where a directory belongs", []string{"etc/ssl/certs", "etc/alternatives"}, "", localhost},
	} {
		t.Run(row.name, func(t *testing.T) {
			source := fakeTree(t, append(row.tree, "usr/bin/")...)
			if diff := cmp.Diff(strings.TrimSpace(row.want), etcOf(t, source, row.hostname)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEtcPasswords(t *testing.T) {
	source := fakeTree(t, "usr/bin/", "etc/hosts")
	for name, content := range map[string]string{
		"passwd": "root:$6$salt$hash:0:0:root:/root:/bin/sh\nguest::500:500::/:\n+:\napp:x:1000:1000:a:b:/bin/sh",
		"group":  "root:x:0:\nwheel:$6$salt$hash:10:app\n",
	} {
		must(t, os.WriteFile(filepath.Join(source, "etc", name), []byte(content), 0o644))
	}
	const want = `-rw-r--r-- /group "root:x:0:\nwheel:x:10:app\n"
-rw-r--r-- /hosts "etc/hosts\n"
-rw-r--r-- /passwd "root:x:0:0:root:/root:/bin/sh\nguest:x:500:500::/:\napp:x:1000:1000:a:b:/bin/sh"`
	if diff := cmp.Diff(want, etcOf(t, source, "")); diff != "" {
		t.Error(diff)
	}
}

// shadow must not get into the root, whatever way it is looked for.
func TestNoShadow(t *testing.T) {
	const secret = "$6$0123456789abcdef$secret"
	source := fakeTree(t, "usr/bin/", "etc/shadow", "root/key", "home/me/key", "var/lib/key", "run/key",
		"etc/passwd -> /etc/shadow", "etc/group -> shadow", "etc/resolv.conf -> /etc/shadow", "etc/localtime -> ../etc/shadow",
		"etc/hosts -> /etc/shadow", "etc/services -> /proc/self/root/etc/shadow", "etc/ssl -> .", "etc/java-1-openjdk -> /root",
		"etc/alternatives -> /", "etc/ssh/key", "etc/environment", "etc/pki/tls/private/key")
	must(t, filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			err = os.WriteFile(path, []byte(secret), 0o644)
		}
		return err
	}))
	dir := t.TempDir()
	root, err := Prepare(dir, Options{Source: source, Hostname: "box"})
	must(t, err)
	if all := show(t, dir, true); strings.Contains(all, secret) {
		t.Errorf("the secret is in the root:\n%s", all)
	}
	if len(root.Mounts) != 1 || root.Mounts[0].Destination != "/usr" {
		t.Errorf("more than /usr is mounted: %v", root.Mounts)
	}
}

// Opening a fifo waits for its writer, and reading one for its words.
func TestEtcFifo(t *testing.T) {
	source := fakeTree(t, "usr/bin/", "etc/hosts")
	for _, name := range []string{"etc/services", "etc/resolv.conf", "etc/alternatives"} {
		must(t, syscall.Mkfifo(filepath.Join(source, name), 0o644))
	}
	if got, want := etcOf(t, source, ""), `-rw-r--r-- /hosts "etc/hosts\n"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Files keep their permission bits, but never more than these.
func TestEtcModes(t *testing.T) {
	source := fakeTree(t, "usr/bin/", "etc/hosts", "etc/services", "etc/profile")
	for name, mode := range map[string]os.FileMode{"hosts": 0o755, "services": 0o600, "profile": 0o755 | os.ModeSetuid} {
		must(t, os.Chmod(filepath.Join(source, "etc", name), mode))
	}
	const want = `-rwxr-xr-x /hosts "etc/hosts\n"
-rwxr-xr-x /profile "etc/profile\n"
-rw------- /services "etc/services\n"`
	if diff := cmp.Diff(want, etcOf(t, source, "")); diff != "" {
		t.Error(diff)
	}
}

// Files are written by path, so nothing on a list may lie below another entry: were
// that a symlink, the path would lead out of the root.
func TestListsDoNotNest(t *testing.T) {
	all := slices.Concat(copied(), bound(), programs(), []string{"etc/hosts", "etc/hostname"})
	for _, n := range skeleton() {
		if n.target != "" {
			all = append(all, n.name)
		}
	}
	for _, name := range all {
		for _, other := range all {
			if strings.HasPrefix(name, other+"/") {
				t.Errorf("%s lies below %s", name, other)
			}
		}
	}
}
