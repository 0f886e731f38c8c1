package profile

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// Seccomp is the system call filter of a container with the given bounding set
// of capabilities (with CAP_), for a machine of the given GOARCH and kernel.
// What is not listed fails with EPERM.
//
// The rules are moby's; the choice among them is made here, because moby's own
// asks the running kernel and takes the architecture of the build. Only the
// native architecture is allowed: 32-bit entry points double the filter's
// compile time and the kernel code within reach. An unknown GOARCH leaves the
// list empty, which libseccomp reads as the native one too.
func Seccomp(arch string, kernel Kernel, caps []string) *specs.LinuxSeccomp {
	return choose(mobyProfile(), arch, kernel, caps)
}

// ParseSeccomp is Seccomp for a profile in docker's JSON format, conditions
// included. Architectures that the profile lists itself are kept.
func ParseSeccomp(data []byte, arch string, kernel Kernel, caps []string) (*specs.LinuxSeccomp, error) {
	raw := &seccomp.Seccomp{}
	if err := json.Unmarshal(data, raw); err != nil {
		return nil, err
	}
	if raw.DefaultAction == "" {
		return nil, errors.New("no defaultAction")
	}
	for _, rule := range raw.Syscalls {
		//lint:ignore SA1019 profiles in users' files still say "name"
		if name := rule.Name; name != "" {
			rule.Names = append(rule.Names, name)
		}
	}
	return choose(raw, arch, kernel, caps), nil
}

// choose takes the rules whose conditions hold.
func choose(raw *seccomp.Seccomp, arch string, kernel Kernel, caps []string) *specs.LinuxSeccomp {
	out := raw.LinuxSeccomp
	if native := seccompArch(arch); native != "" && len(out.Architectures) == 0 {
		out.Architectures = []specs.Arch{native}
	}
	m := machine{arch: filterArch(arch), kernel: kernel, caps: caps}
	for _, rule := range raw.Syscalls {
		if m.meetsAll(rule.Includes) && !m.meetsAny(rule.Excludes) {
			out.Syscalls = append(out.Syscalls, rule.LinuxSyscall)
		}
	}
	return &out
}

// machine is what the conditions of a rule are held against.
type machine struct {
	arch   string
	kernel Kernel
	caps   []string
}

func (m machine) meetsAll(f *seccomp.Filter) bool {
	return f == nil ||
		(len(f.Arches) == 0 || slices.Contains(f.Arches, m.arch)) &&
			!slices.ContainsFunc(f.Caps, m.lacks) &&
			(f.MinKernel == nil || m.reaches(f.MinKernel))
}

func (m machine) meetsAny(f *seccomp.Filter) bool {
	return f != nil &&
		(slices.Contains(f.Arches, m.arch) ||
			slices.ContainsFunc(f.Caps, m.has) ||
			f.MinKernel != nil && m.reaches(f.MinKernel))
}

func (m machine) has(name string) bool   { return slices.Contains(m.caps, name) }
func (m machine) lacks(name string) bool { return !m.has(name) }

// reaches reads moby's names: its Kernel is the first number, its Major the second.
func (m machine) reaches(v *seccomp.KernelVersion) bool {
	return m.kernel.AtLeast(int(v.Kernel), int(v.Major))
}

// filterArch is moby's word for a GOARCH in the conditions of a rule.
func filterArch(goarch string) string {
	if goarch == "386" {
		return "x86"
	}
	return goarch
}

// SeccompArch is the runtime-spec's word for an architecture by GOARCH, or by
// the names of 32-bit entry points: "x86", "x32"; "" if it has none.
func SeccompArch(name string) specs.Arch {
	switch name {
	case "x86":
		return specs.ArchX86
	case "x32":
		return specs.ArchX32
	}
	return seccompArch(name)
}

// seccompArch is the runtime-spec's word for a GOARCH; "" if it has none.
func seccompArch(goarch string) specs.Arch {
	switch goarch {
	case "386":
		return specs.ArchX86
	case "amd64":
		return specs.ArchX86_64
	case "arm":
		return specs.ArchARM
	case "arm64":
		return specs.ArchAARCH64
	case "loong64":
		return specs.ArchLOONGARCH64
	case "mips64":
		return specs.ArchMIPS64
	case "mips64le":
		return specs.ArchMIPSEL64
	case "mipsle":
		return specs.ArchMIPSEL
	case "ppc64le":
		return specs.ArchPPC64LE
	case "riscv64":
		return specs.ArchRISCV64
	case "s390x":
		return specs.ArchS390X
	}
	return ""
}
