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
// A keeper hands down its own argv[0], which is all that libcontainer hands down:
// its containers live on without it, while their execs do not.
//
// In the host process the main goroutine is locked to the main thread, so that no
// other goroutine runs there: libcontainer, and borrowShm, move threads into a
// container's mount namespace and let them end, but the main thread cannot end.
// It would stay there, keep the container's mounts, and /proc/self would show them.
func init() {
	runtime.LockOSThread()
	if isKeeper() {
		os.Exit(keeperMain())
	}
	if isOwnProcess() {
		os.Exit(ownMain())
	}
	if len(os.Args) == 3 && os.Args[1] == "init" && os.Getenv(removing) != "" {
		removeMapped(os.Args[2])
	}
	if len(os.Args) < 2 || os.Args[1] != "init" || os.Getenv("_LIBCONTAINER_INITPIPE") == "" {
		return
	}
	if os.Args[0] == keeperName && os.Getenv("_LIBCONTAINER_INITTYPE") == "standard" {
		libcontainer.Init() // a detached container outlives who starts it
	}
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		os.Stderr.WriteString("native: set the parent death signal: " + err.Error() + "\n")
		os.Exit(255)
	}
	// libcontainer leaves an ordinary user's groups to the container, and with them
	// what they may open. With one id the kernel refuses to drop them, see
	// /proc/pid/setgroups in user_namespaces(7).
	_ = unix.Setgroups(nil)
	libcontainer.Init()
}
