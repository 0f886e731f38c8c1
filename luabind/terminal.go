package luabind

import (
	"io"
	"os"
	"sync"

	"github.com/execlua/execlua/driver"
	tty "github.com/execlua/execlua/internal/terminal"
)

// terminal is the host's: Options.Stdin, when it is one. A process with a
// terminal of its own that inherits it gets every key, those that would be
// signals here too, so the host's is raw in the meantime. A nil terminal is none.
type terminal struct {
	file *os.File

	mu        sync.Mutex
	users     int                     // processes that are driven from it
	restore   func()                  // makes it what it was before the first of them
	followers map[driver.Resizer]bool // those whose size is the host's
	closed    bool                    // it is left alone from now on
}

// newTerminal returns nil when stdin is not a terminal.
func newTerminal(stdin io.Reader) *terminal {
	file, ok := stdin.(*os.File)
	if !ok || file == nil || !tty.Is(file) {
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
		if t.restore, err = tty.MakeRaw(t.file); err != nil {
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
			t.restore()
		}
	}, nil
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
		t.restore()
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
	height, width := tty.Size(t.file)
	return [2]int{height, width}
}

// Resized tells the processes that are driven from Options.Stdin, a terminal,
// that its size has changed. A host calls it when it gets SIGWINCH; a VM installs
// no signal handlers. It may be called at any time.
func (v *VM) Resized() { v.terminal.resize() }
