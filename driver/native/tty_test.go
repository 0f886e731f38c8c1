//go:build linux && cgo

package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// session is somebody at the terminal of a process.
type session struct {
	t     *testing.T
	p     driver.Process
	keys  *os.File
	pipes *driver.Pipes

	mu  sync.Mutex
	out bytes.Buffer
}

func newSession(t *testing.T) *session {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	s := &session{t: t, keys: w}
	s.pipes = &driver.Pipes{Stdin: r, Stdout: s}
	return s
}

// sitDown starts a shell with a terminal in a container of its own.
func sitDown(t *testing.T, d *Driver, script ...string) *session {
	t.Helper()
	s := newSession(t)
	c := onTerminal(t, script...)
	s.p = start(t, d, c, s.pipes)
	return s
}

func onTerminal(t testing.TB, script ...string) *driver.Command {
	c := command(t, "/bin/sh")
	for _, text := range script {
		c.ProcessConfig.Arguments = []string{"-c", text}
	}
	c.ProcessConfig.Tty = true
	c.ProcessConfig.ConsoleSize = [2]int{33, 101}
	return c
}

func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *session) typed(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Fatal(err)
	}
}

// sees waits for text on the screen and wipes it up to there.
func (s *session) sees(text string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%q on the screen", text), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, rest, found := bytes.Cut(s.out.Bytes(), []byte(text))
		if found {
			s.out = *bytes.NewBuffer(bytes.Clone(rest))
		}
		return found
	})
}

func (s *session) resize(height, width int) {
	s.t.Helper()
	if err := s.p.(driver.Resizer).Resize(height, width); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) ends(code int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if status, err := s.p.Wait(ctx); err != nil || status.ExitCode != code {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.t.Errorf("ended with code %d, %v; want %d; on the screen: %q", status.ExitCode, err, code, s.out.String())
	}
}

const ctrlC, ctrlD = "\x03", "\x04"

// An interactive shell: prompt, echo, line discipline, job control.
func TestShellOnATerminal(t *testing.T) {
	s := sitDown(t, newEngine(t))
	s.sees("/ # ")
	s.typed("tty; echo $TERM\n")
	s.sees("tty; echo $TERM\r\n/dev/pts/0\r\nxterm\r\n/ # ")
	s.typed("stty size\n")
	s.sees("33 101\r\n")
	s.typed("echo to the console > /dev/console; echo stderr >&2\n")
	s.sees("\nto the console\r\nstderr\r\n/ # ")
	s.typed("echo; cat\n")
	s.sees("echo; cat\r\n\r\n") // the line editor is done
	s.typed("hello\n")
	s.sees("hello\r\nhello\r\n")
	s.typed(ctrlC)
	s.sees("^C")
	s.sees("/ # ")
	s.typed("echo $?\n")
	s.sees("130\r\n/ # ")
	s.typed("exit 7\n")
	s.ends(7)
	if err := s.p.(driver.Resizer).Resize(1, 1); !errors.Is(err, driver.ErrNotRunning) {
		t.Errorf("a resize after the end: %v", err)
	}
}

func TestExecOnATerminal(t *testing.T) {
	d := newEngine(t)
	c := command(t, "sleep")
	c.ProcessConfig.User = "app"
	sleeper(t, d, c)
	s := newSession(t)
	var err error
	s.p, err = d.StartExec(t.Context(), c, &driver.ProcessConfig{Entrypoint: "/bin/sh", Tty: true, ConsoleSize: [2]int{20, 70}}, s.pipes, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	s.sees("$ ")
	s.typed("id -un; tty; stty size\n")
	s.sees("\r\napp\r\n/dev/pts/0\r\n20 70\r\n")
	s.resize(21, 71)
	s.typed("stty size; stat -c %U:%a /dev/pts/0\n")
	s.sees("\r\n21 71\r\napp:620\r\n/ $ ")
	s.typed(ctrlD)
	s.ends(0)
}

func TestResize(t *testing.T) {
	s := sitDown(t, newEngine(t), `trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.01; done`)
	s.sees("ready")
	s.resize(50, 120)
	s.sees("50 120\r\n")
	s.ends(3)
	if err := resize(&driver.ProcessConfig{}, 1, 1); !errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("without a terminal: %v", err)
	}
	for _, wrong := range [][2]int{{-1, 80}, {24, 1 << 16}} {
		if err := new(terminal).Resize(wrong[0], wrong[1]); !errors.Is(err, driver.ErrInvalid) {
			t.Errorf("size %v: %v", wrong, err)
		}
	}
}

// A hook gets the Terminal: what it sets before there is one counts, and Close hangs up.
func TestHooksHoldTheTerminal(t *testing.T) {
	d := newEngine(t)
	var early error
	size := func(_ context.Context, p *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		early = p.Terminal.Resize(7, 77)
		return nil
	}
	hangUp := func(_ context.Context, p *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		return p.Terminal.Close()
	}
	c := onTerminal(t, "stty size")
	got := try(d, c, driver.Hooks{PreStart: []driver.DriverCallback{size}})
	if got.err != nil || early != nil || got.out != "7 77\r\n" {
		t.Errorf("resized before the start: %v, %q, %v", early, got.out, got.err)
	}
	if c.ProcessConfig.Terminal != nil {
		t.Error("the caller's Command has been changed")
	}
	if got := try(d, onTerminal(t, "exec yes"), driver.Hooks{Start: hangUp}); got.err != nil || got.ExitCode != 1 {
		t.Errorf("hung up in Start: %+v", got.ExitStatus)
	}
	if got := try(d, onTerminal(t, "true"), driver.Hooks{PreStart: []driver.DriverCallback{hangUp}}); !errors.Is(got.err, errHungUp) {
		t.Errorf("hung up in PreStart: %v", got.err)
	}
	plain := shell(t, "true")
	if got := try(d, plain, driver.Hooks{Start: size}); got.err != nil || early != nil {
		t.Errorf("without a terminal: %v, %v", got.err, early)
	}
}

