//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// An OOM kill is told while the container goes on, once for each.
func TestOOMEvent(t *testing.T) {
	d := newEngine(t)
	for _, row := range []struct {
		name  string
		limit func(c *driver.Command) // before the start
		later driver.Resources        // before memory is used
	}{
		{"a limit from the start", func(c *driver.Command) { c.Resources = &driver.Resources{Memory: 48 << 20} }, driver.Resources{Pids: 100}},
		{"a limit by an update", func(*driver.Command) {}, driver.Resources{Memory: 48 << 20}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := shell(t, "read x; tail /dev/zero; read x; tail /dev/zero; read x")
			row.limit(c)
			in, keys, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			defer keys.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			events := d.Events(ctx)
			p := start(t, d, c, &driver.Pipes{Stdin: in})
			if err := d.Update(t.Context(), c, &row.later); err != nil {
				t.Fatal(err)
			}
			ooms := 0
			keys.WriteString("\n")
			for e := range events {
				if e.Kind == driver.EventOOM {
					if ooms++; ooms == 1 && !d.Info(c.ID).IsRunning() {
						t.Error("told only at the end")
					}
					keys.WriteString("\n")
					if ooms == 2 {
						keys.Close()
					}
				}
				if e.Kind == driver.EventRemoved {
					break
				}
			}
			status, err := p.Wait(ctx)
			if err != nil || ooms != 2 || !status.OOMKilled {
				t.Errorf("%d events, %+v, %v", ooms, status, err)
			}
		})
	}
}

// A kill in the last moment is told before the end.
func TestOOMEventAtTheEnd(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "exec tail /dev/zero")
	c.Resources = &driver.Resources{Memory: 48 << 20}
	events := d.Events(t.Context())
	if got := try(d, c, driver.Hooks{}); !got.OOMKilled {
		t.Errorf("got %+v", got)
	}
	var last driver.EventKind
	for e := range events {
		if e.Kind == driver.EventExited && last != driver.EventOOM {
			t.Errorf("exited follows %s", last)
		}
		if last = e.Kind; last == driver.EventRemoved {
			break
		}
	}
}

// What v2 relies on, tried wherever a v2 hierarchy is mounted: a change of a
// cgroup's event file is an edge for the poller.
func TestEventFilesCanBePolled(t *testing.T) {
	newEngine(t)
	root := byVersion("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
	dir, err := os.MkdirTemp(root, "execlua-poll-")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no v2 hierarchy")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(dir)
	file, err := os.OpenFile(filepath.Join(dir, "cgroup.events"), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	frozen := make(chan string, 100)
	var reader sync.WaitGroup
	reader.Go(func() {
		_ = conn.Read(func(fd uintptr) bool {
			buf := make([]byte, 100)
			n, _ := unix.Pread(int(fd), buf, 0)
			frozen <- string(buf[:n])
			return false
		})
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, state := range []string{"1", "0", "1"} {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.freeze"), []byte(state), 0); err != nil {
			t.Fatal(err)
		}
		for want := "populated 0\nfrozen " + state + "\n"; ; {
			select {
			case got := <-frozen:
				if got != want {
					continue
				}
			case <-ctx.Done():
				t.Fatalf("no edge for %q", want)
			}
			break
		}
	}
	file.Close()
	reader.Wait()
}
