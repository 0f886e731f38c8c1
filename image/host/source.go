//go:build linux

package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// tree is the source: paths in it are relative, and no symlink leads out of it.
// Descriptors are used as they are: an os.File costs three more system calls,
// and there are fifty files to a container.
type tree struct {
	path string
	fd   int
}

func openTree(path string) (*tree, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("source %q is not an absolute path", path)
	}
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return &tree{path: path, fd: fd}, nil
}

func (t *tree) close() { unix.Close(t.fd) }

// entry is what a name of the tree stands for: an open file or directory, or a symlink.
type entry struct {
	path   string // for messages
	fd     int    // -1 for a symlink
	mode   uint32 // of the inode, its type included
	size   int64
	target string // where the symlink points, as written
}

func (e entry) isLink() bool    { return e.mode&unix.S_IFMT == unix.S_IFLNK }
func (e entry) isDir() bool     { return e.mode&unix.S_IFMT == unix.S_IFDIR }
func (e entry) isRegular() bool { return e.mode&unix.S_IFMT == unix.S_IFREG }

func (e entry) close() {
	if e.fd >= 0 {
		unix.Close(e.fd)
	}
}

// open opens name without following any symlink. What is not there, or what
// the caller may not read, is an error that absent knows.
func (t *tree) open(name string) (entry, error) {
	const resolve = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS
	e, err := t.openat2(name, unix.O_RDONLY, resolve)
	if !errors.Is(err, unix.ELOOP) {
		return e, err
	}
	link, err := t.openat2(name, unix.O_PATH|unix.O_NOFOLLOW, resolve)
	if err != nil { // the symlink is above name
		return entry{}, err
	}
	defer link.close()
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(link.fd, "", buf)
	if err != nil {
		return entry{}, &fs.PathError{Op: "readlinkat", Path: link.path, Err: err}
	}
	return entry{path: link.path, fd: -1, mode: link.mode, target: string(buf[:n])}, nil
}

// list returns up to max names in a directory, all if max is negative. What is
// no directory has none.
func (t *tree) list(dir string, max int) ([]string, error) {
	e, err := t.open(dir)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !e.isDir() {
		e.close()
		return nil, nil
	}
	f := os.NewFile(uintptr(e.fd), e.path)
	defer f.Close()
	names, err := f.Readdirnames(max)
	if err == io.EOF {
		err = nil
	}
	return names, err
}

// follow opens name, following symlinks as a process would whose root is the
// tree, if what it comes to is below one of the given directories.
func (t *tree) follow(name string, below ...string) (entry, error) {
	e, err := t.openat2(name, unix.O_RDONLY, unix.RESOLVE_IN_ROOT|unix.RESOLVE_NO_MAGICLINKS)
	if err != nil {
		return entry{}, err
	}
	// The kernel knows where an open file lies: nothing can be swapped
	// between this look and the reading.
	root, err := whereIs(t.fd)
	if err == nil {
		var at string
		at, err = whereIs(e.fd)
		for _, dir := range below {
			if err == nil && strings.HasPrefix(at, filepath.Join(root, dir)+"/") {
				return e, nil
			}
		}
	}
	e.close()
	return entry{}, &fs.PathError{Op: "follow", Path: e.path, Err: fs.ErrNotExist}
}

func whereIs(fd int) (string, error) {
	return os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
}

// openat2 opens name below the tree. See openat2(2) for the resolve flags.
func (t *tree) openat2(name string, flags, resolve uint64) (entry, error) {
	e := entry{path: filepath.Join(t.path, name), fd: -1}
	how := unix.OpenHow{Flags: flags | unix.O_CLOEXEC, Resolve: resolve}
	if flags&unix.O_PATH == 0 {
		how.Flags |= unix.O_NONBLOCK | unix.O_NOCTTY // a fifo must not wait for its writer
	}
	for {
		fd, err := unix.Openat2(t.fd, name, &how)
		if err == unix.EINTR || err == unix.EAGAIN { // EAGAIN: something was renamed meanwhile
			continue
		}
		if err != nil {
			return entry{}, &fs.PathError{Op: "openat2", Path: e.path, Err: err}
		}
		e.fd = fd
		break
	}
	var st unix.Stat_t
	if err := unix.Fstat(e.fd, &st); err != nil {
		e.close()
		return entry{}, &fs.PathError{Op: "fstat", Path: e.path, Err: err}
	}
	e.mode, e.size = st.Mode, st.Size
	return e, nil
}

// absent says whether err only means that there is nothing to take.
func absent(err error) bool {
	for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission, unix.ENOTDIR, unix.ELOOP, unix.ENXIO} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
