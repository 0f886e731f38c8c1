//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// wrap makes the error of a start.
func wrap(op string, cmd *driver.Command, err error) error {
	e := &driver.Error{Op: op, Err: exhausted(err)}
	if cmd != nil {
		e.ID = cmd.ID
	}
	return e
}

// exhausted names what ran out when a start failed for lack of it. A full disk is
// named already, by the path of the file that could not be written. What a hook
// failed of is the hook's to say.
func exhausted(err error) error {
	var hook *driver.HookError
	if err == nil || errors.As(err, &hook) {
		return err
	}
	var path *fs.PathError
	what := ""
	switch {
	case lacks(err, unix.EMFILE):
		what = fmt.Sprintf("no file descriptors left (RLIMIT_NOFILE %d)", openLimit())
	case lacks(err, unix.ENFILE):
		what = "no file descriptors left on this machine (fs.file-max)"
	case errors.Is(err, unix.EAGAIN) && errors.As(err, &path) && path.Op == "mkdir":
		what = "no cgroups left (cgroup.max.descendants or cgroup.max.depth)"
	case lacks(err, unix.EAGAIN):
		what = "no processes left (pids.max of a cgroup, kernel.pid_max or RLIMIT_NPROC)"
	case lacks(err, unix.ENOMEM):
		what = "no memory left in the kernel, or within the memory cgroup of this process"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// lacks sees through the errors of an init, which sends them as text.
func lacks(err error, errno unix.Errno) bool {
	return errors.Is(err, errno) || strings.Contains(err.Error(), errno.Error())
}

func openLimit() uint64 {
	var limit unix.Rlimit
	_ = unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &limit) // of our own there is one
	return limit.Cur
}
