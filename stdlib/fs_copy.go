package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

func (s fileSystem) copy(ctx context.Context, from, to string, o *CopyOptions) error {
	info, err := s.files().Stat(from)
	switch {
	case err != nil:
		return failed("fs.copy", from, err)
	case !info.IsDir():
		return failed("fs.copy", from, s.copyFile(ctx, from, to))
	case o == nil || !o.Recursive:
		return failed("fs.copy", from, fmt.Errorf("%w (recursive = true copies one)", unix.EISDIR))
	}
	return failed("fs.copy", from, s.copyTree(ctx, from, to))
}

// copyFile copies one regular file with its mode.
func (s fileSystem) copyFile(ctx context.Context, from, to string) error {
	f, err := openRegular(s.files(), from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if there, err := s.files().Stat(to); err == nil && os.SameFile(info, there) {
		return fmt.Errorf("%w: %s is the same file", fs.ErrInvalid, to)
	}
	return s.replace(ctx, to, f, info.Mode().Perm(), false)
}

// copyTree copies a directory to a place where there is none. Links are copied
// as they are, and what is neither file, directory nor link is refused.
func (s fileSystem) copyTree(ctx context.Context, from, to string) error {
	inside, err := s.contains(from, to)
	switch {
	case err != nil:
		return err
	case inside:
		return fmt.Errorf("%w: %s is inside of it", fs.ErrInvalid, to)
	}
	return s.copyEntry(ctx, from, to)
}

func (s fileSystem) copyEntry(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := s.files().Lstat(from)
	if err != nil {
		return err
	}
	switch info.Mode().Type() {
	case fs.ModeDir:
		return s.copyEntries(ctx, from, to, info.Mode().Perm())
	case fs.ModeSymlink:
		return s.copyLink(from, to)
	}
	if err := s.copyFile(ctx, from, to); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return nil
}

// copyEntries copies a directory. Its owner may write it, or it could not be filled.
func (s fileSystem) copyEntries(ctx context.Context, from, to string, mode fs.FileMode) error {
	if err := s.files().Mkdir(to, mode|0o700); err != nil {
		return err
	}
	names, err := s.files().ReadDir(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.copyEntry(ctx, filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

func (s fileSystem) copyLink(from, to string) error {
	link, err := s.files().Readlink(from)
	if err != nil {
		return err
	}
	return s.files().Symlink(link, to)
}

// contains tells whether path is at dir or below it, whatever links say.
func (s fileSystem) contains(dir, path string) (bool, error) {
	dir, err := s.files().Real(dir)
	if err != nil {
		return false, err
	}
	parent, err := s.files().Real(filepath.Dir(path))
	if err != nil {
		return false, err
	}
	way, err := filepath.Rel(dir, filepath.Join(parent, filepath.Base(path)))
	return err == nil && way != ".." && !strings.HasPrefix(way, "../"), nil
}

func (s fileSystem) move(ctx context.Context, from, to string) error {
	err := s.files().Rename(from, to)
	if !errors.Is(err, unix.EXDEV) {
		return failed("fs.move", from, err)
	}
	info, err := s.files().Lstat(from)
	switch {
	case err != nil:
	case info.IsDir():
		err = s.copyTree(ctx, from, to)
	case info.Mode().Type() == fs.ModeSymlink:
		err = s.copyLink(from, to)
	default:
		err = s.copyFile(ctx, from, to)
	}
	if err == nil {
		err = s.files().RemoveAll(from)
	}
	return failed("fs.move", from, err)
}
