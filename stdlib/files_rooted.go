package stdlib

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// Root is a directory that a script may reach, with all that is below it.
type Root struct {
	Path     string // absolute
	Writable bool
}

// rooted is the file system of a script that reaches some directories. Each is held
// open, and the kernel is asked for one step of a path after the other below it
// (see os.Root), so that no link leads out, however it is swapped meanwhile.
type rooted []openRoot

type openRoot struct {
	Root
	dir  *os.Root
	real string // its path without links
}

// openRoots opens the directories. Close them in the end.
func openRoots(roots []Root) (rooted, error) {
	var open rooted
	for _, r := range roots {
		root, err := openOne(r, open)
		if err != nil {
			open.Close()
			return nil, err
		}
		open = append(open, root)
	}
	return open, nil
}

// openOne refuses roots that are below each other: a script could move the one
// through the other.
func openOne(r Root, others rooted) (openRoot, error) {
	r.Path = filepath.Clean(r.Path)
	if !filepath.IsAbs(r.Path) {
		return openRoot{}, fmt.Errorf("%q is no absolute path", r.Path)
	}
	real, err := filepath.EvalSymlinks(r.Path)
	if err != nil {
		return openRoot{}, err
	}
	for _, other := range others {
		if _, ok := below(other.real, real); ok {
			return openRoot{}, fmt.Errorf("%s is below %s", r.Path, other.Path)
		}
		if _, ok := below(real, other.real); ok {
			return openRoot{}, fmt.Errorf("%s is below %s", other.Path, r.Path)
		}
	}
	dir, err := os.OpenRoot(real)
	return openRoot{r, dir, real}, err
}

func (r rooted) Close() {
	for _, root := range r {
		_ = root.dir.Close() // it was only looked into
	}
}

// below tells the rest of a path that begins at dir, "." for dir itself. Nothing
// of it is resolved: os.Root does that, with the links that there are.
func below(dir, path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, strings.TrimSuffix(dir, "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	if rest = strings.TrimLeft(rest, "/"); rest == "" {
		rest = "."
	}
	return rest, true
}

// locate finds the root that a path is below, and the rest of it.
func (r rooted) locate(path string, write bool) (*openRoot, string, error) {
	for i := range r {
		rest, ok := below(r[i].Path, path)
		switch {
		case !ok:
		case write && !r[i].Writable:
			return nil, "", denied("%s may only be read (Options.FS)", r[i].Path)
		default:
			return &r[i], rest, nil
		}
	}
	if !filepath.IsAbs(path) {
		return nil, "", denied("a script without the machine has no working directory: write an absolute path")
	}
	return nil, "", denied("it is below no allowed root (Options.FS)")
}

// explained says of a link that leads out of a root what there is to say. Which
// error os.Root has for that it keeps to itself, but there is a path that has it.
func (r *openRoot) explained(err error) error {
	var path *fs.PathError
	_, out := r.dir.Lstat("..")
	if err != nil && errors.As(out, &path) && errors.Is(err, path.Err) {
		return denied("it leads out of %s (Options.FS)", r.Path)
	}
	return err
}

// at does something below a root.
func at[T any](r rooted, path string, write bool, f func(dir *os.Root, rest string) (T, error)) (T, error) {
	root, rest, err := r.locate(path, write)
	if err != nil {
		var none T
		return none, err
	}
	result, err := f(root.dir, rest)
	return result, root.explained(err)
}

// change is at for what has no result.
func (r rooted) change(path string, f func(dir *os.Root, rest string) error) error {
	_, err := at(r, path, true, func(dir *os.Root, rest string) (struct{}, error) { return struct{}{}, f(dir, rest) })
	return err
}

func (r rooted) OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	write := flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0
	return at(r, path, write, func(dir *os.Root, rest string) (*os.File, error) { return dir.OpenFile(rest, flag, mode) })
}

func (r rooted) Stat(path string) (fs.FileInfo, error) { return at(r, path, false, (*os.Root).Stat) }

func (r rooted) Lstat(path string) (fs.FileInfo, error) { return at(r, path, false, (*os.Root).Lstat) }

func (r rooted) Readlink(path string) (string, error) { return at(r, path, false, (*os.Root).Readlink) }
func (r rooted) Remove(path string) error             { return r.change(path, (*os.Root).Remove) }
func (r rooted) RemoveAll(path string) error          { return r.change(path, (*os.Root).RemoveAll) }

func (r rooted) Mkdir(path string, mode fs.FileMode) error {
	return r.change(path, func(dir *os.Root, rest string) error { return dir.Mkdir(rest, mode) })
}

func (r rooted) MkdirAll(path string, mode fs.FileMode) error {
	return r.change(path, func(dir *os.Root, rest string) error { return dir.MkdirAll(rest, mode) })
}

func (r rooted) Symlink(target, path string) error {
	return r.change(path, func(dir *os.Root, rest string) error { return dir.Symlink(target, rest) })
}

// Rename is EXDEV between two roots, as between two file systems.
func (r rooted) Rename(from, to string) error {
	source, old, err := r.locate(from, true)
	if err != nil {
		return err
	}
	target, name, err := r.locate(to, true)
	switch {
	case err != nil:
		return err
	case source != target:
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: unix.EXDEV}
	}
	return source.explained(source.dir.Rename(old, name))
}

func (r rooted) Glob(pattern string) ([]string, error) {
	root, rest, err := r.locate(pattern, false)
	if err != nil {
		return nil, err
	}
	found, err := fs.Glob(root.dir.FS(), rest)
	for i, name := range found {
		found[i] = filepath.Join(root.Path, name)
	}
	if err != nil { // it has no other
		err = filepath.ErrBadPattern
	}
	return found, err
}

func (r rooted) Real(path string) (string, error) {
	root, rest, err := r.locate(path, false)
	if err != nil {
		return "", err
	}
	f, err := root.dir.OpenFile(rest, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", root.explained(err)
	}
	defer f.Close()
	real, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return "", err
	}
	if rest, ok := below(root.real, real); ok {
		return filepath.Join(root.Path, rest), nil
	}
	return "", denied("it has left %s (Options.FS)", root.Path)
}

func (r rooted) ReadDir(path string) ([]string, error) { return readDir(r, path) }

// Replace makes the file where it will stand.
func (r rooted) Replace(path string, mode fs.FileMode, keepMode bool, fill func(io.Writer) error) error {
	return r.change(filepath.Dir(path), func(dir *os.Root, rest string) error {
		dir, err := dir.OpenRoot(rest)
		if err != nil {
			return err
		}
		defer dir.Close()
		return replaceFile(filepath.Base(path), mode, keepMode, fill, renameio.WithRoot(dir))
	})
}
