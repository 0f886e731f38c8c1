//go:build unix

package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrGone is what calls answer when there is no peer any more: it has died, has
// been silent for too long, or the connection was closed.
var ErrGone = errors.New("the peer is gone")

const (
	// DefaultTimeout is how long a peer may be silent.
	DefaultTimeout = 10 * time.Second
	// beats is how often it gives a sign of life in that time.
	beats = 5
)

// link is one end of a connection.
type link struct {
	conn    *net.UnixConn
	timeout time.Duration // below 0: the peer may be silent for ever
	writing sync.Mutex
	silent  atomic.Int32 // beats of ours since its last message
	once    sync.Once
	over    chan struct{} // closed at the end; err is valid then
	err     error
}

func newLink(conn *net.UnixConn, timeout time.Duration) *link {
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	return &link{conn: conn, timeout: timeout, over: make(chan struct{})}
}

// close ends the connection, for the reason that the first caller gives.
func (l *link) close(why error) {
	l.once.Do(func() {
		l.err = fmt.Errorf("%w: %w", ErrGone, why)
		close(l.over)
		_ = l.conn.Close() // the peer learns of it in any case
	})
}

var (
	errClosed = errors.New("the connection was closed on this side")
	errEnded  = errors.New("it has closed the connection or died")
)

// ended is errEnded for the ways in which a socket tells it. A reset is an end with
// messages left that the peer has not read.
func ended(err error) error {
	for _, end := range []error{io.EOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return errEnded
		}
	}
	return err
}

// silentFor is the peer that is stopped, or lost.
func silentFor(d time.Duration) error { return fmt.Errorf("no sign of life from it for %v", d) }

// tooLarge is a message that is not sent.
type tooLarge int

func (n tooLarge) Error() string {
	return fmt.Sprintf("a message of %d bytes; %d is the most", int(n), maxBody)
}

// send sends one message. Errors of the connection end it.
func (l *link) send(k kind, id uint64, body any, files ...*os.File) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
		if len(data) > maxBody {
			return tooLarge(len(data))
		}
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	select {
	case <-l.over:
		return l.err
	default:
	}
	if l.timeout > 0 {
		_ = l.conn.SetWriteDeadline(time.Now().Add(l.timeout)) // fails on a closed connection only
	}
	err := writeFrame(l.conn, header{kind: k, id: id}, data, files)
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = silentFor(l.timeout)
	}
	l.close(ended(err))
	return l.err
}

// receive reads messages and hands them to handle, which must not wait, until the
// connection ends. What it returns is not nil.
func (l *link) receive(handle func(frame) error) error {
	for {
		f, err := readFrame(l.conn, maxBody)
		if err == nil {
			l.silent.Store(0)
			err = handle(f)
		}
		if err != nil {
			l.close(ended(err))
			return l.err
		}
	}
}

// beat gives signs of life, and looks for those of the peer, until the connection
// ends. It counts its own beats and not the time: a process that has itself been
// stopped for a while has not heard anything either.
func (l *link) beat() {
	every := l.timeout
	if every < 0 {
		every = DefaultTimeout
	}
	ticker := time.NewTicker(every / beats)
	defer ticker.Stop()
	for {
		select {
		case <-l.over:
			return
		case <-ticker.C:
		}
		if l.silent.Add(1) > beats && l.timeout > 0 {
			l.close(silentFor(l.timeout))
			return
		}
		_ = l.send(kindBeat, 0, nil) // an error has closed the link
	}
}

// decode reads the body of a message.
func decode(f frame, into any) error {
	if err := json.Unmarshal(f.body, into); err != nil {
		return fmt.Errorf("%w: %w", errProtocol, err)
	}
	return nil
}
