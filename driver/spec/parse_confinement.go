package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// confinement reads what hides the machine from the container.
func (p *parser) confinement() {
	linux := p.spec.Linux
	if p.out.ProcessConfig.Privileged {
		p.privileged()
		return
	}
	for i, name := range linux.MaskedPaths {
		if !masked(name) {
			p.cannot(fmt.Sprintf(".linux.maskedPaths[%d]", i), name, "the profile does not mask it")
		}
	}
	for i, name := range linux.ReadonlyPaths {
		if !masked(name) && name != cgroupMount && !slices.Contains(profile.ReadonlyPaths(), name) {
			p.cannot(fmt.Sprintf(".linux.readonlyPaths[%d]", i), name, "the profile leaves it writable")
		}
	}
	root := rootPropagation(p.out.Mounts)
	if is := linux.RootfsPropagation; is != "" && is != root && (is != "rslave" || root != "") {
		p.cannot(".linux.rootfsPropagation", is, "it follows from the mounts")
	}
	p.out.Seccomp = p.seccomp(linux.Seccomp)
}

// privileged wants the file to confine nothing: a privileged Command cannot.
// CAP_SYS_ADMIN and every device are the whole machine, whatever else is missing.
func (p *parser) privileged() {
	const reason = "the device rules allow everything, which makes the container privileged, and that has none"
	linux := p.spec.Linux
	p.refuse([]absent{
		{".linux.maskedPaths", len(linux.MaskedPaths) > 0, reason},
		{".linux.readonlyPaths", len(linux.ReadonlyPaths) > 0, reason},
		{".linux.seccomp", linux.Seccomp != nil, reason},
	})
	if s := p.spec.Process; s != nil && s.Capabilities != nil && !slices.Contains(s.Capabilities.Bounding, "CAP_SYS_ADMIN") {
		p.cannot(".process.capabilities.bounding", nil, "the device rules allow everything, which makes the container privileged, and that has every capability")
	}
	p.out.CapAdd, p.out.CapDrop = nil, nil
}

// masked tells whether the profile hides a path, on a machine with any number of processors.
func masked(name string) bool {
	const cpus = "/sys/devices/system/cpu/cpu*/thermal_throttle"
	ofCPU, _ := path.Match(cpus, name)
	return ofCPU || slices.Contains(profile.MaskedPaths(0), name)
}

// seccomp reads a filter as the profile's, as exceptions from the profile's, or
// as one of its own. What it is, Build tells: the first that comes out as s.
func (p *parser) seccomp(s *specs.LinuxSeccomp) *driver.Seccomp {
	const at = ".linux.seccomp"
	if s == nil {
		return &driver.Seccomp{Unconfined: true}
	}
	p.refuse([]absent{
		{at + ".flags", len(s.Flags) > 0, "a Command has no such setting"},
		{at + ".listenerPath", s.ListenerPath+s.ListenerMetadata != "", "a Command has no such setting"},
	})
	h, more := p.architectures(s.Architectures)
	if own := exceptions(s, h, more, p.boundingSet()); own != nil {
		if len(own.Architectures)+len(own.Syscalls) == 0 {
			return nil
		}
		return own
	}
	if r := s.DefaultErrnoRet; r != nil && *r != 1 {
		p.cannot(at+".defaultErrnoRet", *r, "it is 1, EPERM")
	}
	out := &driver.Seccomp{Architectures: more, DefaultAction: word(s.DefaultAction)}
	if out.DefaultAction == "" {
		p.cannot(at+".defaultAction", string(s.DefaultAction), actions)
	}
	for i, rule := range s.Syscalls {
		at := fmt.Sprintf("%s.syscalls[%d]", at, i)
		if len(rule.Args) > 0 {
			p.cannot(at+".args", rule.Names, "a Command filters by name, and this is not the profile's filter")
		}
		call, ok := syscallRule(rule)
		if !ok {
			p.cannot(at+".action", string(rule.Action), actions)
		}
		out.Syscalls = append(out.Syscalls, call)
	}
	return out
}

const actions = "ALLOW, ERRNO, KILL_PROCESS, LOG or TRAP"

// architectures takes the first for the native one of the machine that the file is for.
func (p *parser) architectures(list []specs.Arch) (Host, []string) {
	var words []string
	for i, arch := range list {
		name := archWord(arch)
		if name == "" {
			p.cannot(fmt.Sprintf(".linux.seccomp.architectures[%d]", i), string(arch), "no such architecture here")
		}
		words = append(words, name)
	}
	if len(words) == 0 {
		return Host{}, nil
	}
	return Host{Arch: words[0]}, words[1:]
}

func (p *parser) boundingSet() []string {
	if p.spec.Process == nil || p.spec.Process.Capabilities == nil {
		return nil
	}
	return p.spec.Process.Capabilities.Bounding
}

// maxExceptions bounds how many rules are tried.
const maxExceptions = 256

// exceptions is the shortest tail of the rules that, as exceptions from the
// profile's filter of an old or a new kernel, makes s again; nil if there is none.
func exceptions(s *specs.LinuxSeccomp, h Host, architectures, caps []string) *driver.Seccomp {
	want, err := json.Marshal(s)
	if err != nil || len(s.Architectures) == 0 {
		return nil
	}
	own := &driver.Seccomp{Architectures: architectures}
	for n := len(s.Syscalls); n >= 0 && len(own.Syscalls) <= maxExceptions; n-- {
		for _, kernel := range []profile.Kernel{{Major: 999}, {}} {
			h.Kernel = kernel
			made, err := seccomp(own, nil, h, caps)
			if err != nil {
				return nil
			}
			if got, err := json.Marshal(made); err == nil && bytes.Equal(got, want) {
				return own
			}
		}
		if n == 0 || len(s.Syscalls[n-1].Args) > 0 {
			break
		}
		call, ok := syscallRule(s.Syscalls[n-1])
		if !ok {
			break
		}
		own.Syscalls = append([]driver.SeccompSyscall{call}, own.Syscalls...)
	}
	return nil
}

func syscallRule(rule specs.LinuxSyscall) (driver.SeccompSyscall, bool) {
	call := driver.SeccompSyscall{Names: rule.Names, Action: word(rule.Action), Errno: rule.ErrnoRet}
	return call, call.Action != ""
}

// word is a Command's for an action; "" if it has none.
func word(a specs.LinuxSeccompAction) string {
	for _, name := range []string{"allow", "errno", "kill", "log", "trap"} {
		if action(name) == a {
			return name
		}
	}
	return ""
}

// archWord is a Command's for an architecture; "" if it has none.
func archWord(a specs.Arch) string {
	for _, name := range strings.Fields("x86 x32 amd64 arm arm64 loong64 mips64 mips64le mipsle ppc64le riscv64 s390x") {
		if profile.SeccompArch(name) == a {
			return name
		}
	}
	return ""
}
