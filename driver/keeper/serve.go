//go:build linux

package keeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver/wire"
)

// Idle is how long a keeper without a container that lives, and without a client,
// waits for either.
const Idle = 5 * time.Second

// ErrServed: another process is the keeper of the state directory, and serves.
var ErrServed = errors.New("it has a keeper")

// Serve is the life of a keeper process. It calls ready once clients are served, and
// returns when there has been nothing to do for idle.
func Serve(engine Engine, o Options, idle time.Duration, ready func()) (err error) {
	dir := Dir(o.Root)
	lock, err := takeLock(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	listener, err := listen(dir)
	if err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	defer func() { err = errors.Join(err, tidy(dir)) }()
	defer listener.Close()
	k, err := New(engine, o)
	if err != nil {
		k.warn("leftovers of a killed keeper", err)
	}
	s := &server{keeper: k, listener: listener, came: make(chan struct{}, 1)}
	ready()
	go s.watch(idle)
	return s.accept()
}

// takeLock makes this process the keeper, which it is until its end. See flock(2).
func takeLock(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		lock, err := tryLock(dir, path)
		if lock != nil || err != nil {
			return lock, err
		}
		// One serves, or begins or ends to.
		if conn, err := dial(dir); err == nil {
			return nil, errors.Join(ErrServed, conn.Close())
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("keeper: another process holds %s and does not answer", path)
		}
	}
}

// tryLock is nil when another process has the lock.
func tryLock(dir, path string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keeper: %w", err)
	}
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) { // the one that ends has just removed the directory
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keeper: %w", err)
	}
	err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	ours, serr := lock.Stat()
	there, terr := os.Stat(path)
	if err != nil || serr != nil || terr != nil || !os.SameFile(ours, there) {
		return nil, lock.Close()
	}
	return lock, nil
}

// tidy removes what a keeper leaves: the directory too, when no container is in it.
func tidy(dir string) error {
	for _, name := range []string{"socket", "lock"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 1 || len(entries) == 1 && entries[0].Name() != LogName {
		return err
	}
	return os.RemoveAll(dir)
}

// LogName is the file in Dir that a keeper process writes its own log to.
const LogName = "keeper.log"

// throughDir calls f with a path of the socket that is short enough for a
// sockaddr_un, see unix(7), whatever the state directory is called.
func throughDir[T any](dir string, f func(address *net.UnixAddr) (T, error)) (T, error) {
	d, err := os.Open(dir)
	if err != nil {
		var none T
		return none, err
	}
	defer d.Close()
	return f(&net.UnixAddr{Net: "unix", Name: fmt.Sprintf("/proc/self/fd/%d/socket", d.Fd())})
}

// listen makes the socket, in a directory that only its owner can search.
func listen(dir string) (*net.UnixListener, error) {
	if err := os.Remove(filepath.Join(dir, "socket")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err // a killed keeper's
	}
	return throughDir(dir, func(a *net.UnixAddr) (*net.UnixListener, error) {
		l, err := net.ListenUnix("unix", a)
		if err == nil {
			l.SetUnlinkOnClose(false) // its path was for now
		}
		return l, err
	})
}

func dial(dir string) (*net.UnixConn, error) {
	return throughDir(dir, func(a *net.UnixAddr) (*net.UnixConn, error) { return net.DialUnix("unix", nil, a) })
}

type server struct {
	keeper   *Keeper
	listener *net.UnixListener
	came     chan struct{} // a client came or went

	mu      sync.Mutex
	clients int
	closing bool
}

// accept serves clients until the listener is closed.
func (s *server) accept() error {
	for {
		conn, err := s.listener.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil { // no descriptors left, say
			s.keeper.warn("accept", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if !s.count(1) {
			conn.Close() // it finds the next keeper
			continue
		}
		go func() {
			defer s.count(-1)
			if err := s.serve(conn); err != nil && !errors.Is(err, unix.EPIPE) { // it may leave without a word
				s.keeper.warn("a client", err)
			}
		}()
	}
}

func (s *server) serve(conn *net.UnixConn) error {
	if err := checkPeer(conn); err != nil {
		return errors.Join(err, conn.Close())
	}
	return wire.Serve(context.Background(), conn, s.keeper, wire.ServerOptions{})
}

// checkPeer lets in root and the user that the keeper runs as, see SO_PEERCRED in unix(7).
func checkPeer(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	if cerr := raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); cerr != nil {
		err = cerr
	}
	if err == nil && peer.Uid != 0 && int(peer.Uid) != os.Geteuid() {
		err = fmt.Errorf("the peer has the uid %d", peer.Uid)
	}
	return err
}

// count counts the clients; false when no more are taken.
func (s *server) count(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing && n > 0 {
		return false
	}
	s.clients += n
	select {
	case s.came <- struct{}{}:
	default:
	}
	return true
}

// watch closes the listener when there has been nothing to do for idle.
func (s *server) watch(idle time.Duration) {
	for {
		living, changed := s.keeper.Living()
		s.mu.Lock()
		busy := living > 0 || s.clients > 0
		s.mu.Unlock()
		timer := time.NewTimer(idle)
		if busy {
			timer.Stop()
		}
		select {
		case <-changed:
		case <-s.came:
		case <-timer.C:
			if s.close() {
				return
			}
		}
		timer.Stop()
	}
}

// close closes the listener unless a client has just come.
func (s *server) close() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if living, _ := s.keeper.Living(); living > 0 || s.clients > 0 {
		return false
	}
	s.closing = true
	s.listener.Close()
	return true
}
