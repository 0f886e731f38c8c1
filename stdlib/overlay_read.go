package stdlib

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// look does something with what a path leads to.
func look[T any](o *overlay, op, path string, follow bool, f func(n *node) (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, err := o.find(path, follow)
	if err == nil && at.node == nil {
		err = unix.ENOENT
	}
	var result T
	if err == nil {
		result, err = f(at.node)
	}
	return result, pathError(op, path, err)
}

// pathError names the script's own path, whatever it was done to.
func pathError(op, path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

func (o *overlay) Stat(path string) (fs.FileInfo, error) {
	return look(o, "stat", path, true, o.info)
}

func (o *overlay) Lstat(path string) (fs.FileInfo, error) {
	return look(o, "lstat", path, false, o.info)
}

func (o *overlay) info(n *node) (fs.FileInfo, error) {
	switch {
	case n.file != nil:
		f, err := n.open(os.O_RDONLY)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return f.Stat()
	case n.real == "":
		return made{n}, nil
	}
	info, err := o.below.Lstat(n.real)
	if err == nil && info.Name() != filepath.Base(n.name) {
		info = renamed{info, n.name}
	}
	return info, err
}

// made tells of a directory or link that is nowhere else.
type made struct{ of *node }

func (m made) Name() string       { return m.of.name }
func (m made) Size() int64        { return int64(len(m.of.link)) }
func (m made) Mode() fs.FileMode  { return m.of.mode }
func (m made) ModTime() time.Time { return time.Now() }
func (m made) IsDir() bool        { return m.of.mode.IsDir() }
func (m made) Sys() any           { return nil }

// renamed tells of a file that has another name than the one below it.
type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }

// open opens what was written, with a position of its own.
func (n *node) open(flag int) (*os.File, error) {
	fd, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", n.file.Fd()), flag|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), n.path()), nil
}

// openToRead opens what is below without the lock: a FIFO waits for its other end.
func (o *overlay) openToRead(path string, flag int) (f *os.File, err error) {
	real, err := look(o, "open", path, flag&unix.O_NOFOLLOW == 0, func(n *node) (string, error) {
		if n.file == nil && n.real == "" {
			return "", unix.EISDIR
		}
		if n.file != nil {
			f, err = n.open(flag)
		}
		return n.real, err
	})
	if err != nil || f != nil {
		return f, err
	}
	f, err = o.below.OpenFile(real, flag, 0)
	return f, pathError("open", path, err)
}

func (o *overlay) Readlink(path string) (string, error) {
	return look(o, "readlink", path, false, func(n *node) (string, error) {
		if n.mode.Type() != fs.ModeSymlink {
			return "", unix.EINVAL
		}
		return o.target(n)
	})
}

func (o *overlay) Real(path string) (string, error) {
	return look(o, "open", path, true, func(n *node) (string, error) { return n.path(), nil })
}

func (o *overlay) ReadDir(path string) ([]string, error) {
	return look(o, "open", path, true, o.names)
}

func (o *overlay) names(n *node) ([]string, error) {
	if !n.mode.IsDir() {
		return nil, unix.ENOTDIR
	}
	all := map[string]bool{}
	if n.real != "" {
		names, err := o.below.ReadDir(n.real)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all[name] = true
		}
	}
	for name, entry := range n.entries {
		if entry == nil {
			delete(all, name)
		} else {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}

func (o *overlay) Glob(pattern string) ([]string, error) {
	prefix := ""
	if filepath.IsAbs(pattern) {
		prefix, pattern = "/", strings.TrimLeft(pattern, "/")
	}
	if pattern == "" {
		return []string{prefix}, nil
	}
	found, err := fs.Glob(globbed{o, prefix}, pattern)
	for i, name := range found {
		found[i] = prefix + name
	}
	if err != nil { // it has no other
		err = filepath.ErrBadPattern
	}
	return found, err
}

// globbed is what fs.Glob needs of an overlay.
type globbed struct {
	of     *overlay
	prefix string
}

func (g globbed) Open(name string) (fs.File, error) { return nil, fs.ErrInvalid } // Glob does not open

func (g globbed) Stat(name string) (fs.FileInfo, error) { return g.of.Lstat(g.prefix + name) }

func (g globbed) ReadDir(name string) ([]fs.DirEntry, error) {
	names, err := g.of.ReadDir(g.prefix + name)
	var entries []fs.DirEntry
	for _, name := range names {
		entries = append(entries, fs.FileInfoToDirEntry(made{&node{name: name}})) // Glob asks for the name alone
	}
	return entries, err
}
