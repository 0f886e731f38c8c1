package logs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// attach attaches two writers in the background, and returns when it has.
func attach(t *testing.T, ctx context.Context, l *Log, stdout, stderr io.Writer) <-chan error {
	t.Helper()
	before := len(l.attached)
	done := make(chan error, 1)
	go func() { done <- l.Attach(ctx, stdout, stderr, nil) }()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		l.mu.Lock()
		n := len(l.attached)
		l.mu.Unlock()
		if n > before {
			return done
		}
	}
	t.Fatal("never attached")
	return nil
}

func TestAttach(t *testing.T) {
	var l Log
	var own, both, one bytes.Buffer
	out, err := l.tee(stdout, &own), l.tee(stderr, &own)
	io.WriteString(out, "before ")
	first := attach(t, t.Context(), &l, &both, &both)
	io.WriteString(out, "o1 ")
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	second := attach(t, ctx, &l, nil, &one)
	io.WriteString(err, "e1 ")
	leave()
	if err := <-second; err != nil {
		t.Errorf("who leaves gets %v", err)
	}
	io.WriteString(err, "e2 ")
	l.Close()
	if err := <-first; err != nil {
		t.Errorf("the end is %v", err)
	}
	if own.String() != "before o1 e1 e2 " || both.String() != "o1 e1 e2 " || one.String() != "e1 " {
		t.Errorf("got %q, %q and %q", &own, &both, &one)
	}
	if err := l.Attach(t.Context(), &both, nil, nil); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A listener that fails is nobody's problem but its own.
func TestAttachedWriterFails(t *testing.T) {
	var l Log
	var own bytes.Buffer
	out := l.tee(stdout, &own)
	broken := errors.New("broken")
	done := attach(t, t.Context(), &l, failing{broken}, nil)
	for range 3 {
		if _, err := io.WriteString(out, "x"); err != nil {
			t.Errorf("the container is told: %v", err)
		}
	}
	if err := <-done; err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
	if own.String() != "xxx" {
		t.Errorf("got %q", &own)
	}
}

// The answer of the container's own writer is the answer.
func TestOwnWriterFails(t *testing.T) {
	var l Log
	broken := errors.New("broken")
	if _, err := l.tee(stdout, failing{broken}).Write([]byte("x\n")); err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
	if got := read(t.Context(), &l, driver.LogOptions{}); len(got) != 1 {
		t.Errorf("kept %q", got)
	}
}

// A container that says nothing holds no memory.
func TestQuietIsSmall(t *testing.T) {
	var l Log
	l.tee(stdout, io.Discard)
	if l.lines != nil || l.attached != nil || l.grown != nil {
		t.Error("something was allocated before there was output")
	}
}

// funcs cannot be compared.
type funcs struct{ write func([]byte) (int, error) }

func (f funcs) Write(p []byte) (int, error) { return f.write(p) }

func TestPipes(t *testing.T) {
	var l Log
	var own bytes.Buffer
	if l.Pipes(nil) != nil {
		t.Error("no pipes became some")
	}
	if p := l.Pipes(&driver.Pipes{Stdout: &own, Stderr: &own}); p.Stdout != p.Stderr {
		t.Error("one writer became two")
	}
	if p := l.Pipes(&driver.Pipes{Stderr: &own}); p.Stdout != nil || p.Stderr == nil {
		t.Errorf("got %+v", p)
	}
	f := funcs{own.Write}
	p := l.Pipes(&driver.Pipes{Stdout: f, Stderr: f})
	io.WriteString(p.Stderr, "e\n")
	if got := read(t.Context(), &l, driver.LogOptions{}); len(got) != 1 || got[0] != "err e" || own.String() != "e\n" {
		t.Errorf("got %q and %q", got, &own)
	}
}
