//go:build linux

package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Remove removes a scratch directory when the container is gone and nothing is
// mounted below it. In contrast to os.RemoveAll it also does for an ordinary user:
// overlays keep work directories that have no permission bits, and containers may
// make some, and only root looks into these.
func Remove(dir string) error {
	err := os.RemoveAll(dir)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o700) // WalkDir looks into it after this
	})
	return errors.Join(err, os.RemoveAll(dir))
}
