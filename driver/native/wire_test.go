//go:build linux && cgo

package native

import (
	"context"
	"net"
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/wire"
)

// Behind a connection the engine is the same.
func TestConformanceThroughWire(t *testing.T) {
	behind := map[driver.Driver]*Driver{}
	h := harness()
	h.New = func(t *testing.T) driver.Driver {
		d := newEngine(t)
		c := serve(t, d)
		behind[c] = d
		return c
	}
	h.OOM = func(t *testing.T, engine driver.Driver, c *driver.Command) {
		useUpMemory(t, behind[engine].container(c.ID))
	}
	if h.Only = sample("exec", "hook failures", "attach", "events"); testing.Short() {
		h.Only = []string{"hook failures"}
	}
	drivertest.Run(t, h)
}

// serve is a client of the engine, until the test ends.
func serve(t *testing.T, d driver.Driver) *wire.Client {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*net.UnixConn
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "socket")
		conn, err := net.FileConn(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		ends[i] = conn.(*net.UnixConn)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := wire.Serve(context.Background(), ends[1], d, wire.ServerOptions{}); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	c, err := wire.New(ends[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		served.Wait()
	})
	return c
}
