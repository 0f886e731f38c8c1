//go:build linux

package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// node is one directory or symlink of the skeleton.
type node struct {
	name   string
	mode   fs.FileMode
	target string // of a symlink; "" makes a directory
}

// skeleton lists what every root has, parents before children. See hier(7).
func skeleton() []node {
	const shared = fs.ModeSticky | 0o777
	return []node{
		{name: "", mode: 0o755},
		{name: "dev", mode: 0o755},
		{name: "etc", mode: 0o755},
		{name: "etc/mtab", target: "../proc/self/mounts"},
		{name: "home", mode: 0o755},
		{name: "media", mode: 0o755},
		{name: "mnt", mode: 0o755},
		{name: "proc", mode: 0o755},
		{name: "root", mode: 0o700},
		{name: "run", mode: 0o755},
		{name: "run/lock", mode: shared},
		{name: "srv", mode: 0o755},
		{name: "sys", mode: 0o755},
		{name: "tmp", mode: shared},
		{name: "var", mode: 0o755},
		{name: "var/cache", mode: 0o755},
		{name: "var/lib", mode: 0o755},
		{name: "var/lock", target: "/run/lock"},
		{name: "var/log", mode: 0o755},
		{name: "var/run", target: "/run"},
		{name: "var/spool", mode: 0o755},
		{name: "var/tmp", mode: shared},
	}
}

// makeSkeleton fails if there is something at rootfs already.
func makeSkeleton(rootfs string) error {
	for _, n := range skeleton() {
		path := filepath.Join(rootfs, n.name)
		if n.target != "" {
			if err := os.Symlink(n.target, path); err != nil {
				return err
			}
			continue
		}
		if err := makeDir(path, n.mode); err != nil {
			return err
		}
	}
	return nil
}

// makeDir makes a directory with exactly that mode: mkdir(2) subtracts the umask
// and may ignore the sticky bit.
func makeDir(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode.Perm()); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// makeParents makes the directories above path that are not there yet.
func makeParents(path string) error {
	parent := filepath.Dir(path)
	if _, err := os.Lstat(parent); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeParents(parent); err != nil {
		return err
	}
	return makeDir(parent, 0o755)
}
