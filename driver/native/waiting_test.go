//go:build linux && cgo

package native

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/execlua/execlua/driver"
)

// waitingCeiling is what a container that waits may cost in heap and goroutine
// stacks, as docs/performance.md says. It costs a third of that: the rest is for
// the race detector and other releases of Go.
const waitingCeiling = 32 << 10

// A container that waits holds no thread, no buffer and little else, whichever of
// its streams are connected.
func TestWaitingIsCheap(t *testing.T) {
	d := newEngine(t)
	silent, typist, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	defer typist.Close()
	for _, row := range []struct {
		name  string
		pipes func() *driver.Pipes
	}{
		{"output", func() *driver.Pipes { return &driver.Pipes{Stdout: io.Discard, Stderr: &bytes.Buffer{}} }},
		{"a file as stdin", func() *driver.Pipes { return &driver.Pipes{Stdin: silent} }},
		{"a reader as stdin", func() *driver.Pipes { r, _ := io.Pipe(); return &driver.Pipes{Stdin: r} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			few, many := 3, 10
			if testing.Short() {
				few, many = 2, 4
			}
			hold := func(n int) usage {
				for range n {
					start(t, d, command(t, "sleep", "1000"), row.pipes())
				}
				return usageNow(t)
			}
			before := hold(few)
			after := hold(many)
			each := (after.bytes - before.bytes) / many
			t.Logf("%d bytes of heap and stacks for each of %d", each, many)
			if each > waitingCeiling {
				t.Errorf("%d bytes for each waiting container, want at most %d", each, waitingCeiling)
			}
			if grown := after.threads - before.threads; grown > many/4 {
				t.Errorf("%d more threads with %d more containers", grown, many)
			}
		})
	}
}

// usage is what a process holds.
type usage struct{ bytes, heap, threads, descriptors, goroutines int }

// usageNow counts what is left after a collection. Two of them: the first only
// moves what pools hold to where the second frees it.
func usageNow(t *testing.T) usage {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{
		bytes: int(m.HeapAlloc + m.StackInuse), heap: int(m.HeapAlloc),
		threads: osThreads(t), descriptors: descriptors(t), goroutines: runtime.NumGoroutine(),
	}
}