// The end of stdin ends the input of every program, and not the output.
func TestEndOfInput(t *testing.T) {
	d := newEngine(t)
	many := often(20_000)
	for _, row := range []struct{ name, script, input, want string }{
		{"lines", "stty -echo; cat; echo over", "a\nb\n", "a\r\nb\r\nover\r\n"},
		{"a line without its end", "stty -echo; cat; echo over", "a", "aover\r\n"},
		{"nothing", "cat; echo over", "", "over\r\n"},
		{"two readers", "stty -echo; cat; sleep 0.1; cat; echo over", "a\n", "a\r\nover\r\n"},
		{"a line editor", "exec sh -i", "echo o''ver\n", "over\r\n"},
		{"a lot", "stty -echo; cat | wc -l", strings.Repeat("some line\n", many), fmt.Sprintf("%d\r\n", many)},
	} {
		for kind, stdin := range map[string]io.ReadCloser{"reader": io.NopCloser(strings.NewReader(row.input)), "file": fileOf(t, row.input)} {
			c := onTerminal(t, row.script)
			var out bytes.Buffer
			status, err := d.Run(t.Context(), c, &driver.Pipes{Stdin: stdin, Stdout: &out}, driver.Hooks{})
			if err != nil || status.ExitCode != 0 || !strings.Contains(out.String(), row.want) {
				t.Errorf("%s, %s: got %q, %+v, %v; want %q", row.name, kind, out.String(), status, err, row.want)
			}
		}
	}
	if got := try(d, onTerminal(t, "cat; echo over"), driver.Hooks{}); got.err != nil || got.out != "over\r\n" {
		t.Errorf("without a stdin: %q, %v", got.out, got.err)
	}
}

func fileOf(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

// All that was said before the exit arrives, also when nobody listens.
func TestOutputOfATerminalIsDrained(t *testing.T) {
	d := newEngine(t)
	lines := often(5000)
	want := strings.Repeat("0123456789\r\n", lines)
	for range 5 {
		got := try(d, onTerminal(t, fmt.Sprintf("yes 0123456789 | head -n %d", lines)), driver.Hooks{})
		if got.err != nil || got.out != want {
			t.Fatalf("got %d of %d bytes, %v", len(got.out), len(want), got.err)
		}
	}
	if status, err := d.Run(t.Context(), onTerminal(t, fmt.Sprintf("yes | head -n %d", 20*lines)), nil, driver.Hooks{}); err != nil || status.ExitCode != 0 {
		t.Errorf("without a stdout: %+v, %v", status, err)
	}
	status, err := d.Run(t.Context(), onTerminal(t, "exec yes"), &driver.Pipes{Stdout: brokenWriter{}}, driver.Hooks{})
	if !errors.Is(err, errFull) || status.ExitCode == 0 {
		t.Errorf("a stdout that fails: %+v, %v", status, err)
	}
}

// A program that closes its standard streams goes on.
func TestTerminalLeftAlone(t *testing.T) {
	got := try(newEngine(t), onTerminal(t, "echo bye; exec <&- >&- 2>&-; sleep 0.2; exit 5"), driver.Hooks{})
	if got.err != nil || got.ExitCode != 5 || got.out != "bye\r\n" {
		t.Errorf("got %+v", got)
	}
}

// newEngine looks for what stays behind.
func TestTerminalsLeakNothing(t *testing.T) {
	d := newEngine(t)
	c := command(t, "sleep")
	sleeper(t, d, c)
	veto := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return errors.New("no") }
	for range often(20) {
		if got := try(d, onTerminal(t, "tty"), driver.Hooks{}); got.err != nil || got.out != "/dev/pts/0\r\n" {
			t.Fatalf("run: %+v", got)
		}
	}
	for range 5 {
		if got := try(d, onTerminal(t, "tty"), driver.Hooks{PreStart: []driver.DriverCallback{veto}}); got.err == nil {
			t.Fatal("the start was not vetoed")
		}
		missing := onTerminal(t)
		missing.ProcessConfig.Entrypoint = "/nonexistent"
		if got := try(d, missing, driver.Hooks{}); !errors.Is(got.err, driver.ErrNotFound) {
			t.Fatalf("no such program: %v", got.err)
		}
		for program, hooks := range map[string]driver.Hooks{"true": {}, "/nonexistent": {}, "cat": {Start: veto}} {
			_, err := d.Exec(t.Context(), c, &driver.ProcessConfig{Entrypoint: program, Tty: true}, nil, hooks)
			if (err == nil) != (program == "true") {
				t.Fatalf("exec of %s: %v", program, err)
			}
		}
	}
}
