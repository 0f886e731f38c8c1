//go:build unix

package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// message is a frame with a body of JSON, as bytes.
func message(k kind, id uint64, body string) []byte {
	return append(header{size: uint32(len(body)), kind: k, id: id}.append(nil), body...)
}

func FuzzFrame(f *testing.F) {
	f.Add(message(kindBeat, 0, ""))
	f.Add(message(kindCall, 1, `{"verb":"info","id":"a"}`))
	f.Add(header{size: maxBody, kind: kindCall}.append(nil))
	f.Add(header{size: maxBody + 1, kind: kindCall}.append(nil))
	f.Add(header{kind: kindBeat + 1}.append(nil))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := pair(t)
		defer far.Close()
		go func() {
			_, _ = near.Write(data) // what is refused is not read to its end
			near.Close()
		}()
		read := 0
		for {
			got, err := readFrame(far, maxBody)
			if err != nil {
				if errors.Is(err, io.EOF) && read != len(data) {
					t.Errorf("an end after %d of %d bytes", read, len(data))
				}
				return
			}
			again := append(got.append(nil), got.body...)
			if got.files = nil; !bytes.Equal(again, data[read:read+len(again)]) {
				t.Fatalf("%q was read as %q", data[read:], again)
			}
			read += len(again)
		}
	})
}

// A server closes the connection on what it does not understand, and answers the rest.
func FuzzServer(f *testing.F) {
	hello := message(kindHello, 0, `{"protocol":"execlua","versions":[1]}`)
	for _, verb := range abilities(fake.New(fake.Options{})) {
		f.Add(append(hello[:len(hello):len(hello)], message(kindCall, 1, `{"verb":"`+verb+`","id":"a","target":1,"hooks":{"pre_start":1,"start":true,"post_stop":1},
			"command":{"id":"a","image":"host","process_config":{"entrypoint":"true"}},"process":{"entrypoint":"true"}}`)...))
		f.Add(append(hello[:len(hello):len(hello)], message(kindCall, 1, `{"verb":"`+verb+`"}`)...))
	}
	for k := kindHello; k <= kindBeat; k++ {
		f.Add(append(hello[:len(hello):len(hello)], message(k, 1, `{"items":1,"stream":1,"failure":{"text":"x","errs":[{"class":"busy"}]}}`)...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		engine := fake.New(fake.Options{Program: func(context.Context, *fake.Process) int { return 0 }})
		near, far := pair(t)
		go func() {
			_, _ = near.Write(data) // the server may hang up
			_ = near.CloseWrite()
		}()
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = Serve(t.Context(), far, engine, ServerOptions{Timeout: time.Second}) // garbage is an error
		}()
		answer, _ := io.ReadAll(near) // a reset is an end
		near.Close()
		select {
		case <-served:
		case <-time.After(30 * time.Second):
			t.Fatal("the server does not come to an end")
		}
		if bytes.Contains(answer, []byte("panic: ")) {
			t.Errorf("the server answers %q", answer)
		}
	})
}

// A client gives up a server that it does not understand.
func FuzzClient(f *testing.F) {
	for k := kindHello; k <= kindBeat; k++ {
		f.Add(message(k, 1, `{"call":1,"index":0,"process":{},"info":{"id":"a","stage":"pre_start"},"status":{"exit_code":1}}`))
		f.Add(append(message(kindResult, 1, `{"pid":7}`), message(k, 1, `{"failure":{"text":"x","op":{"op":"run","id":"a"}}}`)...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := pair(t)
		go func() {
			defer far.Close()
			if welcome(far, time.Second, hello{Name: "garbage", Verbs: []string{verbRun, verbStart, verbEvents}}) == nil {
				_, _ = far.Write(data) // the client may hang up
			}
		}()
		c, err := newClient(near, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		cmd := &driver.Command{ID: "a"}
		pass := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error { return nil }
		_, _ = c.Run(t.Context(), cmd, nil, driver.Hooks{PreStart: []driver.DriverCallback{pass}}) // what it says is garbage
		if p, err := c.Start(t.Context(), cmd, &driver.Pipes{Stdout: io.Discard}, driver.Hooks{}); err == nil {
			_, _ = p.Wait(t.Context())
		}
		for range c.Events(t.Context()) {
		}
	})
}

// A hello is bounded before it is read.
func TestLargeHello(t *testing.T) {
	body, err := json.Marshal(hello{Protocol: protocol, Versions: make([]int, maxHello)})
	if err != nil {
		t.Fatal(err)
	}
	err = serveRaw(t, func(conn *net.UnixConn) { _, _ = conn.Write(message(kindHello, 0, string(body))) })
	if !errors.Is(err, errProtocol) {
		t.Errorf("got %v", err)
	}
}
