package fake

import (
	"bytes"
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

func TestReply(t *testing.T) {
	limited := box("b", "train", "--fast")
	limited.Resources = &driver.Resources{Memory: 64 << 20}
	for name, row := range map[string]struct {
		reply Reply
		want  driver.ExitStatus
	}{
		"success":     {Reply{Stdout: "out", Stderr: "err"}, driver.ExitStatus{}},
		"exit code":   {Reply{ExitCode: 3, Stdout: "out", Stderr: "err"}, driver.ExitStatus{ExitCode: 3}},
		"signal":      {Reply{Signal: int(syscall.SIGSEGV)}, driver.ExitStatus{ExitCode: 139, Signal: 11}},
		"harmless":    {Reply{Signal: int(syscall.SIGWINCH), ExitCode: 4}, driver.ExitStatus{ExitCode: 4}},
		"out of room": {Reply{OOM: true}, driver.ExitStatus{ExitCode: 137, Signal: 9, OOMKilled: true, OOMKills: 1, OOMScope: driver.OOMOwn}},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(Options{})
			d.Reply(nil, row.reply.Always)
			var stdout, stderr bytes.Buffer
			status, err := d.Run(t.Context(), limited, &driver.Pipes{Stdout: &stdout, Stderr: &stderr}, driver.Hooks{})
			must(t, err)
			status.Duration = 0
			if status != row.want || stdout.String() != row.reply.Stdout || stderr.String() != row.reply.Stderr {
				t.Errorf("got %+v, %q, %q", status, &stdout, &stderr)
			}
		})
	}
}

func TestReplyDelayEndsByStop(t *testing.T) {
	d := New(Options{})
	d.Reply(nil, Reply{Delay: time.Hour}.Always)
	c := box("b", "server")
	_, err := d.Start(t.Context(), c, nil, driver.Hooks{})
	must(t, err)
	status, err := d.Stop(t.Context(), c, driver.StopOptions{})
	if err != nil || status.ExitCode != 143 || !status.Stopped {
		t.Errorf("got %+v, %v", status, err)
	}
}

// Counting in the answer is how a test makes a program fail first.
func TestTheLastRuleThatMatchesCounts(t *testing.T) {
	d := New(Options{})
	attempts := 0
	d.Reply(Like(box("", "tar")), func(context.Context, Call) (Reply, error) {
		if attempts++; attempts == 1 {
			return Reply{}, driver.ErrBusy
		}
		return Reply{ExitCode: attempts}, nil
	})
	d.Reply(Like(box("", "tar", "-x")), Reply{ExitCode: 42}.Always)
	run := func(argv ...string) (int, error) {
		status, err := d.Run(t.Context(), box("b", argv...), nil, driver.Hooks{})
		return status.ExitCode, err
	}
	if code, err := run("tar", "-c"); code != -1 || !errors.Is(err, driver.ErrBusy) || d.State("b") != Gone {
		t.Errorf("start failure: got %d, %v, %s", code, err, d.State("b"))
	}
	for _, row := range []struct {
		argv []string
		code int
	}{{[]string{"tar", "-c"}, 2}, {[]string{"tar", "-x", "f"}, 42}, {[]string{"false"}, 1}} {
		if code, err := run(row.argv...); code != row.code || err != nil {
			t.Errorf("%q: got %d, %v, want %d", row.argv, code, err, row.code)
		}
	}
}

// An exec is known by its own argv and by the Command that it runs in.
func TestReplyToExec(t *testing.T) {
	d := New(Options{})
	d.Reply(Like(&driver.Command{Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "psql"}}), Reply{OOM: true}.Always)
	c := box("b", "sleep", "infinity")
	_, err := d.Start(t.Context(), c, nil, driver.Hooks{})
	must(t, err)
	code, err := d.Exec(t.Context(), &driver.Command{ID: "b"}, &driver.ProcessConfig{Entrypoint: "psql"}, nil, driver.Hooks{})
	if code != 137 || err != nil || d.State("b") != Running {
		t.Errorf("got %d, %v, %s", code, err, d.State("b"))
	}
	d.Reset()
	if calls := d.Calls(""); d.State("b") != Gone || len(calls) != 0 {
		t.Errorf("after Reset: %s, %v", d.State("b"), calls)
	}
}

func TestLike(t *testing.T) {
	c := box("web-1", "nginx", "-g", "daemon off")
	c.Resources = &driver.Resources{Memory: 64 << 20, Pids: 10}
	c.Labels = map[string]string{"tier": "web", "x": "y"}
	c.ProcessConfig.Env = []string{"A=1", "B=2"}
	c.Mounts = []driver.Mount{{Source: "/srv", Destination: "/data"}, {Source: "/etc", Destination: "/conf", Writable: true}}
	for name, row := range map[string]struct {
		pattern driver.Command
		want    bool
	}{
		"nothing":        {driver.Command{}, true},
		"id":             {driver.Command{ID: "web-2"}, false},
		"limit":          {driver.Command{Resources: &driver.Resources{Memory: 64 << 20}}, true},
		"other limit":    {driver.Command{Resources: &driver.Resources{Memory: 1 << 20}}, false},
		"missing record": {driver.Command{Network: &driver.Network{HostNetworking: true}}, false},
		"label":          {driver.Command{Labels: map[string]string{"tier": "web"}}, true},
		"no such label":  {driver.Command{Labels: map[string]string{"stage": ""}}, false},
		"environment":    {driver.Command{ProcessConfig: driver.ProcessConfig{Env: []string{"B=2"}}}, true},
		"mount":          {driver.Command{Mounts: []driver.Mount{{Destination: "/conf", Writable: true}}}, true},
		"other mount":    {driver.Command{Mounts: []driver.Mount{{Destination: "/data", Writable: true}}}, false},
		"longer argv":    {*box("", "nginx", "-g", "daemon off", "-t"), false},
	} {
		if got := Like(&row.pattern)(Call{Verb: "run", Command: c}); got != row.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
