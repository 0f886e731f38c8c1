//go:build linux && cgo

package native

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// withoutStrays runs a start, which must be on a starter thread, and when it
// fails reaps the children that libcontainer forgot. Its helpers are clones with
// our process as their parent; one that is left as a zombie in the container's
// pid namespace would keep the container's init from ever exiting, see
// pid_namespaces(7). Only starts fork on this thread, so every new child of it
// belongs to this one.
func withoutStrays(start func() error) error {
	before := childrenOfThread()
	err := start()
	if err == nil {
		return nil
	}
	for _, pid := range childrenOfThread() {
		if slices.Contains(before, pid) {
			continue
		}
		n, perr := strconv.Atoi(pid)
		if perr != nil {
			continue
		}
		_ = unix.Kill(n, unix.SIGKILL) // a zombie already, more often than not
		for {
			if _, werr := unix.Wait4(n, nil, 0, nil); !errors.Is(werr, unix.EINTR) {
				break
			}
		}
	}
	return err
}

// childrenOfThread lists the children that the calling thread forked and nobody
// has reaped, see proc_pid_task(5). Without CONFIG_PROC_CHILDREN it is empty.
func childrenOfThread() []string {
	data, err := os.ReadFile("/proc/thread-self/children")
	if err != nil {
		return nil
	}
	return strings.Fields(string(data))
}
