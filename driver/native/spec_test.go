//go:build linux && cgo

package native

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
)

func describe(t *testing.T, s driver.Speccer, c *driver.Command) *specs.Spec {
	t.Helper()
	data, err := s.Spec(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	out := &specs.Spec{}
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A specification needs no engine, no root, and leaves nothing.
func TestSpecWithoutEngine(t *testing.T) {
	root := filepath.Join(t.TempDir(), "state")
	s, err := NewSpeccer(Options{Root: root, CgroupDriver: CgroupfsDriver})
	if err != nil {
		t.Fatal(err)
	}
	c := &driver.Command{
		ID: "web", Image: "host", Resources: &driver.Resources{Memory: 64 << 20},
		ProcessConfig: driver.ProcessConfig{Entrypoint: "id", User: "root"},
	}
	got := describe(t, s, c)
	if want := filepath.Join(root, ".scratch", "web", "rootfs"); got.Root.Path != want {
		t.Errorf("root %s, want %s", got.Root.Path, want)
	}
	if want := defaultCgroupParent(root) + "/web"; got.Linux.CgroupsPath != want {
		t.Errorf("cgroup %s, want %s", got.Linux.CgroupsPath, want)
	}
	if *got.Linux.Resources.Memory.Limit != 64<<20 || !slices.Contains(got.Process.Env, "HOME=/root") {
		t.Errorf("memory %v, env %q", got.Linux.Resources.Memory.Limit, got.Process.Env)
	}
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Errorf("the state directory: %v", err)
	}
	c.Network = &driver.Network{ContainerID: "proxy"}
	if _, err := s.Spec(t.Context(), c); driver.Code(err) != "not_running" {
		t.Errorf("joining what does not run: %v", err)
	}
}

// What the specification says is what a container gets.
func TestSpecIsWhatStarts(t *testing.T) {
	d := newEngine(t)
	peer := command(t, "sleep")
	p := sleeper(t, d, peer)
	c := shell(t, `hostname; pwd; echo $HOME; id -u; readlink /proc/self/ns/ipc`)
	c.WorkingDir = "/tmp"
	c.ProcessConfig.User = "12"
	c.Ipc = &driver.Ipc{ContainerID: peer.ID}

	s := describe(t, d, c)
	home := ""
	for _, entry := range s.Process.Env {
		if value, ok := strings.CutPrefix(entry, "HOME="); ok {
			home = value
		}
	}
	if s.Process.User.UID != 12 || s.Root.Path != testenv.Rootfs(t) {
		t.Errorf("user %v, root %s", s.Process.User, s.Root.Path)
	}
	want := []string{s.Hostname, s.Process.Cwd, home, "12", namespaceOf(t, p.Pid(), "ipc")}
	if got := strings.Split(run(t, d, c), "\n"); !slices.Equal(got, want) {
		t.Errorf("the container has %q, the specification %q", got, want)
	}
}

func TestSpecRefusesWhatStartDoes(t *testing.T) {
	d := newEngine(t)
	for _, row := range []struct {
		field string
		spoil func(*driver.Command)
	}{
		{"id", func(c *driver.Command) { c.ID = "" }},
		{"rootfs", func(c *driver.Command) { c.Rootfs = "/nowhere" }},
		{"mounts[1].source", func(c *driver.Command) { c.Mounts = []driver.Mount{{Source: "/nowhere", Destination: "/x"}} }},
		{"working_dir", func(c *driver.Command) { c.WorkingDir = "/nowhere" }},
		{"process_config.user", func(c *driver.Command) { c.ProcessConfig.User = "nobody-at-all" }},
		{"network.namespace_path", func(c *driver.Command) { c.Network = &driver.Network{NamespacePath: "/nowhere"} }},
		{"seccomp.file", func(c *driver.Command) { c.Seccomp = &driver.Seccomp{File: "/nowhere"} }},
	} {
		c := shell(t, "true")
		row.spoil(c)
		_, err := d.Spec(t.Context(), c)
		got := try(d, c, driver.Hooks{}).err
		if err == nil || got == nil || driver.Code(err) != driver.Code(got) || !strings.Contains(err.Error(), row.field) {
			t.Errorf("Spec: %v\nRun:  %v", err, got)
		}
	}
}
