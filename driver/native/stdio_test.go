//go:build linux && cgo

package native

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// The caller's file stays what it was: not blocking, open, and with all that the
// process had no use for.
func TestStdinFileIsLeftAlone(t *testing.T) {
	d := newEngine(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := d.Run(t.Context(), command(t, "true"), &driver.Pipes{Stdin: r}, driver.Hooks{}); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read with a deadline: %v", err)
	}
	if _, err := io.WriteString(w, "for the next reader"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	_ = r.SetReadDeadline(time.Time{})
	if n, err := r.Read(buf); err != nil || string(buf[:n]) != "for the next reader" {
		t.Errorf("got %q, %v", buf[:n], err)
	}
}

// Both ends of stdin as files: what was written before the end arrives.
func TestStdinFromFiles(t *testing.T) {
	d := newEngine(t)
	text := strings.Repeat("line\n", 50_000)
	regular, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		_, _ = io.WriteString(w, text)
		w.Close()
	}()
	if _, err := io.WriteString(regular, text); err != nil {
		t.Fatal(err)
	}
	if _, err := regular.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for name, stdin := range map[string]*os.File{"regular": regular, "pipe": r} {
		var out bytes.Buffer
		_, err := d.Run(t.Context(), command(t, "cat"), &driver.Pipes{Stdin: stdin, Stdout: &out}, driver.Hooks{})
		if err != nil || out.String() != text {
			t.Errorf("%s: %d of %d bytes, %v", name, out.Len(), len(text), err)
		}
	}
}

// A writer that fails is the caller's fault, and told; the process gets EPIPE.
func TestOutputThatFails(t *testing.T) {
	d := newEngine(t)
	status, err := d.Run(t.Context(), command(t, "yes"), &driver.Pipes{Stdout: brokenWriter{}}, driver.Hooks{})
	if !errors.Is(err, errFull) || status.ExitCode == 0 {
		t.Errorf("got %+v, %v", status, err)
	}
}

var errFull = errors.New("disk full")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errFull }
