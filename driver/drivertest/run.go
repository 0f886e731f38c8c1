package drivertest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

func runCases() []testCase {
	return []testCase{
		{"exit code 0", func(t *env) { exitCode(t, 0) }},
		{"exit code 1", func(t *env) { exitCode(t, 1) }},
		{"exit code 255", func(t *env) { exitCode(t, 255) }},
		{"stdout and stderr are apart", separateOutput},
		{"1 MiB of output arrives whole", largeOutput},
		{"one writer for both keeps the order", sameWriter},
		{"stdin to its end", stdinToEOF},
		{"1 MiB of stdin", largeStdin},
		{"stdin is closed when the process ends first", stdinClosed},
		{"no pipes are /dev/null", nilPipes},
		{"nil ends of pipes are /dev/null", nilEnds},
		{"environment", environment},
		{"working directory", workingDir},
		{"duration", duration},
		{"an id is taken while its container runs", duplicateID},
		{"an id is free after its container", reusedID},
		{"the Command is not changed", commandUnchanged},
	}
}

func exitCode(t *env, code int) {
	r := t.run(t.Context(), t.command(Exit{code}), "", driver.Hooks{})
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.wantStatus(r.ExitStatus, code, 0, false)
}

func separateOutput(t *env) {
	r := t.run(t.Context(), t.command(Echo{"to the left", "to the right"}), "", driver.Hooks{})
	if r.err != nil || r.stdout != "to the left" || r.stderr != "to the right" {
		t.Errorf("got %+v", r)
	}
}

func largeOutput(t *env) {
	const size = 1 << 20
	r := t.run(t.Context(), t.command(Flood{size}), "", driver.Hooks{})
	if r.err != nil || r.ExitCode != 0 {
		t.Fatalf("%+v, %v", r.ExitStatus, r.err)
	}
	if r.stdout != strings.Repeat("o", size) || r.stderr != strings.Repeat("e", size) {
		t.Errorf("got %d and %d bytes, or others than were written; want %d", len(r.stdout), len(r.stderr), size)
	}
}

func sameWriter(t *env) {
	var want strings.Builder
	for i := 1; i <= 50; i++ {
		fmt.Fprintf(&want, "o%d\ne%d\n", i, i)
	}
	var out bytes.Buffer
	_, err := t.engine.Run(t.Context(), t.command(Alternate{50}), &driver.Pipes{Stdout: &out, Stderr: &out}, driver.Hooks{})
	if err != nil || out.String() != want.String() {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func stdinToEOF(t *env) {
	r := t.run(t.Context(), t.command(Cat{}), "first\nlast, without a newline", driver.Hooks{})
	if r.err != nil || r.ExitCode != 0 || r.stdout != "first\nlast, without a newline" {
		t.Errorf("got %+v", r)
	}
}

func largeStdin(t *env) {
	in := strings.Repeat("0123456789abcde\n", 1<<16)
	r := t.run(t.Context(), t.command(Cat{}), in, driver.Hooks{})
	if r.err != nil || r.stdout != in {
		t.Errorf("got %d bytes, or others than were sent, and %v; want %d", len(r.stdout), r.err, len(in))
	}
}

// stdinClosed gives a stdin whose Read blocks until it is closed.
func stdinClosed(t *env) {
	read, write := io.Pipe()
	defer write.Close()
	status, err := t.engine.Run(t.Context(), t.command(Exit{4}), &driver.Pipes{Stdin: read}, driver.Hooks{})
	if err != nil || status.ExitCode != 4 {
		t.Errorf("got %+v, %v", status, err)
	}
	if _, err := write.Write([]byte("anybody there?")); err != io.ErrClosedPipe {
		t.Errorf("writing to the stdin of a process that has ended: got %v, want %v", err, io.ErrClosedPipe)
	}
}

func nilPipes(t *env) {
	for _, p := range []Program{Cat{}, Echo{"a", "b"}} {
		status, err := t.engine.Run(t.Context(), t.command(p), nil, driver.Hooks{})
		if err != nil || status.ExitCode != 0 {
			t.Errorf("%T: got %+v, %v", p, status, err)
		}
	}
}

func nilEnds(t *env) {
	var stderr bytes.Buffer
	status, err := t.engine.Run(t.Context(), t.command(Echo{"a", "b"}), &driver.Pipes{Stderr: &stderr}, driver.Hooks{})
	if err != nil || status.ExitCode != 0 || stderr.String() != "b" {
		t.Errorf("got %+v, %v, stderr %q", status, err, &stderr)
	}
	var stdout bytes.Buffer
	status, err = t.engine.Run(t.Context(), t.command(Cat{}), &driver.Pipes{Stdout: &stdout}, driver.Hooks{})
	if err != nil || status.ExitCode != 0 || stdout.Len() > 0 {
		t.Errorf("cat without stdin: got %+v, %v, stdout %q", status, err, &stdout)
	}
}

func environment(t *env) {
	c := t.command(PrintEnv{"GREETING"})
	c.ProcessConfig.Env = append(c.ProcessConfig.Env, "GREETING=good day = hello")
	if r := t.run(t.Context(), c, "", driver.Hooks{}); r.err != nil || r.stdout != "good day = hello\n" {
		t.Errorf("got %+v", r)
	}
}

func workingDir(t *env) {
	c := t.command(PrintDir{})
	if r := t.run(t.Context(), c, "", driver.Hooks{}); r.err != nil || r.stdout != "/\n" {
		t.Errorf("unset: got %+v", r)
	}
	c = t.command(PrintDir{})
	c.WorkingDir = "/dev"
	if r := t.run(t.Context(), c, "", driver.Hooks{}); r.err != nil || r.stdout != "/dev\n" {
		t.Errorf("/dev: got %+v", r)
	}
}

func duration(t *env) {
	begun := time.Now()
	b := t.sleeper()
	time.Sleep(aMoment)
	if err := b.Signal(t.Context(), sigKILL); err != nil {
		t.Fatal(err)
	}
	status, took := b.wait(), time.Since(begun)
	if status.Duration < aMoment || status.Duration > took {
		t.Errorf("got a duration of %v, want %v to %v", status.Duration, aMoment, took)
	}
}

func duplicateID(t *env) {
	b := t.sleeper()
	second := t.command(Echo{"second", ""})
	second.ID = b.ID()
	called := false
	r := t.run(t.Context(), second, "", driver.Hooks{PreStart: hooks(func() { called = true }), PostStop: hooks(func() { called = true })})
	t.wantCode("the second run", r.err, "exists")
	if r.ExitCode != -1 || r.stdout != "" || called {
		t.Errorf("the second run left traces: %+v, hooks called: %v", r, called)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the first container does not run any more")
	}
	if err := b.Signal(t.Context(), sigTERM); err != nil {
		t.Error(err)
	}
	t.wantStatus(b.wait(), 7, 0, false)
	t.wantFree(b.ID())
}

func reusedID(t *env) {
	id := t.command(Exit{}).ID
	for range 5 {
		t.wantFree(id)
	}
}

func commandUnchanged(t *env) {
	c := t.command(Exit{})
	before := c.Clone()
	t.run(t.Context(), c, "", driver.Hooks{PreStart: hooks(func() {})})
	// The Terminal is the one field that an engine sets.
	c.ProcessConfig.Terminal = before.ProcessConfig.Terminal
	t.wantSame("the Command after the run", c, before)
}
