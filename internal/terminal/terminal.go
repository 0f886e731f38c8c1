// Package terminal asks and sets what a program at a terminal needs: whether a
// file is one, its size, and its modes.
package terminal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Is tells whether file is a terminal: only those have attributes, see termios(3).
func Is(file *os.File) bool {
	_, err := attributes(file)
	return err == nil
}

// Size is in characters; zero when it is not known.
func Size(file *os.File) (height, width int) {
	_ = control(file, func(fd int) error {
		size, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
		if err == nil && size.Row > 0 && size.Col > 0 {
			height, width = int(size.Row), int(size.Col)
		}
		return err
	})
	return height, width
}

// MakeRaw hands on every key as it is typed, those that would be signals here
// too, as cfmakeraw does, see termios(3). What is printed is left alone with the
// rest: its line ends have been made on another terminal.
func MakeRaw(file *os.File) (restore func(), err error) {
	return change(file, func(t *unix.Termios) {
		t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
		t.Oflag &^= unix.OPOST
		t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	})
}

// ReadKeys hands on keys as they are typed and shows none of them. Those that are
// signals stay so; ctrl-q and ctrl-v are keys like others.
func ReadKeys(file *os.File) (restore func(), err error) {
	return change(file, func(t *unix.Termios) {
		t.Iflag &^= unix.IXON
		t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.IEXTEN
	})
}

// change sets attributes with a read that returns with the first key.
func change(file *os.File, edit func(*unix.Termios)) (restore func(), err error) {
	before, err := attributes(file)
	if err != nil {
		return nil, err
	}
	after := *before
	edit(&after)
	after.Cc[unix.VMIN], after.Cc[unix.VTIME] = 1, 0
	if err := set(file, &after); err != nil {
		return nil, err
	}
	return func() { _ = set(file, before) }, nil // it fails only when the terminal is gone
}

func attributes(file *os.File) (t *unix.Termios, err error) {
	err = control(file, func(fd int) error {
		t, err = unix.IoctlGetTermios(fd, unix.TCGETS)
		return os.NewSyscallError("ioctl", err)
	})
	return t, err
}

func set(file *os.File, t *unix.Termios) error {
	return control(file, func(fd int) error {
		return os.NewSyscallError("ioctl", unix.IoctlSetTermios(fd, unix.TCSETS, t))
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
