package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxRead bounds what one call reads into memory, in bytes.
const maxRead = 256 << 20

// errNotRegular is why a file is not read or written.
var errNotRegular = fmt.Errorf("%w: not a regular file (io.open has others)", fs.ErrInvalid)

// openRegular opens a file unless it is something to wait for. Asked without
// O_NONBLOCK, a FIFO would wait for its other end, beyond any cancelling.
func openRegular(in files, path string, flag int, mode fs.FileMode) (*os.File, error) {
	f, err := in.OpenFile(path, flag|unix.O_NONBLOCK, mode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = unix.EISDIR
	case !info.Mode().IsRegular():
		err = errNotRegular
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// ended is a reader that ends with ctx.
type ended struct {
	ctx context.Context
	io.Reader
}

func (e ended) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.Reader.Read(p)
}

// readAll reads up to limit bytes.
func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(ended{ctx, r}, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

func (s fileSystem) read(ctx context.Context, path string) ([]byte, error) {
	f, err := openRegular(s.files(), path, os.O_RDONLY, 0)
	if err != nil {
		return nil, failed("fs.read", path, err)
	}
	defer f.Close()
	text, err := readAll(ctx, f, maxRead)
	return text, failed("fs.read", path, err)
}

func (s fileSystem) write(ctx context.Context, path, text string, o *FileOptions) error {
	mode, err := o.mode()
	if err != nil {
		return err
	}
	return failed("fs.write", path, s.replace(ctx, path, strings.NewReader(text), mode, o == nil || o.Mode == nil))
}

func (o *FileOptions) mode() (fs.FileMode, error) {
	if o == nil {
		o = &FileOptions{}
	}
	return parseMode(o.Mode, 0o644)
}

// replace writes a file beside the one at path and puts it in its place.
func (s fileSystem) replace(ctx context.Context, path string, text io.Reader, mode fs.FileMode, keepMode bool) error {
	path, err := s.replaceable(path)
	if err != nil {
		return err
	}
	return s.files().Replace(path, mode, keepMode, func(w io.Writer) error {
		_, err := io.Copy(w, ended{ctx, text})
		return err
	})
}

// replaceable is the path that a file may be put at: a link is followed, and a
// device is not to become a file.
func (s fileSystem) replaceable(path string) (string, error) {
	info, err := s.files().Lstat(path)
	if err == nil && info.Mode().Type() == fs.ModeSymlink {
		if path, err = s.files().Real(path); err != nil {
			return "", err // a link to nowhere, or in a circle
		}
		info, err = s.files().Lstat(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && path != "":
		return path, nil
	case err != nil:
		return "", err
	case info.IsDir():
		return "", unix.EISDIR
	case !info.Mode().IsRegular():
		return "", errNotRegular
	}
	return path, nil
}

func (s fileSystem) append(_ context.Context, path, text string, o *FileOptions) error {
	mode, err := o.mode()
	if err != nil {
		return err
	}
	f, err := openRegular(s.files(), path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, mode)
	if err != nil {
		return failed("fs.append", path, err)
	}
	_, err = f.WriteString(text)
	return failed("fs.append", path, errors.Join(err, f.Close()))
}

func (s fileSystem) exists(_ context.Context, path string) (bool, error) {
	_, err := s.files().Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return false, nil
	}
	return err == nil, failed("fs.exists", path, err)
}

func (s fileSystem) stat(_ context.Context, path string, o *StatOptions) (*FileInfo, error) {
	look := s.files().Stat
	if o != nil && o.Link {
		look = s.files().Lstat
	}
	info, err := look(path)
	if err != nil {
		return nil, failed("fs.stat", path, err)
	}
	return newFileInfo(info), nil
}
