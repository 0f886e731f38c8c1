//go:build linux && cgo

package native

import (
	"io/fs"
	"os"
	"path/filepath"

	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// hostDevices are the nodes of the host's /dev, which a privileged container
// gets. Terminals and what has mounts of its own in the container are left out.
func hostDevices() ([]specs.LinuxDevice, error) {
	var nodes []specs.LinuxDevice
	err := filepath.WalkDir("/dev", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // a node that went away while we looked
		case entry.IsDir():
			switch path {
			case "/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/.lxc", "/dev/.lxd-mounts":
				return filepath.SkipDir
			}
			return nil
		case path == "/dev/console" || entry.Type()&fs.ModeDevice == 0:
			return nil
		}
		var stat unix.Stat_t
		if unix.Lstat(path, &stat) != nil {
			return nil
		}
		kind := "c"
		if stat.Mode&unix.S_IFMT == unix.S_IFBLK {
			kind = "b"
		}
		mode := os.FileMode(stat.Mode & 0o777)
		nodes = append(nodes, specs.LinuxDevice{
			Path: path, Type: kind, FileMode: &mode, UID: &stat.Uid, GID: &stat.Gid,
			Major: int64(unix.Major(stat.Rdev)), Minor: int64(unix.Minor(stat.Rdev)),
		})
		return nil
	})
	return nodes, err
}
