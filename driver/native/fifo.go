//go:build linux && cgo

package native

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// errNoByte: the writer of the fifo has not written.
var errNoByte = errors.New("nothing written")

// readByte waits on the netpoller until a byte can be read. A fifo that nobody
// has opened for writing yet reads as ended, which is no end here.
func readByte(fifo *os.File) error {
	raw, err := fifo.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Read(func(fd uintptr) bool { return takeByte(fd) })
}

// readByteNow takes the byte if it is there.
func readByteNow(fifo *os.File) error {
	raw, err := fifo.SyscallConn()
	if err != nil {
		return err
	}
	taken := false
	if err := raw.Control(func(fd uintptr) { taken = takeByte(fd) }); err != nil {
		return err
	}
	if !taken {
		return errNoByte
	}
	return nil
}

func takeByte(fd uintptr) bool {
	var buf [1]byte
	n, err := unix.Read(int(fd), buf[:])
	return err == nil && n > 0
}
