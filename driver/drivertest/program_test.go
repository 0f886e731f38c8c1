package drivertest

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The shell scripts do what the docstrings say, on this machine's /bin/sh.
func TestShell(t *testing.T) {
	for _, row := range []struct {
		name           string
		p              Program
		stdin          string
		code           int
		stdout, stderr string
	}{
		{"exit", Exit{255}, "", 255, "", ""},
		{"echo", Echo{"a  b\n%s$HOME", "-n\\n"}, "", 0, "a  b\n%s$HOME", "-n\\n"},
		{"cat", Cat{}, "x\ny", 0, "x\ny", ""},
		{"flood", Flood{100000}, "", 0, strings.Repeat("o", 100000), strings.Repeat("e", 100000)},
		{"alternate", Alternate{2}, "", 0, "o1\no2\n", "e1\ne2\n"},
		{"printenv", PrintEnv{"GREETING"}, "", 0, "hello  world\n", ""},
		{"printenv of an unset one", PrintEnv{"NOBODY_SETS_THIS"}, "", 0, "\n", ""},
		{"printdir", PrintDir{}, "", 0, "/dev\n", ""},
		{"printusers", PrintUsers{}, "", 0, "0 0 4294967295\n", ""},
		{"killself", KillSelf{9}, "", -1, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd, stdout, stderr := command(t, row.p)
			cmd.Stdin = strings.NewReader(row.stdin)
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != row.code || stdout.String() != row.stdout || stderr.String() != row.stderr {
				t.Errorf("got %d, %.80q, %.80q", code, stdout, stderr)
			}
		})
	}
}

func TestShellSignals(t *testing.T) {
	for _, row := range []struct {
		name    string
		p       Program
		signals []syscall.Signal
		want    string
	}{
		{"sleep", Sleep{}, []syscall.Signal{syscall.SIGTERM}, "exit status 7"},
		{"ignoreterm", IgnoreTERM{}, []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}, "signal: killed"},
		{"tick", Tick{}, []syscall.Signal{syscall.SIGKILL}, "signal: killed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd, _, _ := command(t, row.p)
			out := &screen{}
			cmd.Stdout = out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out.await(t, "ready\n")
			for _, sig := range row.signals {
				if err := cmd.Process.Signal(sig); err != nil {
					t.Error(err)
				}
			}
			if err := cmd.Wait(); err == nil || err.Error() != row.want {
				t.Errorf("got %v, want %s", err, row.want)
			}
		})
	}
}

func command(t *testing.T, p Program) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	argv := p.Shell()
	cmd = exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.Env = []string{"PATH=/usr/bin:/bin", "GREETING=hello  world"}
	cmd.Dir = "/dev"
	return cmd, stdout, stderr
}
