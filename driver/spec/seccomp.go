package spec

import (
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// seccomp is the filter of a container that is not privileged; nil is none. file
// is what the engine has read from Seccomp.File.
func seccomp(s *driver.Seccomp, file []byte, h Host, caps []string) (*specs.LinuxSeccomp, error) {
	out := profile.Seccomp(h.Arch, h.Kernel, caps)
	switch {
	case s == nil:
		return out, nil
	case s.Unconfined:
		return nil, nil
	case s.DefaultAction != "":
		out.DefaultAction, out.DefaultErrnoRet, out.Syscalls = action(s.DefaultAction), nil, nil
	case s.File != "":
		var err error
		if out, err = profile.ParseSeccomp(file, h.Arch, h.Kernel, caps); err != nil {
			return nil, &driver.FieldError{Path: "seccomp.file", Value: s.File, Reason: "not a profile in docker's JSON format: " + err.Error()}
		}
	}
	for _, arch := range s.Architectures {
		if name := profile.SeccompArch(arch); !slices.Contains(out.Architectures, name) {
			out.Architectures = append(out.Architectures, name)
		}
	}
	// The rule for a name that is listed again takes the place of the filter's own:
	// libseccomp refuses two that disagree.
	for _, call := range s.Syscalls {
		for i, rule := range out.Syscalls {
			out.Syscalls[i].Names = slices.DeleteFunc(slices.Clone(rule.Names), func(name string) bool { return slices.Contains(call.Names, name) })
		}
		out.Syscalls = append(out.Syscalls, specs.LinuxSyscall{Names: call.Names, Action: action(call.Action), ErrnoRet: call.Errno})
	}
	out.Syscalls = slices.DeleteFunc(out.Syscalls, func(rule specs.LinuxSyscall) bool { return len(rule.Names) == 0 })
	return out, nil
}

func action(name string) specs.LinuxSeccompAction {
	switch name {
	case "allow":
		return specs.ActAllow
	case "kill":
		return specs.ActKillProcess
	case "log":
		return specs.ActLog
	case "trap":
		return specs.ActTrap
	}
	return specs.ActErrno
}
