//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// terminal is the host's side of a process's pseudo terminal, the master of
// pty(7). It implements driver.Terminal.
//
// The master stays open until the process has ended, also when nothing is copied
// any more: closing it hangs up, and SIGHUP would end a program that has merely
// closed its standard streams.
type terminal struct {
	gone chan struct{} // closed by Close

	mu     sync.Mutex
	closed bool
	master *os.File      // nil until the process has a terminal
	size   *unix.Winsize // what was asked for before that
}

// giveTerminal sets the Terminal in the engine's own copy of a process.
func giveTerminal(p *driver.ProcessConfig) {
	p.Terminal = &driver.StdConsole{}
	if p.Tty {
		p.Terminal = &terminal{gone: make(chan struct{})}
	}
}

// connect takes the master.
func (t *terminal) connect(master *os.File) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed { // by a hook
		return errors.Join(errHungUp, master.Close())
	}
	t.master = master
	if t.size == nil {
		return nil
	}
	return setSize(master, t.size)
}

var errHungUp = errors.New("hung up before the program ran")

// Resize sets the size in characters. The programs in the terminal's foreground
// get SIGWINCH when that changes it.
func (t *terminal) Resize(height, width int) error {
	const most = 1<<16 - 1 // of winsize, see TIOCSWINSZ(2const)
	if height < 0 || width < 0 || height > most || width > most {
		return &driver.FieldError{Path: "size", Value: [2]int{height, width}, Reason: "height and width from 0 to 65535"}
	}
	size := &unix.Winsize{Row: uint16(height), Col: uint16(width)}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return driver.ErrNotRunning
	case t.master == nil:
		t.size = size
		return nil
	}
	return setSize(t.master, size)
}

func setSize(master *os.File, size *unix.Winsize) error {
	return control(master, func(fd int) error {
		return os.NewSyscallError("ioctl", unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size))
	})
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

// Close hangs up. Closing twice is no error.
func (t *terminal) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	close(t.gone)
	if t.master == nil {
		return nil
	}
	return t.master.Close()
}

func (t *terminal) isClosed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// Resize sets the size of the terminal of the container's program.
func (c *container) Resize(height, width int) error {
	return c.fail("resize", resize(&c.cmd.ProcessConfig, height, width), "")
}

// Resize sets the size of the process's terminal.
func (p *execProcess) Resize(height, width int) error {
	return p.c.fail("resize", resize(p.process, height, width), "")
}

func resize(p *driver.ProcessConfig, height, width int) error {
	if !p.Tty {
		return fmt.Errorf("%w: the process has no terminal", driver.ErrUnsupported)
	}
	return p.Terminal.Resize(height, width)
}

// consoleSocket makes the two ends of what a process sends its master through.
func consoleSocket() (ours, theirs *os.File, err error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return os.NewFile(uintptr(ends[0]), "console socket"), os.NewFile(uintptr(ends[1]), "console socket"), nil
}

// receiveMaster takes the master of a process that has been started: it was sent
// before the start returned, so there is nothing to wait for.
func receiveMaster(socket *os.File) (*os.File, error) {
	// The data is the slave's name. Room for one descriptor keeps others out.
	name, rights := make([]byte, 4096), make([]byte, unix.CmsgSpace(4))
	n := 0
	err := control(socket, func(fd int) (err error) {
		_, n, _, _, err = unix.Recvmsg(fd, name, rights, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
		return os.NewSyscallError("recvmsg", err)
	})
	if err != nil {
		return nil, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:n])
	if err != nil {
		return nil, err
	}
	if len(messages) != 1 { // the kernel leaves it out when no descriptor is free, see unix(7)
		return nil, errors.New("no descriptor arrived")
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return nil, err
	}
	// Not blocking, for the poller: Close then ends a Read.
	if err := unix.SetNonblock(fds[0], true); err != nil {
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(fds[0]))
	}
	return os.NewFile(uintptr(fds[0]), "terminal"), nil
}
