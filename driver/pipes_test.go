package driver

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

func TestNewPipes(t *testing.T) {
	stdin := io.NopCloser(strings.NewReader(""))
	var out, err bytes.Buffer
	if p := NewPipes(stdin, &out, &err, true); p.Stdin != stdin || p.Stdout != &out || p.Stderr != &err {
		t.Errorf("got %+v", p)
	}
	if p := NewPipes(stdin, &out, &err, false); p.Stdin != nil || p.Stdout != &out {
		t.Errorf("stdin is not used: got %+v", p)
	}
}

// A StdConsole takes the place of a terminal, and joins pipes to a command of the host.
func TestStdConsole(t *testing.T) {
	var out bytes.Buffer
	pipes := NewPipes(io.NopCloser(strings.NewReader("from the pipe")), &out, io.Discard, true)
	process := &ProcessConfig{}
	console, err := NewStdConsole(process, pipes)
	if err != nil || process.Terminal != console {
		t.Fatalf("got %v, %v; the process has %v", console, err, process.Terminal)
	}
	if err := errors.Join(console.Resize(24, 80), console.Close()); err != nil {
		t.Error(err)
	}
	cat := exec.Command("cat")
	if err := console.AttachPipes(cat, pipes); err != nil {
		t.Fatal(err)
	}
	if err := cat.Run(); err != nil || out.String() != "from the pipe" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	for what, err := range map[string]error{
		"no process": second(NewStdConsole(nil, pipes)),
		"no pipes":   second(NewStdConsole(process, nil)),
		"no command": console.AttachPipes(nil, pipes),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", what, err)
		}
	}
}

func second(_ *StdConsole, err error) error { return err }
