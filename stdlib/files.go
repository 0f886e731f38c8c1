package stdlib

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// files is the file system as a script reaches it. The paths are those of the
// script, and so are the paths in errors.
type files interface {
	OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error)
	Stat(path string) (fs.FileInfo, error)
	Lstat(path string) (fs.FileInfo, error)
	Mkdir(path string, mode fs.FileMode) error
	MkdirAll(path string, mode fs.FileMode) error
	Remove(path string) error
	RemoveAll(path string) error
	Rename(from, to string) error
	Symlink(target, path string) error
	Readlink(path string) (string, error)
	Glob(pattern string) ([]string, error)
	// Real is the path with no link in it.
	Real(path string) (string, error)
	// ReadDir lists the names in a directory, sorted.
	ReadDir(path string) ([]string, error)
	// Replace fills a file and then puts it in the place of the one at path, which is no link
	// and whose mode may be kept.
	Replace(path string, mode fs.FileMode, keepMode bool, fill func(io.Writer) error) error
}

// machine is all of the file system.
type machine struct{}

func (machine) OpenFile(path string, flag int, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, mode)
}
func (machine) Stat(path string) (fs.FileInfo, error)        { return os.Stat(path) }
func (machine) Lstat(path string) (fs.FileInfo, error)       { return os.Lstat(path) }
func (machine) Mkdir(path string, mode fs.FileMode) error    { return os.Mkdir(path, mode) }
func (machine) MkdirAll(path string, mode fs.FileMode) error { return os.MkdirAll(path, mode) }
func (machine) Remove(path string) error                     { return os.Remove(path) }
func (machine) RemoveAll(path string) error                  { return os.RemoveAll(path) }
func (machine) Rename(from, to string) error                 { return os.Rename(from, to) }
func (machine) Symlink(target, path string) error            { return os.Symlink(target, path) }
func (machine) Readlink(path string) (string, error)         { return os.Readlink(path) }
func (machine) Glob(pattern string) ([]string, error)        { return filepath.Glob(pattern) }

func (machine) Real(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func (m machine) ReadDir(path string) ([]string, error) { return readDir(m, path) }

func (machine) Replace(path string, mode fs.FileMode, keepMode bool, fill func(io.Writer) error) error {
	return replaceFile(path, mode, keepMode, fill, renameio.WithTempDir(filepath.Dir(path)))
}

func replaceFile(path string, mode fs.FileMode, keepMode bool, fill func(io.Writer) error, where renameio.Option) error {
	opts := []renameio.Option{where, renameio.WithPermissions(mode)}
	if keepMode {
		opts = append(opts, renameio.WithExistingPermissions())
	}
	f, err := renameio.NewPendingFile(path, opts...)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	return nil
}

func readDir(f files, path string) ([]string, error) {
	dir, err := f.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	// Names alone: what an os.DirEntry says of a file is looked up by its path.
	names, err := dir.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}
