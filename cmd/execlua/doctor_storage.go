//go:build linux && cgo

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver/native"
)

// overlay makes a file system over two directories that no place in the tree
// ever shows: it goes with its descriptor. The kernel may load a module for it, as
// the first container would make it do. Who may not mount gets the answer of
// /proc/filesystems.
func (p *patient) overlay() finding {
	err := mountNowhere()
	switch {
	case err == nil:
		return fine(`works, for image = "host"`)
	case errors.Is(err, unix.EPERM) && strings.Contains(p.read("proc/filesystems"), "\toverlay"):
		if !p.kernelVersion().AtLeast(5, 11) {
			return lack(statusWarn, "for root only", `Linux 5.11: image = "host" needs it, rootfs does not`)
		}
		return fine("in this kernel; not tried, which needs root")
	case errors.Is(err, unix.EPERM):
		return lack(statusWarn, "not in /proc/filesystems; not tried, which needs root", "modprobe overlay")
	}
	return lack(statusWarn, err.Error(), `modprobe overlay: image = "host" needs it, rootfs does not`)
}

func mountNowhere() error {
	fsfd, err := unix.Fsopen("overlay", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return err
	}
	defer unix.Close(fsfd)
	// Two lower directories need no place to write.
	if err := unix.FsconfigSetString(fsfd, "lowerdir", "/usr:/etc"); err != nil {
		return err
	}
	if err := unix.FsconfigCreate(fsfd); err != nil {
		return err
	}
	mount, err := unix.Fsmount(fsfd, unix.FSMOUNT_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(mount)
}

// ancestor is the directory itself, or the nearest above it that exists.
func ancestor(dir string) string {
	for {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func (p *patient) stateDir() finding {
	state, err := filepath.Abs(p.state)
	if err != nil {
		return lack(statusFail, err.Error(), "name it absolutely: --root DIR")
	}
	dir := ancestor(state)
	if err := unix.Access(dir+"/.", unix.W_OK|unix.X_OK); err != nil { // "/." is in directories only
		return lack(statusFail, dir+": "+err.Error(), "be root, or name another directory: --root DIR")
	}
	return fine("%s", state)
}

// scratch: an overlay cannot have its writable part on another overlay.
func (p *patient) scratch() finding {
	state, scratch := native.DefaultDirectories()
	if p.state != state {
		scratch = filepath.Join(p.state, ".scratch")
	}
	var st unix.Statfs_t
	if err := unix.Statfs(ancestor(scratch), &st); err != nil {
		return lack(statusWarn, scratch+": "+err.Error(), "name another state directory: --root DIR")
	}
	if st.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return lack(statusWarn, scratch+" is on an overlay", `image = "host" needs another file system: --root DIR on one`)
	}
	return fine("%s", scratch)
}
