//go:build linux

// Package host builds the root of image "host": the file system of a container
// that runs this machine's own programs, without a download.
//
// The root is a small skeleton directory. The directories that hold programs
// (/usr, /opt and, where they are not links into /usr, /bin, /sbin and /lib*)
// are mounted over it as overlays, so the container may write to them and the
// machine sees nothing of it. /etc is put together from a list: what common
// tools need and everybody may read. The overlays are OCI mounts, made inside
// the container's own mount namespace, and end with it.
//
// In a user namespace the machine's files belong to nobody, the overflow ids of
// user_namespaces(7): they can be read and run, and new ones made beside them at
// the top of each overlay, but not replaced.
//
// What is not there: /root, /home, /var, /run, shadow, gshadow, sudoers, ssh and
// all of /etc that is not on the list. What lies below /usr and /opt counts as
// public: root in the container reads it whatever its permission bits say.
package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// ErrUnfit says that the scratch directory lies on a file system on which an
// overlay cannot keep its changes.
var ErrUnfit = errors.New("cannot hold the upper layer of an overlay")

// Root is a root file system, ready for a container.
type Root struct {
	Rootfs string        // the root directory, below the scratch directory
	Mounts []specs.Mount // to be mounted in this order, before those of the Command
}

// Options say what to build from, and for whom.
type Options struct {
	Source   string // absolute path of the tree to take from; "" is /
	Hostname string // for /etc/hostname and /etc/hosts; "" makes no hostname file

	// UserXattr is for overlays mounted in a user namespace (Linux 5.11). There,
	// what belongs to a user without a number in the namespace cannot be changed:
	// an ordinary user's container can add to /usr, but not to /usr/bin.
	UserXattr bool

	// Owner is whose all of dir becomes: the root of a user namespace. nil leaves
	// it to who calls.
	Owner *Owner

	// Volatile spares the sync of each overlay when it is unmounted, about a
	// millisecond of every container's end (Linux 5.10). A scratch directory
	// that was mounted once cannot be mounted a second time.
	Volatile bool
}

// Owner is a user and a group of the machine.
type Owner struct{ UID, GID int }

// Prepare builds a root in dir, which is an absolute path of an empty directory
// on a file system that is no overlay itself (ErrUnfit). For an Owner it must be
// closed to everybody else. The caller removes it with Remove when the container
// is gone or Prepare failed.
func Prepare(dir string, o Options) (*Root, error) {
	if o.Source == "" {
		o.Source = "/"
	}
	root, err := prepare(dir, o)
	if err != nil {
		return nil, fmt.Errorf("host image: %w", err)
	}
	return root, nil
}

func prepare(dir string, o Options) (*Root, error) {
	if err := checkScratch(dir); err != nil {
		return nil, err
	}
	src, err := openTree(o.Source)
	if err != nil {
		return nil, err
	}
	defer src.close()

	rootfs := filepath.Join(dir, "rootfs")
	if err := makeSkeleton(rootfs); err != nil {
		return nil, err
	}
	overlays, err := makePrograms(dir, src, o)
	if err != nil {
		return nil, err
	}
	binds, err := makeEtc(rootfs, src, o.Hostname)
	if err != nil {
		return nil, err
	}
	if o.Owner != nil {
		if err := give(dir, *o.Owner); err != nil {
			return nil, err
		}
	}
	return &Root{Rootfs: rootfs, Mounts: append(overlays, binds...)}, nil
}

// give makes everything in dir the owner's, and then dir: before that the owner
// could put a symlink where we are about to go.
func give(dir string, o Owner) error {
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, o.UID, o.GID)
	})
	return errors.Join(err, os.Lchown(dir, o.UID, o.GID))
}
