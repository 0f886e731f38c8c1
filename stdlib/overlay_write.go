package stdlib

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxRecorded bounds what an overlay keeps of files in memory, in bytes.
const maxRecorded = 1 << 30

// change does something to what a path leads to, and tells of it.
func (o *overlay) change(c Change, follow bool, f func(at slot) error) error {
	if err := o.mayWrite(c.Target); err != nil {
		return err
	}
	o.mu.Lock()
	at, err := o.find(c.Target, follow)
	if err == nil && at.dir == nil {
		err = unix.EBUSY // a root
	}
	if err == nil {
		err = f(at)
	}
	o.mu.Unlock()
	if err != nil {
		return pathError(strings.TrimPrefix(c.Op, "fs."), c.Target, err)
	}
	o.tell(c)
	return nil
}

// inMemory makes a file of no file system.
func inMemory(mode fs.FileMode) (*os.File, error) {
	fd, err := unix.MemfdCreate("execlua", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), "execlua")
	return f, f.Chmod(mode.Perm())
}

// OpenFile opens a file to read it as it would be, or to write it in memory. Writing
// to what is no regular file, such as a device, goes nowhere.
func (o *overlay) OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) == 0 {
		return o.openToRead(path, flag)
	}
	c := Change{Op: "fs.write", Target: path}
	if flag&os.O_APPEND != 0 {
		c.Op = "fs.append"
	}
	var f *os.File
	err := o.change(c, flag&os.O_EXCL == 0, func(at slot) (err error) {
		n := at.node
		switch {
		case n == nil && flag&os.O_CREATE == 0:
			return unix.ENOENT
		case n != nil && flag&os.O_EXCL != 0:
			return unix.EEXIST
		case n != nil && n.mode.IsDir():
			return unix.EISDIR
		case n == nil || !n.mode.IsRegular():
			n, err = o.fresh(at, mode)
		case n.file == nil:
			err = o.copyUp(at, flag&os.O_TRUNC != 0)
		}
		if err == nil {
			f, err = n.open(flag &^ (os.O_CREATE | os.O_EXCL | unix.O_NONBLOCK))
		}
		return err
	})
	return f, err
}

// fresh makes an empty file, and puts it where there is nothing.
func (o *overlay) fresh(at slot, mode fs.FileMode) (*node, error) {
	file, err := inMemory(mode)
	if err != nil {
		return nil, err
	}
	n := &node{parent: at.dir, name: at.name, mode: mode.Perm(), file: file}
	if at.node == nil {
		at.put(n)
	}
	return n, nil
}

// copyUp brings a file into memory.
func (o *overlay) copyUp(at slot, empty bool) error {
	n := at.node
	file, err := inMemory(n.mode)
	if err == nil && !empty {
		var f *os.File
		if f, err = openRegular(o.below, n.real, os.O_RDONLY, 0); err == nil {
			defer f.Close()
			err = o.keep(file, f)
		}
	}
	if err != nil {
		return err
	}
	n.file = file
	at.put(n)
	return nil
}

// keep copies what is to be kept.
func (o *overlay) keep(to *os.File, from io.Reader) error {
	size, err := io.Copy(to, io.LimitReader(from, maxRecorded-o.kept+1))
	return errors.Join(err, o.grow(size))
}

func (o *overlay) grow(size int64) error {
	if o.kept += size; o.kept > maxRecorded {
		return fmt.Errorf("%w: what is recorded, not written, is more than %d bytes", errTooLarge, maxRecorded)
	}
	return nil
}

func (o *overlay) Replace(path string, mode fs.FileMode, keepMode bool, fill func(io.Writer) error) error {
	file, err := inMemory(mode)
	if err != nil {
		return err
	}
	if err := fill(file); err != nil {
		return errors.Join(err, file.Close())
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	return o.change(Change{Op: "fs.write", Target: path, Size: &size}, false, func(at slot) error {
		if err := o.grow(size); err != nil {
			return err
		}
		if at.node != nil && keepMode {
			old, err := o.info(at.node)
			if err != nil {
				return err
			}
			mode = old.Mode()
			if err := file.Chmod(mode.Perm()); err != nil {
				return err
			}
		}
		at.put(&node{mode: mode.Perm(), file: file})
		return nil
	})
}

func (o *overlay) Mkdir(path string, mode fs.FileMode) error {
	return o.change(Change{Op: "fs.mkdir", Target: path}, false, func(at slot) error {
		if at.node != nil {
			return unix.EEXIST
		}
		at.put(&node{mode: fs.ModeDir | mode.Perm()})
		return nil
	})
}

// MkdirAll tells of each directory that is missing.
func (o *overlay) MkdirAll(path string, mode fs.FileMode) error {
	info, err := o.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return pathError("mkdir", path, unix.ENOTDIR)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if parent := filepath.Dir(filepath.Clean(path)); parent != filepath.Clean(path) {
		if err := o.MkdirAll(parent, mode); err != nil {
			return err
		}
	}
	return o.Mkdir(path, mode)
}

func (o *overlay) Symlink(target, path string) error {
	return o.change(Change{Op: "fs.symlink", Target: path, To: &target}, false, func(at slot) error {
		if at.node != nil {
			return unix.EEXIST
		}
		at.put(&node{mode: fs.ModeSymlink | 0o777, link: target})
		return nil
	})
}

func (o *overlay) Remove(path string) error {
	return o.change(Change{Op: "fs.remove", Target: path}, false, func(at slot) error {
		switch {
		case at.node == nil:
			return unix.ENOENT
		case at.node.mode.IsDir():
			names, err := o.names(at.node)
			if err != nil {
				return err
			}
			if len(names) > 0 {
				return unix.ENOTEMPTY
			}
		}
		at.put(nil)
		return nil
	})
}

// RemoveAll is content with nothing, and then tells nothing.
func (o *overlay) RemoveAll(path string) error {
	if _, err := o.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return o.mayWrite(path)
	}
	return o.change(Change{Op: "fs.remove", Target: path}, false, func(at slot) error {
		at.put(nil)
		return nil
	})
}

func (o *overlay) Rename(from, to string) error {
	if err := o.mayWrite(to); err != nil {
		return err
	}
	return o.change(Change{Op: "fs.move", Target: from, To: &to}, false, func(at slot) error {
		target, err := o.find(to, false)
		if err == nil {
			err = o.renamable(at.node, target)
		}
		if err != nil || target.node == at.node || target.dir == at.dir && target.name == at.name {
			return err
		}
		at.put(nil)
		target, err = o.find(to, false) // again: the directory of both may be one that is kept from now on
		target.put(at.node)
		return err
	})
}

// renamable is what rename(2) refuses.
func (o *overlay) renamable(n *node, to slot) error {
	switch {
	case n == nil:
		return unix.ENOENT
	case to.dir == nil:
		return unix.EBUSY
	}
	for dir := to.dir; dir != nil; dir = dir.parent {
		if dir.path() == n.path() && n.mode.IsDir() {
			return unix.EINVAL // into itself
		}
	}
	switch {
	case to.node == nil:
	case to.node.path() == n.path(): // itself
	case n.mode.IsDir() && !to.node.mode.IsDir():
		return unix.ENOTDIR
	case !n.mode.IsDir() && to.node.mode.IsDir():
		return unix.EISDIR
	case to.node.mode.IsDir():
		names, err := o.names(to.node)
		if err == nil && len(names) > 0 {
			err = unix.ENOTEMPTY
		}
		return err
	}
	return nil
}
