//go:build linux && cgo

package execlua_test

import (
	"io"
	"os"
	"testing"

	"github.com/execlua/execlua/internal/testenv"
)

// TestEmbedNative runs the example, which as an Example could not be skipped
// where containers cannot run.
func TestEmbedNative(t *testing.T) {
	testenv.Root(t)
	t.Cleanup(func() { os.RemoveAll("/run/acme") })
	const want = "the limit is 67108864\ntea costs 300\ncode 3 error <nil>\n"
	if got := printed(t, Example); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
}

// printed is what f prints to the process's stdout.
func printed(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	os.Stdout = w
	f()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
