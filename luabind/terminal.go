package luabind

import (
	"os"

	"golang.org/x/sys/unix"
)

// isTerminal: only a terminal has terminal attributes, see termios(3).
func isTerminal(file *os.File) bool {
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	terminal := false
	err = conn.Control(func(fd uintptr) {
		_, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		terminal = err == nil
	})
	return err == nil && terminal
}
