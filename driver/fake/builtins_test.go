package fake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// box is a Command that runs argv.
func box(id string, argv ...string) *driver.Command {
	return &driver.Command{ID: id, Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}}
}

func TestBuiltins(t *testing.T) {
	for _, row := range []struct {
		argv           string
		stdin          string
		code           int
		stdout, stderr string
	}{
		{"true", "", 0, "", ""},
		{"/bin/false", "", 1, "", ""},
		{"echo hello world", "", 0, "hello world\n", ""},
		{"cat", "a\nb", 0, "a\nb", ""},
		{"cat /proc/self/uid_map", "", 0, "         0          0 4294967295\n", ""},
		{"pwd", "", 0, "/srv\n", ""},
		{"printenv COLOUR", "", 0, "blue\n", ""},
		{"printenv SIZE", "", 1, "", ""},
		{"sleep 0.01", "", 0, "", ""},
		{"sleep soon", "", 2, "", "fake: sleep: \"soon\" is no number of seconds\n"},
		{"exit 42", "", 42, "", ""},
		{"exit 256", "", 0, "", ""},
		{"exit now", "", 2, "", "fake: exit: \"now\" is no number\n"},
		{"nginx -g daemon", "", 127, "", "fake: nginx -g daemon: no such program here\n"},
	} {
		t.Run(row.argv, func(t *testing.T) {
			for _, argv := range [][]string{strings.Fields(row.argv), {"/bin/sh", "-c", row.argv}} {
				c := box("b", argv...)
				c.WorkingDir = "/srv"
				c.ProcessConfig.Env = []string{"COLOUR=red", "COLOUR=blue"}
				var stdout, stderr bytes.Buffer
				pipes := &driver.Pipes{Stdin: io.NopCloser(strings.NewReader(row.stdin)), Stdout: &stdout, Stderr: &stderr}
				status, err := New(Options{}).Run(t.Context(), c, pipes, driver.Hooks{})
				if err != nil || status.ExitCode != row.code || stdout.String() != row.stdout || stderr.String() != row.stderr {
					t.Errorf("%q: got %d, %q, %q, %v", argv, status.ExitCode, &stdout, &stderr, err)
				}
			}
		})
	}
}

func TestSleepEndsBySignal(t *testing.T) {
	d := New(Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	status, err := d.Run(ctx, box("b", "sleep", "infinity"), nil, driver.Hooks{})
	if !errors.Is(err, context.DeadlineExceeded) || status.ExitCode != 143 || status.Signal != 15 || !status.Stopped {
		t.Errorf("got %+v, %v", status, err)
	}
	if want := `run "b": context deadline exceeded`; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}
