//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// borrowShm mounts the /dev/shm of the container with that init at dir. A bind
// mount does not reach into another mount namespace, so a thread goes there and
// brings a detached copy back, see open_tree(2).
func borrowShm(init int, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tree, err := -1, error(nil)
	onThrowawayThread(func() { tree, err = cloneTree(init, "/dev/shm") })
	if err != nil {
		return fmt.Errorf("/dev/shm of pid %d: %w", init, err)
	}
	defer unix.Close(tree)
	if err := unix.MoveMount(tree, "", unix.AT_FDCWD, dir, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("mount /dev/shm of pid %d: %w", init, err)
	}
	return nil
}

// cloneTree leaves the calling thread in the mount namespace of pid. The path
// may not lead over symlinks, which are the container's.
func cloneTree(pid int, path string) (int, error) {
	ns, err := unix.Open(fmt.Sprintf("/proc/%d/ns/mnt", pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(ns)
	// setns(2) refuses a thread that shares root and working directory with others.
	if err := errors.Join(unix.Unshare(unix.CLONE_FS), unix.Setns(ns, unix.CLONE_NEWNS)); err != nil {
		return -1, err
	}
	dir, err := unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	return unix.OpenTree(dir, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH)
}

// onThrowawayThread runs f on a thread that ends with it. The init function sees
// to it that this is not the main thread.
func onThrowawayThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and not unlocked: the thread ends with this goroutine
		f()
	}()
	<-done
}
