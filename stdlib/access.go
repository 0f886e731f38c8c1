package stdlib

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/vm"
)

// Access is what the modules of a VM may touch of the machine. They ask it before
// they open, connect, listen or start anything. nil touches nothing.
type Access struct {
	all     bool
	roots   rooted
	connect []target
	Grant
	Recorder *Recorder // nil: what is granted is done
}

// Grant lists what an Access is to be for, the options of package luabind.
type Grant struct {
	FS       []Root
	Programs []string // absolute paths
	Hosts    []string // what may be connected to
	Listen   []string // addresses
	Env      []string // of programs
}

// FullAccess is that of the machine's owner.
func FullAccess() *Access { return &Access{all: true} }

// NewAccess opens the directories of a Grant. Close it in the end.
func NewAccess(g Grant) (*Access, error) {
	a := &Access{Grant: g}
	for _, program := range g.Programs {
		if !filepath.IsAbs(program) {
			return nil, fmt.Errorf("option Programs: %q is no absolute path", program)
		}
	}
	for _, text := range g.Hosts {
		t, err := parseTarget(text)
		if err != nil {
			return nil, fmt.Errorf("option Hosts: %w", err)
		}
		a.connect = append(a.connect, t)
	}
	for _, text := range g.Listen {
		if _, _, err := parseAddress(text); err != nil {
			return nil, fmt.Errorf("option Listen: %w", err)
		}
	}
	var err error
	if a.roots, err = openRoots(g.FS); err != nil {
		return nil, fmt.Errorf("option FS: %w", err)
	}
	return a, nil
}

// Close lets go of the directories.
func (a *Access) Close() {
	if a != nil {
		a.roots.Close()
	}
}

// unlimited tells whether nothing is asked.
func (a *Access) unlimited() bool { return a != nil && a.all }

// files is what there is of the file system, now.
func (a *Access) files() files {
	if r := a.recorder(); r != nil {
		return r.over(a.granted())
	}
	return a.granted()
}

// Files are those of io and os.
func (a *Access) Files() vm.Files { return a.files() }

func (a *Access) granted() files {
	switch {
	case a == nil:
		return rooted(nil)
	case a.all:
		return machine{}
	}
	return a.roots
}

// ReadFile reads a regular file of up to limit bytes.
func (a *Access) ReadFile(ctx context.Context, path string, limit int64) ([]byte, error) {
	f, err := openRegular(a.files(), path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(ctx, f, limit)
}

// program is asked before a program is started.
func (a *Access) program(path string) error {
	if a.unlimited() || a != nil && slices.Contains(a.Programs, path) {
		return nil
	}
	return denied("%s is not among the allowed programs (Options.Programs)", path)
}

// deniedError is what a script may not touch. It is a driver.ErrDenied.
type deniedError struct{ reason string }

func denied(format string, a ...any) error { return deniedError{fmt.Sprintf(format, a...)} }

func (e deniedError) Error() string     { return "denied: " + e.reason }
func (deniedError) Is(other error) bool { return other == driver.ErrDenied }
