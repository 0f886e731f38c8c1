//go:build linux && cgo

package native

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/execlua/execlua/driver"
)

// DefaultDirectories are where the engine of this user keeps state and scratch
// unless Options say otherwise. Root has DefaultRoot and DefaultScratch. Of others
// see the XDG base directory specification: state is below $XDG_RUNTIME_DIR, or
// /run/user/UID, or, where neither is the user's own, it is /tmp/execlua-UID;
// scratch is below $XDG_DATA_HOME, or ~/.local/share, or, without a home, the state.
func DefaultDirectories() (root, scratch string) {
	uid := os.Geteuid()
	if uid == 0 {
		return DefaultRoot, DefaultScratch
	}
	root = filepath.Join(os.TempDir(), "execlua-"+strconv.Itoa(uid))
	// su(1) leaves the variable of another user.
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(uid)} {
		if stat, err := os.Stat(dir); err == nil && filepath.IsAbs(dir) && ownerOf(stat) == uid {
			root = filepath.Join(dir, "execlua")
			break
		}
	}
	data, home := os.Getenv("XDG_DATA_HOME"), os.Getenv("HOME")
	switch {
	case filepath.IsAbs(data):
	case filepath.IsAbs(home):
		data = filepath.Join(home, ".local/share")
	default:
		return root, filepath.Join(root, ".scratch")
	}
	return root, filepath.Join(data, "execlua/scratch")
}

func ownerOf(stat os.FileInfo) int { return int(stat.Sys().(*syscall.Stat_t).Uid) }

// directories are the absolute paths of the two, with the defaults applied.
func (o Options) directories() (root, scratch string, err error) {
	usual, usualScratch := DefaultDirectories()
	if o.Root == "" {
		o.Root = usual
	}
	if root, err = filepath.Abs(o.Root); err != nil {
		return "", "", fmt.Errorf("native: %w", err)
	}
	switch {
	case o.Scratch != "":
		return root, o.Scratch, nil
	case root == usual:
		return root, usualScratch, nil
	}
	return root, filepath.Join(root, ".scratch"), nil
}

// openRoot makes the state directory, for its owner only, and returns its real
// path: libcontainer and runc want that. What an ordinary user finds, in /tmp
// perhaps, must not be another's.
func openRoot(root string) (string, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", fmt.Errorf("native: %w", err)
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return "", fmt.Errorf("native: %w", err)
	}
	stat, err := os.Stat(root)
	if err != nil {
		return "", fmt.Errorf("native: %w", err)
	}
	if uid := os.Geteuid(); uid != 0 && (ownerOf(stat) != uid || stat.Mode().Perm()&0o022 != 0) {
		return "", fmt.Errorf("native: %s belongs to uid %d with mode %v; it must be yours, and others may not write to it: %w",
			root, ownerOf(stat), stat.Mode().Perm(), driver.ErrDenied)
	}
	return root, nil
}
