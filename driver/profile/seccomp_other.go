//go:build !linux

package profile

import (
	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// mobyProfile has no rules here: moby's list is made of Linux's constants and
// exists on Linux only. A filter that allows nothing keeps a spec that was made
// elsewhere from running unconfined.
func mobyProfile() *seccomp.Seccomp {
	return &seccomp.Seccomp{LinuxSeccomp: specs.LinuxSeccomp{DefaultAction: specs.ActErrno}}
}
