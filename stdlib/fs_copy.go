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

func copyPath(ctx context.Context, from, to string, o *CopyOptions) error {
	info, err := os.Stat(from)
	switch {
	case err != nil:
		return failed("fs.copy", from, err)
	case !info.IsDir():
		return failed("fs.copy", from, copyFile(ctx, from, to))
	case o == nil || !o.Recursive:
		return failed("fs.copy", from, fmt.Errorf("%w (recursive = true copies one)", unix.EISDIR))
	}
	return failed("fs.copy", from, copyTree(ctx, from, to))
}

// copyFile copies one regular file with its mode.
func copyFile(ctx context.Context, from, to string) error {
	f, err := openRegular(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(to); err == nil && os.SameFile(info, there) {
		return fmt.Errorf("%w: %s is the same file", fs.ErrInvalid, to)
	}
	return replace(ctx, to, f, info.Mode().Perm(), false)
}

// copyTree copies a directory to a place where there is none. Links are copied
// as they are, and what is neither file, directory nor link is refused.
func copyTree(ctx context.Context, from, to string) error {
	inside, err := contains(from, to)
	switch {
	case err != nil:
		return err
	case inside:
		return fmt.Errorf("%w: %s is inside of it", fs.ErrInvalid, to)
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch entry.Type() {
		case fs.ModeDir:
			// Its owner may write it, or it could not be filled.
			return os.Mkdir(target, info.Mode().Perm()|0o700)
		case fs.ModeSymlink:
			return copyLink(path, target)
		}
		if err := copyFile(ctx, path, target); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
}

func copyLink(from, to string) error {
	link, err := os.Readlink(from)
	if err != nil {
		return err
	}
	return os.Symlink(link, to)
}

// contains tells whether path is at dir or below it, whatever links say.
func contains(dir, path string) (bool, error) {
	dir, err := realPath(dir)
	if err != nil {
		return false, err
	}
	parent, err := realPath(filepath.Dir(path))
	if err != nil {
		return false, err
	}
	way, err := filepath.Rel(dir, filepath.Join(parent, filepath.Base(path)))
	return err == nil && way != ".." && !strings.HasPrefix(way, "../"), nil
}

func realPath(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func movePath(ctx context.Context, from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, unix.EXDEV) {
		return failed("fs.move", from, err)
	}
	info, err := os.Lstat(from)
	switch {
	case err != nil:
	case info.IsDir():
		err = copyTree(ctx, from, to)
	case info.Mode().Type() == fs.ModeSymlink:
		err = copyLink(from, to)
	default:
		err = copyFile(ctx, from, to)
	}
	if err == nil {
		err = os.RemoveAll(from)
	}
	return failed("fs.move", from, err)
}
