//go:build linux && cgo

package native

import (
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard is the way into a terminal: what is written has been typed.
type keyboard struct {
	master *os.File
	gone   <-chan struct{} // closed when the terminal is
	ended  atomic.Bool     // nothing more is typed
}

func (k *keyboard) Write(keys []byte) (int, error) {
	if k.ended.Load() {
		return 0, os.ErrClosed
	}
	return k.master.Write(keys)
}

// SetWriteDeadline is for a Write that nobody will read.
func (k *keyboard) SetWriteDeadline(t time.Time) error { return k.master.SetWriteDeadline(t) }

// endOfTransmission is ctrl-d, the VEOF of a new terminal; see termios(3).
const endOfTransmission = 4

// Close ends the input. A master cannot do that and keep the output, so ctrl-d is
// typed: whenever a program has read all there was, since each ctrl-d ends one
// read and input that has ended stays so. One typed ahead may also be lost: in a
// terminal that leaves the canonical mode, as line editors make it, it turns into
// a NUL. It returns when the terminal is closed.
func (k *keyboard) Close() error {
	k.ended.Store(true)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if !unread(k.master) {
			if _, err := k.master.Write([]byte{endOfTransmission}); err != nil {
				return err
			}
		}
		select {
		case <-k.gone:
			return nil
		case <-time.After(pause):
		}
	}
}

// unread tells whether what was typed waits to be read: whether a read of the
// other side would return at once.
func unread(master *os.File) bool {
	waiting := false
	err := control(master, func(fd int) error {
		const how = unix.O_RDONLY | unix.O_NOCTTY | unix.O_CLOEXEC
		slave, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCGPTPEER, how)
		if errno != 0 {
			return errno
		}
		fds := []unix.PollFd{{Fd: int32(slave), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, 0)
		waiting = n > 0 && fds[0].Revents&unix.POLLIN != 0
		if cerr := unix.Close(int(slave)); err == nil {
			err = cerr
		}
		return err
	})
	return err == nil && waiting
}
