//go:build linux

package terminal

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/internal/testenv"
)

func TestModes(t *testing.T) {
	_, slave := testenv.Pty(t)
	before, err := attributes(slave)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		mode func(*os.File) (func(), error)
		off  uint32 // local modes that are off meanwhile
		on   uint32
	}{
		{"raw", MakeRaw, unix.ECHO | unix.ICANON | unix.ISIG, 0},
		{"keys", ReadKeys, unix.ECHO | unix.ICANON, unix.ISIG},
	} {
		t.Run(row.name, func(t *testing.T) {
			restore, err := row.mode(slave)
			if err != nil {
				t.Fatal(err)
			}
			now, err := attributes(slave)
			if err != nil || now.Lflag&row.off != 0 || now.Lflag&row.on != row.on || now.Iflag&unix.IXON != 0 {
				t.Errorf("got %+v, %v", now, err)
			}
			restore()
			if now, err := attributes(slave); err != nil || *now != *before {
				t.Errorf("got %+v, %v; was %+v", now, err, before)
			}
		})
	}
}

func TestNoTerminal(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if Is(file) {
		t.Error("/dev/null is a terminal")
	}
	if h, w := Size(file); h != 0 || w != 0 {
		t.Errorf("got %d, %d", h, w)
	}
	if _, err := MakeRaw(file); err == nil {
		t.Error("/dev/null is raw")
	}
}

func TestSize(t *testing.T) {
	_, slave := testenv.Pty(t)
	if h, w := Size(slave); h != 0 || w != 0 {
		t.Errorf("nobody has set it: got %d, %d", h, w)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		t.Fatal(err)
	}
	if h, w := Size(slave); h != 40 || w != 100 {
		t.Errorf("got %d, %d", h, w)
	}
}
