package drivertest

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/execlua/execlua/driver"
)

func attachCases() []testCase {
	return []testCase{
		{"output from now on, to the end", attachToTheEnd},
		{"until the context ends", attachUntil},
		{"a writer that fails", attachFails},
		{"stdin", attachStdin},
		{"no stdin to attach to", attachNoStdin},
	}
}

// attach attaches in the background.
func (t *env) attach(ctx context.Context, c *driver.Command, pipes *driver.Pipes) <-chan error {
	attacher := verb[driver.Attacher](t)
	done := make(chan error, 1)
	go func() { done <- attacher.Attach(ctx, c, pipes) }()
	return done
}

func attachToTheEnd(t *env) {
	b := t.start(t.Context(), t.command(Tick{}), noHooks)
	seen := &screen{}
	done := t.attach(t.Context(), b.command, &driver.Pipes{Stdout: seen, Stderr: seen})
	seen.await(t, "tick\ntick\n")
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	if err := <-done; err != nil {
		t.Errorf("attach: %v", err)
	}
	b.wait()
	if all, got := b.out.String(), seen.String(); strings.Contains(got, "ready") || !strings.HasSuffix(all, got) {
		t.Errorf("got %q of %q", got, all)
	}
}

func attachUntil(t *env) {
	b := t.start(t.Context(), t.command(Tick{}), noHooks)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	seen := &screen{}
	done := t.attach(ctx, b.command, &driver.Pipes{Stdout: seen})
	seen.await(t, "tick\n")
	leave()
	if err := <-done; err != nil {
		t.Errorf("attach: %v", err)
	}
	before := seen.String()
	b.out.await(t, b.out.String()+"tick\ntick\n") // the container goes on
	if after := seen.String(); after != before {
		t.Errorf("%q was written after the return", strings.TrimPrefix(after, before))
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func attachFails(t *env) {
	b := t.start(t.Context(), t.command(Tick{}), noHooks)
	broken := errors.New("broken")
	if err := <-t.attach(t.Context(), b.command, &driver.Pipes{Stdout: failingWriter{broken}}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	b.out.await(t, b.out.String()+"tick\ntick\n")
}

func attachStdin(t *env) {
	c := t.command(Cat{})
	first, firstIn := io.Pipe()
	out := &screen{}
	p, err := t.starter().Start(t.Context(), c, &driver.Pipes{Stdin: first, Stdout: out}, noHooks)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(firstIn, "one\n")
	out.await(t, "one\n")
	second, secondIn := io.Pipe()
	done := t.attach(t.Context(), c, &driver.Pipes{Stdin: second})
	io.WriteString(secondIn, "two\n")
	out.await(t, "two\n")
	secondIn.Close() // is not the end of the container's
	io.WriteString(firstIn, "three\n")
	out.await(t, "three\n")
	firstIn.Close()
	if err := <-done; err != nil {
		t.Errorf("attach: %v", err)
	}
	status, err := p.Wait(t.Context())
	if err != nil || status.ExitCode != 0 || out.String() != "one\ntwo\nthree\n" {
		t.Errorf("got %+v, %v and %q", status, err, out)
	}
}

func attachNoStdin(t *env) {
	b := t.sleeper()
	in, _ := io.Pipe()
	err := <-t.attach(t.Context(), b.command, &driver.Pipes{Stdin: in})
	t.wantCode("attach", err, "unsupported")
}
