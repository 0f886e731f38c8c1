package spec

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// lossy lists what a file cannot bring back as it was, and why.
var lossy = map[string]string{
	"join":       "a container is joined by its id, which the file of its IPC namespace does not tell",
	"devices":    suppliedAnyway,
	"no-devices": suppliedAnyway,

	"ipc.container_id":              "a container is joined by its id, which the file of its IPC namespace does not tell",
	"allowed_devices[].type":        suppliedAnyway,
	"allowed_devices[].major":       suppliedAnyway,
	"allowed_devices[].minor":       suppliedAnyway,
	"allowed_devices[].permissions": suppliedAnyway,
}

const suppliedAnyway = "an OCI runtime allows the devices that it supplies, whatever the rules say"

// moreCommands are those that the golden files do not have.
func moreCommands() []goldenCase {
	filter := func(name string, s driver.Seccomp) goldenCase {
		return goldenCase{name: name, host: v2(), command: web(func(c *driver.Command) { c.Seccomp = &s })}
	}
	no := driver.SeccompSyscall{Names: []string{"mkdir", "clone"}, Action: "errno", Errno: new(uint(38))}
	old := v2()
	old.Kernel = profile.Kernel{Major: 4, Minor: 4}
	old.Arch = "arm64"
	return []goldenCase{
		filter("no filter", driver.Seccomp{Unconfined: true}),
		filter("exceptions from the filter", driver.Seccomp{Syscalls: []driver.SeccompSyscall{no, {Names: []string{"mount"}, Action: "allow"}}}),
		filter("more architectures", driver.Seccomp{Architectures: []string{"x86", "x32"}}),
		filter("a filter of its own", driver.Seccomp{DefaultAction: "allow", Architectures: []string{"x86"}, Syscalls: []driver.SeccompSyscall{no}}),
		filter("an empty filter of its own", driver.Seccomp{DefaultAction: "log"}),
		{name: "another machine", host: old, command: web(nil)},
		{name: "users with mounts", host: v2(), command: web(func(c *driver.Command) {
			c.UserNamespace = &driver.UserNamespace{UIDMappings: []driver.IDMapping{{HostID: 1000, Size: 65536}}}
			c.Mounts = []driver.Mount{{Source: "/srv", Destination: "/srv", Propagation: "slave"}, {Type: "tmpfs", Destination: "/dev/shm", Writable: true}}
			c.AutoCreatedDevices = []*driver.Device{{Path: "/dev/fuse", Type: "c", Major: 10, Minor: 229}}
		})},
		{name: "the host's IPC and a /dev/shm of its own", host: v2(), command: web(func(c *driver.Command) {
			c.Ipc = &driver.Ipc{HostIpc: true}
			c.Mounts = []driver.Mount{{Type: "tmpfs", Destination: "/dev/shm", Writable: true, Size: 64 << 20}}
		})},
	}
}

// What Build writes Parse reads, and Build writes the same again.
func TestRoundTrip(t *testing.T) {
	for _, row := range slices.Concat(golden, moreCommands()) {
		change := row.place
		if row.name == "mounts" {
			change = nil // an image's mounts are the engine's, and an overlay is nothing that a Command mounts
		}
		t.Run(row.name, func(t *testing.T) { roundTrip(t, row.name, row.command, row.host, change) })
	}
}

// The same with one field after the other.
func TestEveryFieldComesBack(t *testing.T) {
	for _, f := range fields(reflect.TypeFor[driver.Command](), "", nil) {
		if _, nothing := elsewhere[f.path]; nothing {
			continue
		}
		c := web(nil)
		f.set(f.reach(c))
		if prepare := with[f.path]; prepare != nil {
			prepare(c)
		}
		for i := range c.Mounts {
			c.Mounts[i].Source = "/srv" // a relative one would begin at the file
		}
		for _, d := range c.AutoCreatedDevices {
			d.Type = "c" // driver.Validate wants one
		}
		roundTrip(t, f.path, c, hostFor(c), joined)
	}
}

func roundTrip(t *testing.T, name string, c *driver.Command, h Host, change func(*Place)) {
	t.Helper()
	reason := lossy[name]
	first := build(t, c, h, change)
	read, err := Parse(encode(t, first), "/")
	if err != nil {
		if reason == "" {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	second := build(t, read, h, change)
	nodesInFull(first)
	if diff := cmp.Diff(first, second); (diff != "") != (reason != "") {
		t.Errorf("%s: lossy: %q; -first +second:\n%s", name, reason, diff)
	}
	again, err := Parse(encode(t, second), "/")
	if diff := cmp.Diff(read, again); err != nil || diff != "" {
		t.Errorf("%s: the second Command is another: %v\n%s", name, err, diff)
	}
}

func build(t *testing.T, c *driver.Command, h Host, change func(*Place)) *specs.Spec {
	t.Helper()
	p := place()
	if change != nil {
		change(&p)
	}
	s, err := Build(c, h, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nodesInFull says what OCI leaves to the runtime about a node: a privileged
// container's come from the host, and not all of them in full.
func nodesInFull(s *specs.Spec) {
	for i := range s.Linux.Devices {
		d := &s.Linux.Devices[i]
		if d.UID == nil {
			d.UID = new(uint32)
		}
		if d.GID == nil {
			d.GID = new(uint32)
		}
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// passedOver lists what of a specification a Command does without, and why.
var passedOver = map[string]string{
	"ociVersion": "any version 1 is read",
}

// Every part of a specification changes the Command or is refused.
func TestNothingIsIgnored(t *testing.T) {
	read := func(s *specs.Spec) (*driver.Command, error) { return Parse(encode(t, s), "/") }
	base, err := read(build(t, web(nil), v2(), nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields(reflect.TypeFor[specs.Spec](), "", nil) {
		s := build(t, web(nil), v2(), nil)
		f.set(f.reach(s))
		got, err := read(s)
		if ignored := err == nil && cmp.Equal(got, base); ignored != (passedOver[f.path] != "") {
			t.Errorf("%s: ignored: %v, %q; error: %v", f.path, ignored, passedOver[f.path], err)
		}
	}
}
