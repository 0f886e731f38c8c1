//go:build linux && cgo

package native

import (
	"github.com/opencontainers/runc/libcontainer/configs"
	specs "github.com/opencontainers/runtime-spec/specs-go"
)

// launcher is what starts processes: spec and descriptors in; pid and release
// out. Reaping, signals and everything else go by pid, so a second start path
// can stand beside libcontainer's without the verbs noticing. Both methods run
// on a starter thread.
type launcher interface {
	// launch makes a container whose init waits for release before it executes
	// the program. created is called in between, when namespaces and cgroup exist
	// and before the root is entered; its error ends the launch and comes back.
	launch(r launchRequest, created func(pid int) error) (launched, error)
	// enter starts one more process in a container that runs.
	enter(r enterRequest) (pid int, err error)
}

// launchRequest is a container to be.
type launchRequest struct {
	root, id string
	config   *configs.Config // of the spec, with its cgroup
	spec     *specs.Spec
	stdio    childStdio
}

// launched is a container whose program does not run yet.
type launched struct {
	pid int
	// release lets the program run. It fails when the init has died. It is called
	// once, or not at all.
	release func(init *pidfd) error
}

// enterRequest is an exec to be.
type enterRequest struct {
	root, id string
	process  *specs.Process
	stdio    childStdio
}
