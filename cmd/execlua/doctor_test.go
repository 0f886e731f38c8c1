//go:build linux && cgo

package main

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/internal/testenv"
)

// machine makes the files of a machine, with their contents.
func machine(files map[string]string) *patient {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return &patient{files: fs}
}

func TestDoctorReadsTheMachine(t *testing.T) {
	const v1 = "4:memory:/\n3:cpu,cpuacct:/user.slice\n2:devices:/\n1:name=systemd:/\n0::/\n"
	v2 := map[string]string{"sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids", "proc/self/cgroup": "0::/user.slice"}
	for _, row := range []struct {
		name   string
		look   func(*patient) finding
		files  map[string]string
		status string
		detail string
	}{
		{"kernel", (*patient).kernel, map[string]string{"proc/sys/kernel/osrelease": "6.1.0-18-amd64\n"}, statusOK, "Linux 6.1.0-18-amd64"},
		{"old kernel", (*patient).kernel, map[string]string{"proc/sys/kernel/osrelease": "5.4.0"}, statusFail, "Linux 5.4.0"},
		{"strange kernel", (*patient).kernel, map[string]string{"proc/sys/kernel/osrelease": "?"}, statusFail, "Linux ?"},

		{"v2", (*patient).cgroups, v2, statusOK, "v2"},
		{"v1", (*patient).cgroups, map[string]string{"proc/self/cgroup": v1}, statusWarn, "v1"},
		{"hybrid", (*patient).cgroups, map[string]string{"proc/self/cgroup": v1, "sys/fs/cgroup/unified/cgroup.controllers": ""}, statusWarn, "v1 (hybrid)"},
		{"no cgroups", (*patient).cgroups, nil, statusFail, "not mounted below /sys/fs/cgroup"},

		{"v2 controllers", (*patient).controllers, v2, statusOK, "cpu memory pids cpuset io"},
		{
			"v2 without memory", (*patient).controllers,
			map[string]string{"sys/fs/cgroup/cgroup.controllers": "cpuset cpu io pids"},
			statusWarn, "missing: memory",
		},
		{"v1 controllers", (*patient).controllers, map[string]string{"proc/self/cgroup": v1}, statusWarn, "missing: pids freezer cpuset blkio"},
		{
			"v1 without devices", (*patient).controllers,
			map[string]string{"proc/self/cgroup": "1:cpu,memory,pids,freezer,cpuset,blkio:/\n"},
			statusFail, "missing: devices",
		},

		{"user namespaces", (*patient).userNamespaces, map[string]string{"proc/self/ns/user": ""}, statusOK, "for every user"},
		{"user namespaces of Debian", (*patient).userNamespaces, map[string]string{
			"proc/self/ns/user": "", "proc/sys/kernel/unprivileged_userns_clone": "0\n",
		}, statusWarn, "for root only"},
		{"user namespaces of Ubuntu", (*patient).userNamespaces, map[string]string{
			"proc/self/ns/user": "", "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
		}, statusWarn, "restricted by AppArmor"},
		{"user namespaces switched off", (*patient).userNamespaces, map[string]string{
			"proc/self/ns/user": "", "proc/sys/user/max_user_namespaces": "0\n",
		}, statusWarn, "none may be made"},
		{"time namespaces", (*patient).timeNamespaces, map[string]string{"proc/self/ns/time": ""}, statusOK, "in this kernel"},
		{"no time namespaces", (*patient).timeNamespaces, nil, statusWarn, "not in this kernel"},
		{"no user namespaces", (*patient).userNamespaces, nil, statusWarn, "not in this kernel"},

		{"apparmor", (*patient).appArmor, map[string]string{"sys/module/apparmor/parameters/enabled": "Y\n"}, statusOK, "enabled"},
		{"apparmor beside selinux", (*patient).appArmor, map[string]string{"sys/fs/selinux/enforce": "1"}, statusOK, "off, SELinux is on"},
		{"selinux", (*patient).seLinux, map[string]string{"sys/fs/selinux/enforce": "0"}, statusOK, "permissive"},
		{"no selinux", (*patient).seLinux, nil, statusWarn, "off"},

		{"swap on v1", (*patient).swap, map[string]string{"sys/fs/cgroup/memory/memory.memsw.limit_in_bytes": "0"}, statusOK, "swap can be limited"},
		{"no swap on v1", (*patient).swap, map[string]string{"proc/self/cgroup": v1, "proc/swaps": ""}, statusWarn, "swap is not counted"},
		{"psi=0", (*patient).pressure, map[string]string{"proc/pressure/memory": ""}, statusWarn, "no pressure stall information"},
		{"seccomp", (*patient).seccomp, nil, statusFail, "not in this kernel"},
		{"somebody", (*patient).user, nil, statusOK, "root"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := row.look(machine(row.files))
			if got.Status != row.status || got.Detail != row.detail {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Detail, row.status, row.detail)
			}
			if (got.Status == statusOK) != (got.Hint == "") {
				t.Errorf("%s, and the hint is %q", got.Status, got.Hint)
			}
		})
	}
}

