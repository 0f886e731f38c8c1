//go:build linux && cgo

package native

import (
	"os"
	"runtime"

	"github.com/opencontainers/runc/libcontainer"
	_ "github.com/opencontainers/runc/libcontainer/nsenter" // the C part of the re-exec: joins namespaces before Go's threads exist
	"golang.org/x/sys/unix"
)

// init takes over when libcontainer re-executes this binary, and only then: an
// embedder's own "init" sub-command lacks the environment variable.
//
// The death signal is set here since libcontainer's own ParentDeathSignal never
// reaches the container. It is a courtesy: a container that changes uid or execs
// a set-uid program loses it, and the sweep finds those.
//
// In the host process the main goroutine is locked to the main thread, so that no
// other goroutine runs there: libcontainer, and borrowShm, move threads into a
// container's mount namespace and let them end, but the main thread cannot end.
// It would stay there, keep the container's mounts, and /proc/self would show them.
func init() {
	runtime.LockOSThread()
	if isOwnProcess() {
		os.Exit(ownMain())
	}
	if len(os.Args) < 2 || os.Args[1] != "init" || os.Getenv("_LIBCONTAINER_INITPIPE") == "" {
		return
	}
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		os.Stderr.WriteString("native: set the parent death signal: " + err.Error() + "\n")
		os.Exit(255)
	}
	libcontainer.Init()
}
