//go:build linux && cgo

package native

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
	"github.com/execlua/execlua/internal/testenv"
)

// What `runc spec` writes runs: a shell on a terminal.
func TestRunsRuncsDefault(t *testing.T) {
	data, err := os.ReadFile("../spec/testdata/runc.json")
	if err != nil {
		t.Fatal(err)
	}
	d := newEngine(t)
	c, err := spec.Parse(data, "/")
	if err != nil {
		t.Fatal(err)
	}
	c.ID, c.Rootfs = "from-runc", testenv.Rootfs(t)
	var out bytes.Buffer
	in := io.NopCloser(strings.NewReader(`echo "$(id -u) $(hostname) $(ulimit -n) $(grep -c . /proc/keys)"; touch /x; exit 3` + "\n"))
	status, err := d.Run(t.Context(), c, &driver.Pipes{Stdin: in, Stdout: &out}, driver.Hooks{})
	if err != nil || status.ExitCode != 3 {
		t.Fatalf("got %+v, %v:\n%s", status, err, out.String())
	}
	for _, want := range []string{"0 runc 1024 0", "touch: /x: Read-only file system"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// What Spec writes runs as the Command does that it is of.
func TestRunsWhatSpecWrites(t *testing.T) {
	needsUsers(t)
	needsClocks(t)
	d := newEngine(t)
	data := openDir(t)
	for name, change := range map[string]func(c *driver.Command){
		"the zero Command": func(*driver.Command) {},
		"limits and mounts": func(c *driver.Command) {
			c.Resources = &driver.Resources{Memory: 64 << 20, Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 100, Hard: 200}}}
			c.Mounts = []driver.Mount{{Source: data, Destination: "/mnt"}, {Type: "tmpfs", Destination: "/scratch", Writable: true, Size: 1 << 20}}
			c.ProcessConfig.User, c.CapDrop = "app", []string{"CHOWN"}
		},
		"users and clocks": func(c *driver.Command) {
			c.UserNamespace, c.TimeNamespace = mapped(), &driver.TimeNamespace{Boottime: 1000}
		},
		"privileged": func(c *driver.Command) { c.ProcessConfig.Privileged = true },
	} {
		t.Run(name, func(t *testing.T) {
			c := shell(t, `id; ulimit -n; cat /proc/self/uid_map /proc/1/timens_offsets; grep -e Cap -e NoNew -e Seccomp: /proc/self/status
				while read -r _ _ _ _ point how _; do echo "$point $how"; done < /proc/self/mountinfo; env | sort | grep -v HOSTNAME; ls /dev`)
			change(c)
			written, err := d.Spec(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := spec.Parse(written, "/")
			if err != nil {
				t.Fatal(err)
			}
			if first, second := run(t, d, c), run(t, d, loaded); first != second {
				t.Errorf("the Command:\n%s\nthe specification:\n%s", first, second)
			}
		})
	}
}
