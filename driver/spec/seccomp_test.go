//go:build linux

package spec

import (
	"errors"
	"slices"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// ruling is what a filter does with a system call.
func ruling(t *testing.T, s *driver.Seccomp, file, name string) specs.LinuxSeccompAction {
	t.Helper()
	where := place()
	where.Seccomp = []byte(file)
	built, err := Build(web(func(c *driver.Command) { c.Seccomp = s }), v2(), where)
	if err != nil {
		t.Fatal(err)
	}
	filter := built.Linux.Seccomp
	if filter == nil {
		return "none"
	}
	found := filter.DefaultAction
	for _, rule := range filter.Syscalls {
		if slices.Contains(rule.Names, name) {
			found = rule.Action
		}
	}
	return found
}

func TestSeccomp(t *testing.T) {
	const file = `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["mkdir"], "action": "SCMP_ACT_LOG", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
		{"name": "chmod", "action": "SCMP_ACT_KILL_PROCESS"}]}`
	for _, row := range []struct {
		name    string
		seccomp *driver.Seccomp
		call    string
		want    specs.LinuxSeccompAction
	}{
		{"the default allows", nil, "mkdir", specs.ActAllow},
		{"the default refuses", nil, "reboot", specs.ActErrno},
		{"unconfined", &driver.Seccomp{Unconfined: true}, "reboot", "none"},
		{"an exception from the default", &driver.Seccomp{Syscalls: []driver.SeccompSyscall{{Names: []string{"mkdir"}, Action: "kill"}}}, "mkdir", specs.ActKillProcess},
		{"a filter of its own", &driver.Seccomp{DefaultAction: "log"}, "mkdir", specs.ActLog},
		{"an exception from it", &driver.Seccomp{DefaultAction: "allow", Syscalls: []driver.SeccompSyscall{{Names: []string{"mkdir"}, Action: "errno"}}}, "mkdir", specs.ActErrno},
		{"a file", &driver.Seccomp{File: "/etc/seccomp.json"}, "chmod", specs.ActKillProcess},
		{"a rule of a file whose condition fails", &driver.Seccomp{File: "/etc/seccomp.json"}, "mkdir", specs.ActAllow},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := ruling(t, row.seccomp, file, row.call); got != row.want {
				t.Errorf("%s: %s, want %s", row.call, got, row.want)
			}
		})
	}
}

// libseccomp refuses a filter that says two things about one call.
func TestSeccompSaysOneThing(t *testing.T) {
	s := &driver.Seccomp{Architectures: []string{"x86"}, Syscalls: []driver.SeccompSyscall{{Names: []string{"mkdir", "chmod"}, Action: "errno", Errno: new(uint(38))}}}
	built, err := Build(web(func(c *driver.Command) { c.Seccomp = s }), v2(), place())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, rule := range built.Linux.Seccomp.Syscalls {
		if slices.Contains(rule.Names, "mkdir") {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("mkdir stands in %d rules", seen)
	}
	if !slices.Contains(built.Linux.Seccomp.Architectures, specs.ArchX86) {
		t.Errorf("architectures: %v", built.Linux.Seccomp.Architectures)
	}
}

func TestSeccompFileThatIsNone(t *testing.T) {
	for _, file := range []string{"", "{", "{}", "[]"} {
		where := place()
		where.Seccomp = []byte(file)
		_, err := Build(web(func(c *driver.Command) { c.Seccomp = &driver.Seccomp{File: "/x.json"} }), v2(), where)
		var field *driver.FieldError
		if !errors.As(err, &field) || field.Path != "seccomp.file" {
			t.Errorf("%q: %v", file, err)
		}
	}
}