func TestDoctorWithoutRoot(t *testing.T) {
	for _, row := range []struct {
		name string
		has  native.Unprivileged
		err  error
		want []string
	}{
		{
			"all",
			native.Unprivileged{IDs: 65536, Cgroup: "/sys/fs/cgroup/mine", CgroupDriver: "systemd", Controllers: []string{"cpu", "cpuset", "io", "memory", "pids"}},
			nil,
			[]string{"ok cgroup driver: systemd", "ok delegation: /sys/fs/cgroup/mine", "ok subordinate ids: 65536 users besides root in a container", "ok controllers: cpu memory pids cpuset io"},
		},
		{
			"nothing",
			native.Unprivileged{NoIDs: "newuidmap is not installed", NoCgroup: "no cgroup: systemd-run"},
			nil,
			[]string{"warn cgroup driver: none", "warn delegation: no cgroup", "warn subordinate ids: none: a container has one user, root"},
		},
		{
			"no containers",
			native.Unprivileged{},
			errors.New("only root may make user namespaces"),
			[]string{"fail delegation: only root may make user namespaces"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := diagnose(&patient{files: os.DirFS("/"), state: t.TempDir(), uid: 1000, unprivileged: func() (native.Unprivileged, error) { return row.has, row.err }})
			for _, want := range row.want {
				if !slices.ContainsFunc(d.Checks, func(f finding) bool { return f.Status+" "+f.Name+": "+f.Detail == want }) {
					t.Errorf("nothing says %q:\n%s", want, d.text())
				}
			}
		})
	}
}

// What doctor promises, the engine keeps: TestExamples runs containers here.
func TestDoctorOnThisMachine(t *testing.T) {
	testenv.Root(t)
	defer testenv.Leaks(t)()
	d := diagnose(&patient{files: os.DirFS("/"), state: t.TempDir(), uid: os.Geteuid()})
	if !d.OK {
		t.Errorf("containers run here, and doctor says:\n%s", d.text())
	}
	if len(d.Checks) != len(checks()) {
		t.Errorf("%d findings of %d checks", len(d.Checks), len(checks()))
	}
}

func TestDoctorFormats(t *testing.T) {
	d := diagnosis{OK: false, Checks: []finding{
		{Name: "kernel", Status: statusOK, Detail: "Linux 6.1"},
		{Name: "user", Status: statusFail, Detail: "uid 1000", Hint: "sudo"},
	}}
	const text = `ok    kernel           Linux 6.1
fail  user             uid 1000
                       hint: sudo

containers cannot run as this user: see the lines with fail
`
	if got := d.text(); got != text {
		t.Errorf("got\n%s\nwant\n%s", got, text)
	}
	var out strings.Builder
	if err := d.write(&out, "json"); err != nil {
		t.Fatal(err)
	}
	var back diagnosis
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || !slices.Equal(back.Checks, d.Checks) || back.OK {
		t.Errorf("%v: %s", err, &out)
	}
	if err := d.write(&out, "xml"); err == nil {
		t.Error("xml is accepted")
	}
}
