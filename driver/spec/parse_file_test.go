package spec

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/driver"
)

// What `runc spec` writes: a shell on a terminal with three capabilities. It has
// no filter; the paths that only the profile masks stay masked.
func TestParseRuncsDefault(t *testing.T) {
	data, err := os.ReadFile("testdata/runc.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(data, "/bundle")
	if err != nil {
		t.Fatal(err)
	}
	want := &driver.Command{
		Rootfs: "/bundle/rootfs", ReadonlyRootfs: true, WorkingDir: "/", Hostname: "runc",
		CapDrop: []string{"all"}, CapAdd: []string{"AUDIT_WRITE", "KILL", "NET_BIND_SERVICE"},
		Resources: &driver.Resources{Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 1024, Hard: 1024}}},
		Seccomp:   &driver.Seccomp{Unconfined: true},
		ProcessConfig: driver.ProcessConfig{
			User: "0:0", Tty: true, Entrypoint: "sh", Arguments: []string{},
			Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// change is a JSON text put at a path of a specification that Parse takes, and
// the paths of what it says to that.
type change struct {
	at, text string
	want     []string
}

func refusals() []change {
	return []change{
		{"ociVersion", `"2.0"`, []string{".ociVersion"}},
		{"hostnam", `"web"`, []string{".hostnam"}},
		{"Hostname", `"web"`, []string{".Hostname"}},
		{"hooks", `{"prestart": [{"path": "/bin/true"}]}`, []string{".hooks"}},
		{"domainname", `"example"`, []string{".domainname"}},
		{"vm", `{"kernel": {"path": "/k"}}`, []string{".vm"}},
		{"annotations", `{"run.oci.handler": "wasm", "any": "text"}`, []string{".annotations.run.oci.handler"}},
		{"process.args", `[]`, []string{".process.args"}},
		{"process.user", `{"uid": 0, "gid": 0, "umask": 63, "usernam": "x"}`, []string{".process.user.umask", ".process.user.usernam"}},
		{"process.capabilities", `{"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": [], "inheritable": ["CAP_KILL"]}`, []string{".process.capabilities.permitted", ".process.capabilities.inheritable"}},
		{"process.scheduler", `{"policy": "SCHED_IDLE"}`, []string{".process.scheduler"}},
		{"root", `null`, []string{".root.path"}},

		{"mounts", `[{"destination": "/data", "type": "ext4", "source": "/dev/sda"}]`, []string{".mounts[0].type"}},
		{"mounts", `[{"destination": "/sys", "type": "sysfs", "options": ["nosuid"]}]`, []string{".mounts[0].options"}},
		{"mounts", `[{"destination": "/dev", "type": "tmpfs", "options": ["mode=755", "size=1k"]}]`, []string{".mounts[0].options"}},
		{"mounts", `[{"destination": "/a", "source": "/a", "options": ["bind"]}]`, []string{".mounts[0].options"}},
		{"mounts", `[{"destination": "/a", "source": "/a", "options": ["rbind", "nosuid", "idmap"]}]`, []string{".mounts[0].options", ".mounts[0].options"}},
		{"mounts", `[{"destination": "/a/b", "source": "/b", "options": ["rbind"]}, {"destination": "/a", "source": "/a", "options": ["rbind"]}]`, []string{".mounts[0].destination"}},
		{"mounts", `[{"destination": "/tmp", "type": "tmpfs", "options": ["size=50%", "uid=7"]}]`, []string{".mounts[0].options", ".mounts[0].options"}},

		{"linux.namespaces", `[{"type": "mount"}, {"type": "pid", "path": "/proc/1/ns/pid"}, {"type": "moon"}, {"type": "mount"}]`, []string{".linux.namespaces[1].path", ".linux.namespaces[2].type", ".linux.namespaces[3].type"}},
		{"linux.namespaces", `[{"type": "pid"}]`, []string{".linux.namespaces"}},
		{"linux.uidMappings", `[{"containerID": 0, "hostID": 1, "size": 1}]`, []string{".linux.uidMappings"}},
		{"linux.timeOffsets", `{"boottime": {"secs": 1}}`, []string{".linux.timeOffsets"}},
		{"linux.cgroupsPath", `"web"`, []string{".linux.cgroupsPath"}},
		{"linux.cgroupsPath", `"system.slice:runc:a/b"`, []string{".linux.cgroupsPath"}},
		{"linux.rootfsPropagation", `"shared"`, []string{".linux.rootfsPropagation"}},
		{"linux.maskedPaths", `["/proc/keys", "/etc/secret"]`, []string{".linux.maskedPaths[1]"}},
		{"linux.readonlyPaths", `["/proc/asound", "/etc"]`, []string{".linux.readonlyPaths[1]"}},
		{"linux.devices", `[{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}]`, []string{".linux.devices[0]"}},
		{"linux.resources", `{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "access": "rwm"}, {"allow": false, "type": "c"}]}`, []string{".linux.resources.devices[1]", ".linux.resources.devices[2]"}},
		{"linux.resources", `{"devices": [{"allow": true, "access": "rwm"}]}`, []string{".mounts[6].options", ".linux.maskedPaths", ".linux.readonlyPaths", ".process.capabilities.bounding"}},
		{"linux.resources", `{"memory": {"kernel": 1, "useHierarchy": true}, "cpu": {"realtimePeriod": 1, "shares": 9300000000000000000}, "pids": {"limit": 0}, "rdma": {"mlx": {}}}`, []string{
			".linux.resources.memory.kernel", ".linux.resources.memory.useHierarchy", ".linux.resources.cpu.realtimePeriod", ".linux.resources.cpu.shares", ".linux.resources.pids.limit", ".linux.resources.rdma",
		}},
		{"linux.seccomp", `{"defaultAction": "SCMP_ACT_NOTIFY", "flags": ["SECCOMP_FILTER_FLAG_LOG"], "architectures": ["SCMP_ARCH_PDP11"]}`, []string{".linux.seccomp.defaultAction", ".linux.seccomp.flags", ".linux.seccomp.architectures[0]"}},
		{"linux.seccomp", `{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}`, []string{".linux.seccomp.syscalls[0].args"}},
	}
}

func TestParseRefuses(t *testing.T) {
	for _, row := range refusals() {
		t.Run(row.at+" "+row.text[:min(40, len(row.text))], func(t *testing.T) {
			_, err := Parse(changed(t, row.at, row.text), "/bundle")
			var got []string
			for _, e := range strings.Split(errText(err), "\n") {
				got = append(got, strings.TrimRight(strings.Fields(e + " ?")[0], ":"))
			}
			want := slices.Clone(row.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q:\n%v", got, want, err)
			}
			var field *driver.FieldError
			if !errors.As(err, &field) {
				t.Errorf("%v is no FieldError", err)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// changed is runc's default with a JSON text at a path.
func changed(t *testing.T, at, text string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/runc.json")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	var value any
	if err := errors.Join(json.Unmarshal(data, &tree), json.Unmarshal([]byte(text), &value)); err != nil {
		t.Fatal(err)
	}
	parts, node := strings.Split(at, "."), tree
	for _, part := range parts[:len(parts)-1] {
		node = node[part].(map[string]any)
	}
	node[parts[len(parts)-1]] = value
	return encode(t, tree)
}

// What is said in another way than Build would say it.
func TestParseAccepts(t *testing.T) {
	for _, row := range []struct {
		name, at, text string
		want           func(c *driver.Command)
	}{
		{"another user without capabilities of its own", "process.user", `{"uid": 7, "gid": 8, "additionalGids": [9]}`, func(c *driver.Command) {
			c.ProcessConfig.User, c.GroupAdd = "7:8", []string{"9"}
		}},
		{"memory without swap", "linux.resources", `{"memory": {"limit": 67108864}}`, func(c *driver.Command) {
			c.Resources.Memory, c.Resources.MemorySwap = 64<<20, -1
		}},
		{"a mount beside the file", "mounts", `[{"destination": "/data", "type": "none", "source": "data", "options": ["rbind", "ro", "relatime"]}]`, func(c *driver.Command) {
			c.Mounts = []driver.Mount{{Source: "/bundle/data", Destination: "/data"}}
		}},
		{"a rule", "linux.resources", `{"devices": [{"allow": false}, {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"}]}`, func(c *driver.Command) {
			c.AllowedDevices = append(supplied(), &driver.Device{Type: "c", Major: 10, Minor: 229, Permissions: "rw"})
		}},
		{"cgroup v2", "mounts", `[{"destination": "/sys/fs/cgroup", "type": "cgroup2", "options": ["ro"]}]`, func(*driver.Command) {}},
		{"annotations", "annotations", `{"org.opencontainers.image.title": "web", "org.execlua.label.tier": "front"}`, func(c *driver.Command) {
			c.Labels = map[string]string{"org.opencontainers.image.title": "web", "tier": "front"}
		}},
		{"a cgroup", "linux.cgroupsPath", `"/tenants/blue/web"`, func(c *driver.Command) { c.CgroupParent, c.ID = "/tenants/blue", "web" }},
		{"a scope", "linux.cgroupsPath", `"system.slice:runc:web"`, func(c *driver.Command) { c.CgroupParent, c.ID = "system.slice", "web" }},
		{"a scope of ours", "linux.cgroupsPath", `"batch-night-execlua_0a1b2c3d4e5f.slice:execlua:web"`, func(c *driver.Command) { c.CgroupParent, c.ID = "batch-night.slice", "web" }},
		{"privileges", "process.noNewPrivileges", `false`, func(c *driver.Command) { c.ProcessConfig.NoNewPrivs = new(false) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			want, err := Parse(changed(t, "hostname", `"runc"`), "/bundle")
			if err != nil {
				t.Fatal(err)
			}
			row.want(want)
			got, err := Parse(changed(t, row.at, row.text), "/bundle")
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v; -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestParseNoSpecification(t *testing.T) {
	for _, text := range []string{"", "[]", "{", `{"process": 7}`, `{"linux": {"namespaces": {}}}`, "\x00", "null", "{}"} {
		if c, err := Parse([]byte(text), "/"); err == nil || driver.Code(err) != "invalid" {
			t.Errorf("%q: got %v, %v", text, c, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/runc.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"ociVersion": "1.0.0", "process": {"args": ["sh"], "capabilities": {}}, "root": {"path": "r"}, "mounts": [null], "linux": {"devices": [null], "seccomp": {"syscalls": [null]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data, "/")
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v, %v", c, err)
		}
		if c != nil {
			_ = driver.Validate(c) // says its own, and does not panic
		}
	})
}
