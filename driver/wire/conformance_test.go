//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/driver/internal/faketest"
)

// pair is the two ends of a connection.
func pair(t testing.TB) (client, server *net.UnixConn) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
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
	return ends[0], ends[1]
}

// connect serves an engine to a client until the test ends.
func connect(t testing.TB, d driver.Driver) *Client {
	t.Helper()
	near, far := pair(t)
	var served sync.WaitGroup
	served.Go(func() {
		if err := Serve(context.Background(), far, d, ServerOptions{}); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	c, err := New(near)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		served.Wait()
	})
	return c
}

// The suite of engines passes through a connection as it is.
func TestConformance(t *testing.T) {
	programs := &faketest.Programs{}
	var ids atomic.Int64
	var behind sync.Map // the engine of a Client
	running := goleak.IgnoreCurrent()
	drivertest.Run(t, drivertest.Harness{
		New: func(t *testing.T) driver.Driver {
			engine := fake.New(fake.Options{Program: programs.Run})
			c := connect(t, engine)
			behind.Store(c, engine)
			return c
		},
		Command: func(_ *testing.T, p drivertest.Program) *driver.Command {
			return &driver.Command{
				ID:            fmt.Sprintf("case-%d", ids.Add(1)),
				Image:         "host",
				ProcessConfig: *programs.Process(p),
			}
		},
		Process: programs.Process,
		OOM: func(t *testing.T, engine driver.Driver, c *driver.Command) {
			d, _ := behind.Load(engine)
			if err := d.(*fake.Driver).OOM(c.ID); err != nil && !errors.Is(err, driver.ErrNotRunning) {
				t.Error(err)
			}
		},
		Leaks: func(t *testing.T) { goleak.VerifyNone(t, running) },
	})
}
