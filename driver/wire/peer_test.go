//go:build unix

package wire

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

const short = 200 * time.Millisecond // a timeout

// serveRaw serves a client that does what f does and then reads to the end, and
// returns what Serve does.
func serveRaw(t *testing.T, f func(*net.UnixConn)) error {
	t.Helper()
	near, far := pair(t)
	defer near.Close()
	served := make(chan error, 1)
	go func() {
		served <- Serve(context.Background(), far, fake.New(fake.Options{}), ServerOptions{Timeout: short})
	}()
	f(near)
	select {
	case err := <-served:
		return err
	case <-time.After(20 * short):
		t.Fatal("the server does not come to an end")
		return nil
	}
}

func TestHelloRefused(t *testing.T) {
	for _, row := range []struct {
		name, sent, want string
	}{
		{"garbage", "GET / HTTP/1.1\r\n\r\n", "no message of this protocol"},
		{"another message", string(message(kindBeat, 0, "")), "does not begin with a hello"},
		{"another protocol", string(message(kindHello, 0, `{"protocol":"ttrpc"}`)), `the peer speaks "ttrpc"`},
		{"no JSON", string(message(kindHello, 0, `{`)), "no message of this protocol"},
		{"another version", string(message(kindHello, 0, `{"protocol":"execlua","versions":[7,8]}`)), "the client speaks versions [7 8]"},
		{"half a header", "\x01", "timeout"},
		{"silence", "", "timeout"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := serveRaw(t, func(conn *net.UnixConn) {
				if _, err := conn.Write([]byte(row.sent)); err != nil {
					t.Fatal(err)
				}
				h, err := readHello(conn)
				if row.want != "timeout" && (err != nil || h.Refusal == "") {
					t.Errorf("the client is told %+v, error %v", h, err)
				}
			})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
		})
	}
}

func TestServerRefused(t *testing.T) {
	for _, row := range []struct {
		name, sent, want string
	}{
		{"garbage", "220 smtp.example.org ready\r\n", "no message of this protocol"},
		{"another version", string(message(kindHello, 0, `{"protocol":"execlua","version":7}`)), "has chosen version 7, of [1]"},
		{"a refusal", string(message(kindHello, 0, `{"protocol":"execlua","refusal":"too late"}`)), "the server refuses: too late"},
		{"silence", "", "timeout"},
	} {
		t.Run(row.name, func(t *testing.T) {
			near, far := pair(t)
			defer far.Close()
			if _, err := far.Write([]byte(row.sent)); err != nil {
				t.Fatal(err)
			}
			if _, err := newClient(near, short); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
		})
	}
}

// A server without an engine says why, and programs can ask.
func TestRefuse(t *testing.T) {
	for _, why := range []error{
		fmt.Errorf("open the engine: %w", &driver.FieldError{Path: "root", Reason: "a directory"}),
		&fs.PathError{Op: "open", Path: "/x", Err: syscall.ENOTDIR},
		errors.New(strings.Repeat("long ", maxHello)),
	} {
		near, far := pair(t)
		refused := make(chan error, 1)
		go func() { refused <- Refuse(far, why) }()
		_, err := New(near)
		if err := <-refused; err != nil {
			t.Errorf("refuse: %v", err)
		}
		if err == nil || !strings.Contains(err.Error(), why.Error()[:20]) {
			t.Errorf("got %.100v, want %.100v", err, why)
		}
		for _, class := range []error{driver.ErrInvalid, syscall.ENOTDIR} {
			if errors.Is(err, class) != errors.Is(why, class) {
				t.Errorf("%.100v: it is no longer %v", err, class)
			}
		}
	}
}

// A server that falls silent is given up, and what is pending fails.
func TestSilentServer(t *testing.T) {
	near, far := pair(t)
	defer far.Close()
	go welcome(far, short, hello{Verbs: []string{verbStats}})
	c, err := newClient(near, short)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	began := time.Now()
	_, err = c.Stats(context.Background(), "a")
	if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "no sign of life from it for 200ms") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 10*short {
		t.Errorf("it took %v", took)
	}
	if _, err := c.Stats(context.Background(), "a"); !errors.Is(err, ErrGone) {
		t.Errorf("and then: %v", err)
	}
}

// A client that falls silent loses its containers.
func TestSilentClient(t *testing.T) {
	err := serveRaw(t, func(conn *net.UnixConn) {
		if _, err := greet(conn, short); err != nil {
			t.Fatal(err)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "no sign of life from it for 200ms") {
		t.Errorf("got %v", err)
	}
}

// The containers of a client that dies get their stop signal; the hooks of its
// calls fail, since nobody is there to run them.
func TestClientDies(t *testing.T) {
	stopped := make(chan struct{})
	engine := fake.New(fake.Options{Program: func(ctx context.Context, p *fake.Process) int {
		<-p.Trap(int(syscall.SIGTERM))
		close(stopped)
		return 0
	}})
	near, far := pair(t)
	served := make(chan error, 1)
	gone := false
	go func() {
		served <- Serve(context.Background(), far, engine, ServerOptions{Gone: func() { gone = true }})
	}()
	c, err := New(near)
	if err != nil {
		t.Fatal(err)
	}
	hooks := driver.Hooks{PostStop: []driver.DriverCallback{func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		t.Error("a hook of a dead client runs")
		return nil
	}}}
	p, err := c.Start(context.Background(), program("a"), nil, hooks)
	if err != nil {
		t.Fatal(err)
	}
	c.link.conn.Close() // as its end does
	if _, err := p.Wait(context.Background()); !errors.Is(err, ErrGone) {
		t.Errorf("wait: %v", err)
	}
	<-stopped
	if err := <-served; err != nil || !gone {
		t.Errorf("serve: %v, told of it: %v", err, gone)
	}
	if found, err := engine.Find(context.Background(), driver.Filter{}); err != nil || len(found) > 0 {
		t.Errorf("left: %v, error %v", found, err)
	}
}

// What the kernel leaves out since there is no room for it, see unix(7), is missed.
func TestFewerDescriptors(t *testing.T) {
	near, far := pair(t)
	defer near.Close()
	served := make(chan error, 1)
	go func() { served <- Serve(context.Background(), far, fake.New(fake.Options{}), ServerOptions{}) }()
	if _, err := greet(near, DefaultTimeout); err != nil {
		t.Fatal(err)
	}
	body := `{"verb":"run","command":{"id":"a"},"pipes":{"stdout":true,"stderr":true}}`
	h := header{size: uint32(len(body)), kind: kindCall, files: 2, id: 1}
	one := syscall.UnixRights(int(os.Stdin.Fd()))
	if _, _, err := near.WriteMsgUnix(append(h.append(nil), body...), one, nil); err != nil {
		t.Fatal(err)
	}
	f, err := readFrame(near, maxBody)
	if err != nil {
		t.Fatal(err)
	}
	var r result
	if err := decode(f, &r); err != nil || f.kind != kindResult {
		t.Fatalf("got kind %d, error %v", f.kind, err)
	}
	if err := r.Failure.decode(nil, nil); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("got %v", err)
	}
	near.Close()
	if err := <-served; err != nil {
		t.Errorf("serve: %v", err)
	}
}
