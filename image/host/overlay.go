//go:build linux

package host

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// programs names the directories at the top that hold programs and libraries.
// With merged /usr, see file-hierarchy(7), all but two are symlinks.
func programs() []string {
	return []string{"usr", "opt", "bin", "sbin", "lib", "lib32", "lib64", "libx32"}
}

// makePrograms makes what a root has of programs: symlinks where the source has
// symlinks, mount points elsewhere, and returns the overlays for these.
func makePrograms(scratch string, src *tree, o Options) ([]specs.Mount, error) {
	var mounts []specs.Mount
	for _, name := range programs() {
		e, err := src.open(name)
		if absent(err) && name != "usr" {
			continue
		}
		if err != nil {
			return nil, err
		}
		e.close()
		some, err := src.list(name, 1)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(scratch, "rootfs", name)
		switch {
		case e.isLink() && name != "usr":
			err = os.Symlink(e.target, path)
		case !e.isDir():
			err = fmt.Errorf("%s is not a directory", e.path)
		case len(some) == 0: // as /opt on most machines
			err = makeDir(path, 0o755)
		default:
			var mount specs.Mount
			mount, err = overlay(scratch, name, e, o)
			mounts = append(mounts, mount)
		}
		if err != nil {
			return nil, err
		}
	}
	return mounts, nil
}

// overlay makes the directories of one overlay: mount point, upper layer and work
// directory.
func overlay(scratch, name string, lower entry, o Options) (specs.Mount, error) {
	upper, work := filepath.Join(scratch, "upper", name), filepath.Join(scratch, "work", name)
	options, err := overlayOptions(lower.path, upper, work, o)
	if err != nil {
		return specs.Mount{}, err
	}
	// The top directory of an overlay shows the mode of its upper layer.
	mode := fs.FileMode(lower.mode & 0o777)
	for _, dir := range []string{filepath.Join(scratch, "rootfs", name), upper, work} {
		if err := makeParents(dir); err != nil {
			return specs.Mount{}, err
		}
		if err := makeDir(dir, mode); err != nil {
			return specs.Mount{}, err
		}
	}
	return specs.Mount{Destination: "/" + name, Type: "overlay", Source: "overlay", Options: options}, nil
}

// overlayOptions writes the options of a mount. Linux versions disagree about how
// a path with one of the separators is escaped, so there are none.
func overlayOptions(lower, upper, work string, o Options) ([]string, error) {
	for _, path := range []string{lower, upper, work} {
		if strings.ContainsAny(path, `:,\`) {
			return nil, fmt.Errorf(`%q: an overlay's path cannot have a colon, comma or backslash`, path)
		}
	}
	options := []string{"nodev", "lowerdir=" + lower, "upperdir=" + upper, "workdir=" + work}
	if o.UserXattr {
		options = append(options, "userxattr")
	}
	if o.Volatile {
		options = append(options, "volatile")
	}
	// mount(2) takes one page of data at most, its final NUL included.
	if n := len(strings.Join(options, ",")); n >= os.Getpagesize() {
		return nil, fmt.Errorf("%q: too long for the options of an overlay: %d bytes", upper, n)
	}
	return options, nil
}

// checkScratch refuses a directory whose file system cannot be an upper layer:
// one without extended attributes of the kinds trusted and user, or without file
// types in its listings. See Documentation/filesystems/overlayfs.rst of Linux.
func checkScratch(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("scratch directory %q is not an absolute path", dir)
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	var kind string
	switch int64(st.Type) {
	case unix.OVERLAYFS_SUPER_MAGIC:
		kind = "an overlay"
	case unix.NFS_SUPER_MAGIC:
		kind = "NFS"
	default:
		return nil
	}
	return fmt.Errorf("%s is on %s, which %w: choose a directory on a disk's file system or a tmpfs", dir, kind, ErrUnfit)
}
