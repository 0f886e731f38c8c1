//go:build linux && cgo

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/internal/testenv"
)

// seat is somebody at a terminal of 40 lines and 100 columns, who has started execlua on it.
type seat struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File
	before unix.Termios

	mu     sync.Mutex
	screen bytes.Buffer
}

func sitDown(t *testing.T, script string) *seat {
	t.Helper()
	return sitDownTo(t, nil, "--root", t.TempDir(), "-e", script)
}

// sitDownTo starts execlua with arguments of its own and a few more variables.
func sitDownTo(t *testing.T, env []string, args ...string) *seat {
	t.Helper()
	return sitDownAt(t, binary(t), env, args...)
}

// sitDownAt starts another program.
func sitDownAt(t *testing.T, program string, env []string, args ...string) *seat {
	t.Helper()
	s := &seat{t: t}
	s.master, s.slave = testenv.Pty(t)
	s.resize(40, 100)
	s.before = s.termios()
	s.cmd = exec.Command(program, args...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = s.slave, s.slave, s.slave
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	go func() { _, _ = io.Copy(s, s.master) }() // until the master is closed
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // it has ended unless the test failed
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	return s
}

func (s *seat) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.Write(p)
}

// sees waits for text on the screen and wipes it up to there.
func (s *seat) sees(text string) {
	s.t.Helper()
	s.eventually(fmt.Sprintf("%q on the screen", text), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, rest, found := bytes.Cut(s.screen.Bytes(), []byte(text))
		if found {
			s.screen = *bytes.NewBuffer(bytes.Clone(rest))
		}
		return found
	})
}

func (s *seat) eventually(what string, is func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(2 * soon); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.t.Fatalf("never: %s; the screen: %q", what, s.screen.String())
		}
	}
}

func (s *seat) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) resize(height, width uint16) {
	s.t.Helper()
	if err := unix.IoctlSetWinsize(int(s.slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) termios() unix.Termios {
	s.t.Helper()
	termios, err := unix.IoctlGetTermios(int(s.slave.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	return *termios
}

func (s *seat) becomesRaw() {
	s.t.Helper()
	s.eventually("a raw terminal", func() bool { return s.termios().Lflag&(unix.ECHO|unix.ICANON|unix.ISIG) == 0 })
}

// ends wants an exit code, and the terminal as it was.
func (s *seat) ends(code int) {
	s.t.Helper()
	timer := time.AfterFunc(2*soon, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	_ = s.cmd.Wait()
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.t.Errorf("exit code %d, want %d; the screen: %q", got, code, s.screen.String())
	}
	if now := s.termios(); now != s.before {
		s.t.Errorf("the terminal is %+v, was %+v", now, s.before)
	}
}

// A shell in a container on this terminal: echo, size and Ctrl-C are the shell's.
func TestShell(t *testing.T) {
	testenv.Root(t)
	t.Cleanup(testenv.Leaks(t, "seat-test"))
	s := sitDown(t, `return execlua.driver():run({
		id = "seat-test", image = "host", process = { "/bin/sh" }, env = { PS1 = "$ " }, tty = true,
	}, { stdin = "inherit" }).exit_code`)
	s.sees("$ ")
	s.becomesRaw()
	s.types("stty size; tty\r")
	s.sees("stty size; tty\r\n40 100\r\n/dev/pts/0\r\n$ ")
	s.resize(50, 132)
	s.types("while [ \"$(stty size)\" != '50 132' ]; do sleep 0.01; done; echo resi''zed\r")
	s.sees("resized\r\n$ ")
	s.types("echo; cat\r")
	s.sees("echo; cat\r\n\r\n") // the line editor, if the shell has one, is done
	s.types("hello\r")
	s.sees("hello\r\nhello\r\n")
	s.types("\x03") // Ctrl-C
	s.sees("$ ")
	s.types("exit 7\r")
	s.ends(7)
}

// However it ends, the terminal is back.
func TestTerminalIsPutBack(t *testing.T) {
	testenv.Root(t)
	// A key is echoed, and so calls on_key. The stubborn one has no stop signal that ends it.
	const (
		cat = `execlua.driver():run({ id = "seat-test", image = "host", process = { "cat" }, tty = true, stop_signal = stop_signal },
			{ stdin = "inherit", stdout = on_key })`
		willing  = `local stop_signal = "KILL" `
		stubborn = `local stop_signal = "WINCH" `
		spin     = `local function on_key() require("execlua.task").spawn(function() while true do end end) end `
	)
	interrupt, terminate, hangup := syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP
	for _, row := range []struct {
		name, script string
		send         []syscall.Signal
		code         int
	}{
		{"TERM", willing + `local on_key ` + cat, []syscall.Signal{terminate}, 143},
		{"HUP", willing + `local on_key ` + cat, []syscall.Signal{hangup}, 129},
		{"the second signal", stubborn + `local on_key ` + cat, []syscall.Signal{interrupt, interrupt}, 130},
		{"exit", willing + `local function on_key() os.exit(9) end ` + cat, nil, 9},
		{"an error", willing + `local function on_key() error("no") end ` + cat, nil, 1},
		{"a script that does not end", stubborn + spin + cat, []syscall.Signal{terminate, terminate}, 143},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Cleanup(testenv.Leaks(t, "seat-test"))
			s := sitDown(t, row.script)
			s.becomesRaw()
			s.types("k")
			for _, sig := range row.send {
				time.Sleep(200 * time.Millisecond)
				if err := s.cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
			}
			s.ends(row.code)
		})
	}
}
