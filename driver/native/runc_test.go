//go:build linux && cgo

package native

import (
	"context"
	"encoding/json"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
)

// runc calls runc's command line, Debian's or whichever is installed, on the
// containers of an engine.
func runc(t *testing.T, d *Driver, args ...string) (string, error) {
	t.Helper()
	out, err := osexec.Command("runc", append([]string{"--root", d.root}, args...)...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func needRunc(t *testing.T) {
	t.Helper()
	if _, err := osexec.LookPath("runc"); err != nil {
		t.Skipf("runc is not installed: %v", err)
	}
}

// A state directory of ours is one of runc's: it lists, executes in, freezes and
// thaws our containers.
func TestRuncUnderstandsOurs(t *testing.T) {
	needRunc(t)
	d := newEngine(t)
	c := shell(t, "")
	c.Labels = map[string]string{"bundle": "/nowhere"} // no label of the caller's leads runc astray
	p := sleeper(t, d, c)
	for _, row := range []struct{ what, want string }{
		{"list -q", c.ID},
		{"ps -f json " + c.ID, jsonOf(t, []int{p.Pid()})},
		{"exec " + c.ID + " cat /proc/1/comm", "sleep"},
		{"exec " + c.ID + " hostname", c.ID},
		{"exec --user 1000 " + c.ID + " id -u", "1000"},
		{"exec -e A=b " + c.ID + " printenv A", "b"},
	} {
		if got, err := runc(t, d, strings.Fields(row.what)...); err != nil || got != row.want {
			t.Errorf("runc %s: got %q, %v; want %q", row.what, got, err, row.want)
		}
	}
	status, err := runc(t, d, "exec", c.ID, "cat", "/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	wantConfined(t, "an exec of runc's", status)

	d.wantRuncState(t, p, "running")
	for _, row := range []struct {
		verb  string
		state driver.State
		code  string // of an exec of ours
	}{
		{"pause", driver.StatePaused, "busy"},
		{"resume", driver.StateRunning, ""},
	} {
		if out, err := runc(t, d, row.verb, c.ID); err != nil {
			t.Fatalf("runc %s: %v: %s", row.verb, err, out)
		}
		d.wantRuncState(t, p, string(row.state))
		found, err := d.Find(t.Context(), driver.Filter{State: row.state})
		if err != nil || len(found) != 1 || found[0].ID != c.ID {
			t.Errorf("after runc %s: found %+v, %v", row.verb, found, err)
		}
		if _, err := d.Exec(t.Context(), c, process("true"), nil, driver.Hooks{}); driver.Code(err) != row.code {
			t.Errorf("exec after runc %s: %v", row.verb, err)
		}
	}
	for _, row := range []struct {
		verb string
		call func(context.Context, *driver.Command) error
	}{{"pause", d.Pause}, {"resume", d.Unpause}} {
		if out, err := runc(t, d, row.verb, c.ID); err != nil {
			t.Errorf("runc %s: %v: %s", row.verb, err, out)
		}
		if err := row.call(t.Context(), c); err != nil {
			t.Errorf("ours after runc %s: %v", row.verb, err)
		}
	}
}

func (d *Driver) wantRuncState(t *testing.T, p driver.Process, status string) {
	t.Helper()
	out, err := runc(t, d, "state", p.ID())
	var got struct {
		ID, Status, Bundle string
		Pid                int
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("runc state: %v: %s", err, out)
	}
	if got.ID != p.ID() || got.Pid != p.Pid() || got.Status != status || got.Bundle != filepath.Join(d.root, p.ID()) {
		t.Errorf("runc state: got %+v, want pid %d, %s", got, p.Pid(), status)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// runc refuses to delete one that runs. With force it kills it and removes what it
// knows of; whoever started it here sees SIGKILL, and the rest goes as ever.
func TestRuncDeletesOurs(t *testing.T) {
	needRunc(t)
	d := newEngine(t)
	c := shell(t, "")
	post := 0
	c.ProcessConfig = *process("exec sleep 1000")
	p, err := d.Start(t.Context(), c, nil, driver.Hooks{PostStop: []driver.DriverCallback{callback(func(*driver.HookInfo) error {
		post++
		return nil
	})}})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := runc(t, d, "delete", c.ID); err == nil || !strings.Contains(out, "not stopped") {
		t.Errorf("runc delete: %v: %s", err, out)
	}
	if out, err := runc(t, d, "delete", "--force", c.ID); err != nil {
		t.Errorf("runc delete --force: %v: %s", err, out)
	}
	if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 137 || status.Stopped || post != 1 {
		t.Errorf("got %+v, %v, %d post_stop hooks", status, err, post)
	}
	c = shell(t, "echo again")
	c.ID = p.ID()
	if out := run(t, d, c); out != "again" {
		t.Errorf("got %q", out)
	}
}
