//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/internal/testenv"
)

// besideWeb is a program of the tests: execlua with an engine of its own in which a
// real container, web, runs a shell at a terminal.
const (
	besideWeb = "execlua-beside-web"
	webRoot   = "EXECLUA_TEST_WEB_ROOT"
)

func mainBesideWeb() { os.Exit(runBesideWeb()) }

func runBesideWeb() int {
	ctx := context.Background()
	d, err := native.New(native.Options{Root: os.Getenv(webRoot)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	defer d.Close(ctx)
	stdin, typist, err := os.Pipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	defer typist.Close() // until then the shell waits
	c := &driver.Command{
		ID: "seat-test", Image: "host",
		ProcessConfig: driver.ProcessConfig{Entrypoint: "sh", Env: []string{"PS1=web$ "}, Tty: true},
	}
	if _, err := d.Start(ctx, c, &driver.Pipes{Stdin: stdin, Stdout: io.Discard}, driver.Hooks{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	s := settings{open: func() (driver.Driver, error) { return d, nil }}
	app := newApp(&s)
	return newReporter(os.Stderr, false).report(app.Run(arrange(app, os.Args)))
}

func sitDownBesideWeb(t *testing.T, args ...string) *seat {
	t.Helper()
	testenv.Root(t)
	t.Cleanup(testenv.Leaks(t, "seat-test"))
	return sitDownAt(t, besideWeb, []string{webRoot + "=" + t.TempDir()}, args...)
}

func TestExecAtATerminal(t *testing.T) {
	s := sitDownBesideWeb(t, "exec", "-it", "-e", "PS1=$ ", "seat", "/bin/sh")
	s.sees("$ ")
	s.becomesRaw()
	s.types("stty size\r")
	s.sees("stty size\r\n40 100\r\n$ ")
	s.resize(50, 132)
	s.types("while [ \"$(stty size)\" != '50 132' ]; do sleep 0.01; done; echo resi''zed\r")
	s.sees("resized\r\n$ ")
	s.types("cat\r")
	s.sees("cat\r\n")
	s.types("\x03") // Ctrl-C is the process's
	s.sees("$ ")
	s.types("exit 7\r")
	s.ends(7)
}

func TestExecWhatCannotBe(t *testing.T) {
	for program, code := range map[string]int{"/no/such": 127, "/etc": 126} {
		s := sitDownBesideWeb(t, "exec", "-it", "seat-test", program)
		s.ends(code)
	}
}

func TestAttachAndDetach(t *testing.T) {
	for _, row := range []struct{ name, keys, typed string }{
		{"usual keys", "ctrl-p,ctrl-q", "\x10\x11"},
		{"other keys", "ctrl-x,d", "\x18d"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := sitDownBesideWeb(t, "attach", "--detach-keys", row.keys, "seat-test")
			s.becomesRaw()
			s.types("echo in''side\r")
			s.sees("inside")
			s.types(row.typed)
			s.ends(0)
		})
	}
	t.Run("it ends", func(t *testing.T) {
		s := sitDownBesideWeb(t, "attach", "seat-test")
		s.becomesRaw()
		s.types("exit 3\r")
		s.ends(3)
	})
}
