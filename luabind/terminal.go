package luabind

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// terminal is the host's: Options.Stdin, when it is one. A process with a
// terminal of its own that inherits it gets every key, those that would be
// signals here too, so the host's is raw in the meantime. A nil terminal is none.
type terminal struct {
	file *os.File

	mu        sync.Mutex
	users     int                     // processes that are driven from it
	cooked    *unix.Termios           // as it was before the first of them
	followers map[driver.Resizer]bool // those whose size is the host's
	closed    bool                    // it is left alone from now on
}

// newTerminal returns nil when stdin is not a terminal.
func newTerminal(stdin io.Reader) *terminal {
	file, ok := stdin.(*os.File)
	if !ok || file == nil || !isTerminal(file) {
		return nil
	}
	return &terminal{file: file, followers: map[driver.Resizer]bool{}}
}

// attach lets a process be driven from the terminal until detach is called. One
// that follows has the size of the terminal.
func (t *terminal) attach(p driver.Process, follows bool) (detach func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return func() {}, nil
	}
	if t.users == 0 {
		if err := t.makeRaw(); err != nil {
			return nil, err
		}
	}
	t.users++
	resizer, ok := p.(driver.Resizer)
	if ok && follows {
		t.followers[resizer] = true
		t.resizeLocked()
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.followers, resizer)
		if t.users--; t.users == 0 && !t.closed {
			t.restoreLocked()
		}
	}, nil
}

// makeRaw sets what cfmakeraw does, see termios(3). OPOST goes with the rest: the
// line ends have been made on the other terminal.
func (t *terminal) makeRaw() error {
	return control(t.file, func(fd int) error {
		cooked, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return os.NewSyscallError("ioctl", err)
		}
		raw := *cooked
		raw.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
		raw.Oflag &^= unix.OPOST
		raw.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		raw.Cflag = raw.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
		raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
		if err := unix.IoctlSetTermios(fd, unix.TCSETS, &raw); err != nil {
			return os.NewSyscallError("ioctl", err)
		}
		t.cooked = cooked
		return nil
	})
}

func (t *terminal) restoreLocked() {
	// It fails only when the terminal is gone.
	_ = control(t.file, func(fd int) error { return unix.IoctlSetTermios(fd, unix.TCSETS, t.cooked) })
}

// close puts the terminal back, whoever is attached, and leaves it alone from now
// on. Closing twice is no error.
func (t *terminal) close() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users > 0 && !t.closed {
		t.restoreLocked()
	}
	t.closed = true
}

// resize passes the size on.
func (t *terminal) resize() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resizeLocked()
}

func (t *terminal) resizeLocked() {
	size := t.size()
	if size == [2]int{} {
		return
	}
	for r := range t.followers {
		_ = r.Resize(size[0], size[1]) // fails when the process has ended
	}
}

// size is height and width; zero when they are not known.
func (t *terminal) size() [2]int {
	var size [2]int
	_ = control(t.file, func(fd int) error {
		ws, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
		if err == nil && ws.Row > 0 && ws.Col > 0 {
			size = [2]int{int(ws.Row), int(ws.Col)}
		}
		return err
	})
	return size
}

// Resized tells the processes that are driven from Options.Stdin, a terminal,
// that its size has changed. A host calls it when it gets SIGWINCH; a VM installs
// no signal handlers. It may be called at any time.
func (v *VM) Resized() { v.terminal.resize() }

// isTerminal: only a terminal has terminal attributes, see termios(3).
func isTerminal(file *os.File) bool {
	err := control(file, func(fd int) error {
		_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		return err
	})
	return err == nil
}

// control calls f with the descriptor of a file, which Fd would make a blocking one.
func control(file *os.File, f func(fd int) error) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	err = conn.Control(func(fd uintptr) { failure = f(int(fd)) })
	return errors.Join(err, failure)
}
