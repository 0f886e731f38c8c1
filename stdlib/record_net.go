package stdlib

import (
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// textAddr is an address that nobody has looked up.
type textAddr string

func (a textAddr) Network() string { return "recorded" }
func (a textAddr) String() string  { return strings.TrimPrefix(string(a), "unix:") }

// silentConn is what a recorded script is connected with: it takes all, and says
// nothing.
type silentConn struct{ remote textAddr }

func (silentConn) Read([]byte) (int, error)         { return 0, io.EOF }
func (silentConn) Write(p []byte) (int, error)      { return len(p), nil }
func (silentConn) Close() error                     { return nil }
func (silentConn) LocalAddr() net.Addr              { return textAddr("recorded") }
func (c silentConn) RemoteAddr() net.Addr           { return c.remote }
func (silentConn) SetDeadline(time.Time) error      { return nil }
func (silentConn) SetReadDeadline(time.Time) error  { return nil }
func (silentConn) SetWriteDeadline(time.Time) error { return nil }

// silentListener is where a recorded script listens: nobody connects.
type silentListener struct {
	address textAddr
	closed  chan struct{}
	close   func()
}

func newSilentListener(address string) *silentListener {
	l := &silentListener{address: textAddr(address), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

func (l *silentListener) Accept() (net.Conn, error) {
	<-l.closed
	return nil, net.ErrClosed
}

func (l *silentListener) Close() error {
	l.close()
	return nil
}

func (l *silentListener) Addr() net.Addr { return l.address }

// reached tells whether an address is that of a server that is really reached.
func (r *Recorder) reached(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return err == nil && r.reaches(host, port)
}
