package profile

import (
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// allowed tells whether a rule without conditions on arguments allows the call.
func allowed(filter *specs.LinuxSeccomp, call string) bool {
	return slices.ContainsFunc(filter.Syscalls, func(s specs.LinuxSyscall) bool {
		return s.Action == specs.ActAllow && len(s.Args) == 0 && slices.Contains(s.Names, call)
	})
}

func TestSeccomp(t *testing.T) {
	modern := Kernel{6, 1}
	for _, row := range []struct {
		name   string
		arch   string
		kernel Kernel
		caps   []string
		call   string
		want   bool
	}{
		{"an ordinary call", "amd64", modern, nil, "openat", true},
		{"ptrace before 4.8 undoes the filter", "amd64", Kernel{4, 7}, nil, "ptrace", false},
		{"ptrace is safe since 4.8", "amd64", Kernel{4, 8}, nil, "ptrace", true},
		{"mount", "amd64", modern, Capabilities(), "mount", false},
		{"mount with SYS_ADMIN", "amd64", modern, []string{"CAP_SYS_ADMIN"}, "mount", true},
		{"clone, any flags", "amd64", modern, nil, "clone", false},
		{"clone, any flags, with SYS_ADMIN", "amd64", modern, []string{"CAP_SYS_ADMIN"}, "clone", true},
		{"chroot has its capability by default", "amd64", modern, Capabilities(), "chroot", true},
		{"chroot without it", "amd64", modern, nil, "chroot", false},
		{"keyrings", "amd64", modern, []string{"CAP_SYS_ADMIN"}, "keyctl", false},
		{"modify_ldt on amd64", "amd64", modern, nil, "modify_ldt", true},
		{"modify_ldt on 386", "386", modern, nil, "modify_ldt", true},
		{"modify_ldt on arm64", "arm64", modern, nil, "modify_ldt", false},
		{"set_tls on arm64", "arm64", modern, nil, "set_tls", true},
		{"set_tls on amd64", "amd64", modern, nil, "set_tls", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := allowed(Seccomp(row.arch, row.kernel, row.caps), row.call); got != row.want {
				t.Errorf("%s allowed: %v, want %v", row.call, got, row.want)
			}
		})
	}
}

func TestSeccompArchitectures(t *testing.T) {
	for arch, want := range map[string][]specs.Arch{
		"amd64":   {specs.ArchX86_64},
		"arm64":   {specs.ArchAARCH64},
		"riscv64": {specs.ArchRISCV64},
		"wasm":    nil,
	} {
		if got := Seccomp(arch, Kernel{6, 1}, nil).Architectures; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", arch, got, want)
		}
	}
}

func TestSeccompFreshValue(t *testing.T) {
	first := Seccomp("amd64", Kernel{6, 1}, nil)
	first.Syscalls[0].Names[0] = "reboot"
	*first.DefaultErrnoRet = 0
	second := Seccomp("amd64", Kernel{6, 1}, nil)
	if second.Syscalls[0].Names[0] == "reboot" || *second.DefaultErrnoRet == 0 {
		t.Error("a caller changed the next caller's filter")
	}
}

// On the machine that moby's own selection looks at, ours chooses the same rules.
func TestSeccompAgreesWithMoby(t *testing.T) {
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		t.Fatal(err)
	}
	kernel, err := ParseKernel(unix.ByteSliceToString(uts.Release[:]))
	if err != nil {
		t.Fatal(err)
	}
	for name, caps := range map[string][]string{
		"none":     nil,
		"default":  Capabilities(),
		"admin":    append(Capabilities(), "CAP_SYS_ADMIN"),
		"observer": {"CAP_SYS_PTRACE", "CAP_PERFMON", "CAP_BPF", "CAP_SYSLOG"},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := seccomp.GetDefaultProfile(&specs.Spec{
				Process: &specs.Process{Capabilities: &specs.LinuxCapabilities{Bounding: caps}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(want.Architectures) > 1 {
				want.Architectures = want.Architectures[:1] // ours is the native one only
			}
			if diff := cmp.Diff(want, Seccomp(runtime.GOARCH, kernel, caps)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkSeccomp(b *testing.B) {
	caps := Capabilities()
	b.ReportAllocs()
	for b.Loop() {
		Seccomp("amd64", Kernel{6, 1}, caps)
	}
}
