//go:build linux && cgo

// Package native is the engine that makes real containers, on runc's
// libcontainer. It is the only importer of runc's packages.
//
// # State on disk
//
// Below Options.Root (default /run/execlua; of an ordinary user see DefaultDirectories):
//
//	<id>/          libcontainer's state; `runc --root <root> list` reads it
//	.<id>.claim    who owns the id and what was made for it; its flock tells whether the owner lives
//	.keeper/       detached containers, see package keeper
//
// and below Options.Scratch one directory for each running container that needs
// one. A host process may be killed at any moment: its containers get SIGKILL
// with it, and the next start of an id, or New, removes what its claim names.
// Detached containers, which the engine of Open has, run on: they are held by a
// keeper process, and go on with the next one when it is killed.
//
// # Without root
//
// The containers of an ordinary user have a user namespace whose root is the user, see
// rootless.go; limits come from the cgroups that are delegated, see delegation.go; a
// container without a cgroup is its pid namespace, see members.go.
//
// # Re-execution
//
// libcontainer starts a container by running /proc/self/exe again with the
// argument "init", and a keeper is the binary with an argv[0] of its own. The init
// function of this package catches both, so a program that imports it has nothing
// to do in its main or TestMain.
package native
