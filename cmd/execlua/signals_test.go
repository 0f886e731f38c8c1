//go:build linux && cgo

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/internal/testenv"
)

// soon is far below the ten seconds of grace that a script gets.
const soon = 5 * time.Second

// polite is a container that ends when it is asked to, stubborn one that does not.
const (
	start = `
		local function start(script)
			return execlua.driver():start {
				id = "signals-test", image = "host",
				process = { "/bin/sh", "-c", script .. "; echo ready; while :; do sleep 0.05; done" },
			}
		end
	`
	polite   = start + `local box = start("trap 'exit 0' TERM") `
	stubborn = start + `local box = start("trap '' TERM") `
)

func TestSignals(t *testing.T) {
	testenv.Root(t)
	interrupt, terminate, hangup := syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP
	// What this process ignores, as under nohup, its children would ignore too.
	received := make(chan os.Signal, 1)
	signal.Notify(received, interrupt, terminate, hangup)
	defer signal.Stop(received)
	for _, row := range []struct {
		name   string
		script string
		send   []syscall.Signal
		code   int
		stdout string // after "ready"
	}{
		{"INT ends wait", polite + `box:wait()`, []syscall.Signal{interrupt}, 130, ""},
		{"TERM ends wait", polite + `box:wait()`, []syscall.Signal{terminate}, 143, ""},
		{"HUP ends wait", polite + `box:wait()`, []syscall.Signal{hangup}, 129, ""},
		{"INT ends sleep", polite + `require("execlua.task").sleep(60)`, []syscall.Signal{interrupt}, 130, ""},
		{
			"post_stop runs",
			`execlua.driver():run({ image = "host", process = { "/bin/sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done" } }, {},
				{ post_stop = function(_, _, info) print("post_stop", info.exit_code) end })`,
			[]syscall.Signal{interrupt},
			130, "post_stop\t3\n",
		},
		{"what is deferred runs", polite + `execlua.defer(function() print("deferred") end) box:wait()`, []syscall.Signal{terminate}, 143, "deferred\n"},
		{
			"every task ends",
			polite + `
				local task = require("execlua.task")
				task.map({ 1, 2, 3 }, function()
					execlua.defer(function() print("deferred") end)
					while true do box:exec { "sleep", "60" } end
				end)`,
			[]syscall.Signal{interrupt},
			130, strings.Repeat("deferred\n", 3),
		},
		{"a script that catches it has its own code", polite + `pcall(box.wait, box) box:terminate() return 4`, []syscall.Signal{interrupt}, 4, ""},
		{"the second kills", stubborn + `box:wait()`, []syscall.Signal{interrupt, interrupt}, 130, ""},
		{"the first counts", stubborn + `box:wait()`, []syscall.Signal{terminate, interrupt}, 143, ""},
		{"the second ends a loop that never waits", polite + `while true do end`, []syscall.Signal{interrupt, interrupt}, 130, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			leaks := testenv.Leaks(t, "signals-test")
			p := spawn(t, exec.Command(binary(t), "--root", t.TempDir(), "-e", row.script))
			for _, sig := range row.send {
				p.signal(t, sig)
				time.Sleep(200 * time.Millisecond)
			}
			code, stdout := p.end(t)
			if code != row.code || stdout != row.stdout {
				t.Errorf("exit code %d, stdout %q; want %d, %q\nstderr: %s", code, stdout, row.code, row.stdout, &p.stderr)
			}
			if lines := strings.Count(p.stderr.String(), "\n"); code > 128 && lines != 1 {
				t.Errorf("stderr has %d lines, want one: %s", lines, &p.stderr)
			}
			leaks()
		})
	}
}

// nohup(1) ignores SIGHUP in the program that it starts.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	p := spawn(t, exec.Command("nohup", binary(t), "-e", `
		io.write("ready\n")
		require("execlua.task").sleep("300ms")
		print("still here")
	`))
	p.signal(t, syscall.SIGHUP)
	code, stdout := p.end(t)
	if code != 0 || stdout != "still here\n" {
		t.Errorf("exit code %d, stdout %q\nstderr: %s", code, stdout, &p.stderr)
	}
}

// A reader that goes away, as head(1) does, ends the script with an error, and
// takes nothing down with it.
func TestClosedStdout(t *testing.T) {
	testenv.Root(t)
	defer testenv.Leaks(t, "signals-test")()
	p := spawn(t, exec.Command(binary(t), "--root", t.TempDir(), "-e", `
		execlua.driver():start { id = "signals-test", image = "host", process = { "sleep", "infinity" }, stop_signal = "KILL" }
		execlua.defer(function() io.stderr:write("deferred") end)
		while true do print("ready") end
	`))
	if err := p.stdout.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.wait(t); err == nil || p.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("ended with %v, want exit code 1", err)
	}
	if got := p.stderr.String(); got != "deferred" {
		t.Errorf("stderr: %q", got)
	}
}

func TestGuard(t *testing.T) {
	code, err := guard(func(context.Context) (int, error) { panic("oops") })
	var fault *panicError
	if code != exitError || !errors.As(err, &fault) || !strings.Contains(string(fault.stack), "TestGuard") {
		t.Errorf("code %d, %v", code, err)
	}
}

// program is one that has said that it is ready.
type program struct {
	cmd    *exec.Cmd
	stdout io.Reader
	lines  *bufio.Reader
	stderr strings.Builder
}

func spawn(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: cmd, stdout: stdout, lines: bufio.NewReader(stdout)}
	cmd.Stderr = &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended unless the test failed
	if line, err := p.lines.ReadString('\n'); line != "ready\n" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("stdout %q, %v\nstderr: %s", line, err, &p.stderr)
	}
	return p
}

func (p *program) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatalf("send %v: %v\nstderr: %s", sig, err, &p.stderr)
	}
}

// end returns the exit code and what was written since "ready".
func (p *program) end(t *testing.T) (code int, stdout string) {
	t.Helper()
	timer := time.AfterFunc(soon, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	rest, err := io.ReadAll(p.lines)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.wait(t)
	return p.cmd.ProcessState.ExitCode(), string(rest)
}

// wait waits for the end, but not for long.
func (p *program) wait(t *testing.T) error {
	t.Helper()
	timer := time.AfterFunc(soon, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	err := p.cmd.Wait()
	if p.cmd.ProcessState.ExitCode() == -1 {
		t.Errorf("did not end within %v", soon)
	}
	return err
}
