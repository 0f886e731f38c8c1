//go:build linux && cgo

package native

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/execlua/execlua/driver"
)

func TestDetachKeys(t *testing.T) {
	for _, row := range []struct {
		typed, want string
		left        bool
	}{
		{"ls\n", "ls\n", false},
		{"l\x10\x11s", "l", true},
		{"\x10\x10\x11s", "\x10", true}, // the second ctrl-p begins it
		{"a\x10b\x11", "a\x10b\x11", false},
		{"\x11\x10", "\x11", false}, // nobody knows what a last ctrl-p was to be
	} {
		for name, slow := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "key by key": iotest.OneByteReader,
		} {
			left := false
			d := &detachKeys{from: slow(strings.NewReader(row.typed)), leave: func() { left = true }}
			got, err := io.ReadAll(d)
			if err != nil || string(got) != row.want || left != row.left {
				t.Errorf("%q %s: got %q, left %v, %v; want %q, %v", row.typed, name, got, left, err, row.want, row.left)
			}
		}
	}
}

// Somebody types at the terminal of a container that is another's, and leaves.
func TestAttachToATerminal(t *testing.T) {
	d := newEngine(t)
	c := command(t, "/bin/sh")
	c.ProcessConfig.Tty = true
	first, firstKeys := io.Pipe()
	p := start(t, d, c, &driver.Pipes{Stdin: first, Stdout: io.Discard})
	seen := &lockedBuffer{}
	in, keys := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- d.Attach(t.Context(), c, &driver.Pipes{Stdin: in, Stdout: seen}) }()
	io.WriteString(keys, "echo a$((1+1))\n")
	eventually(t, "the answer", func() bool { return strings.Contains(seen.String(), "a2") })
	io.WriteString(keys, "\x10\x11")
	if err := <-done; err != nil {
		t.Errorf("attach: %v", err)
	}
	if !d.Info(c.ID).IsRunning() {
		t.Error("the container has ended")
	}
	io.WriteString(firstKeys, "exit 3\n")
	if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 3 {
		t.Errorf("got %+v, %v", status, err)
	}
}

// A stdin that has ended takes nothing more.
func TestAttachToAnEndedStdin(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "cat; echo over; sleep 1000")
	out := &lockedBuffer{}
	start(t, d, c, &driver.Pipes{Stdin: io.NopCloser(bytes.NewReader(nil)), Stdout: out})
	eventually(t, "its stdin ends", func() bool { return strings.Contains(out.String(), "over") })
	in, _ := io.Pipe()
	err := d.Attach(t.Context(), c, &driver.Pipes{Stdin: in})
	if driver.Code(err) != "unsupported" {
		t.Errorf("got %v", err)
	}
}

// A writer that never returns holds up its own container, and the output is
// complete when it does.
func TestAttachedWriterHoldsUp(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "while ! read -t 1 x; do echo waiting; done; head -c 3000000 /dev/zero")
	in, keys := io.Pipe()
	var own bytes.Buffer
	p := start(t, d, c, &driver.Pipes{Stdin: in, Stdout: &own})
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- d.Attach(t.Context(), c, &driver.Pipes{Stdout: w})
		w.Close()
	}()
	seen := make([]byte, 1)
	if _, err := r.Read(seen); err != nil { // it is attached
		t.Fatal(err)
	}
	io.WriteString(keys, "\n")
	rest, err := io.ReadAll(r)
	seen = append(seen, rest...)
	if err != nil || len(seen) < 3000000 {
		t.Errorf("%d bytes, %v", len(seen), err)
	}
	if err := <-done; err != nil {
		t.Errorf("attach: %v", err)
	}
	if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 0 || !bytes.HasSuffix(own.Bytes(), seen) {
		t.Errorf("got %+v, %v, %d bytes", status, err, own.Len())
	}
}

// lockedBuffer may be read while somebody writes.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
