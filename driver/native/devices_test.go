//go:build linux && cgo

package native

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/opencontainers/cgroups"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// A created device can be used where a rule allows it, and only as it allows.
func TestDevices(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	node := &driver.Device{Path: "/dev/nothing", Type: "c", Major: 1, Minor: 3, Permissions: "rw", FileMode: new(uint32(0o640)), GID: 5}
	c.AutoCreatedDevices = []*driver.Device{node}
	c.AllowedDevices = []*driver.Device{{Type: "c", Major: 1, Minor: 3, Permissions: "rw"}}
	sleeper(t, d, c)
	for _, row := range []struct{ what, script, want string }{
		{"the node", "stat -c '%F %t:%T %a %g' /dev/nothing", "character special file 1:3 640 5"},
		{"allowed", "echo x >/dev/nothing && echo written", "written"},
		{"not allowed", "head -c 1 /dev/zero 2>/dev/null || echo refused", "refused"},
		{"not to be made again", "mknod /tmp/n c 1 3 2>/dev/null || echo refused", "refused"},
	} {
		if got := exec(t, d, c, process(row.script)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
}

// A container that makes cgroups below its own hides nobody in them.
func TestPidsOfNestedCgroups(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	p := sleeper(t, d, c)
	helper, err := d.StartExec(t.Context(), c, process("sleep 1000"), nil, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	dir := d.container(c.ID).group.paths["devices"]
	if cgroups.IsCgroup2UnifiedMode() {
		dir = d.container(c.ID).group.paths[""]
	}
	nested := filepath.Join(dir, "nested")
	if err := os.Mkdir(nested, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := cgroups.WriteFile(nested, "cgroup.procs", strconv.Itoa(helper.Pid())); err != nil {
		t.Fatal(err)
	}
	pids, err := d.GetPidsForContainer(t.Context(), c.ID)
	if err != nil || !slices.Contains(pids, p.Pid()) || !slices.Contains(pids, helper.Pid()) {
		t.Errorf("got %v, %v; want %d and %d in it", pids, err, p.Pid(), helper.Pid())
	}
	if err := d.SignalAll(t.Context(), c, int(unix.SIGKILL)); err != nil {
		t.Error(err)
	}
	if status, err := helper.Wait(t.Context()); err != nil || status.Signal != int(unix.SIGKILL) {
		t.Errorf("the nested one: got %+v, %v; want it killed", status, err)
	}
}
