package fake

import (
	"encoding/json"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

func describe(t *testing.T, d *Driver, c *driver.Command) *specs.Spec {
	t.Helper()
	data, err := d.Spec(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	s := &specs.Spec{}
	if err := json.Unmarshal(data, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpec(t *testing.T) {
	c := &driver.Command{
		ID: "web", Image: "host", GroupAdd: []string{"44"},
		ProcessConfig: driver.ProcessConfig{Entrypoint: "nginx", Arguments: []string{"-g"}, User: "www-data:7"},
	}
	d := New(Options{})
	s := describe(t, d, c)
	if got := s.Process.Args; len(got) != 2 || got[0] != "nginx" {
		t.Errorf("args %q", got)
	}
	if u := s.Process.User; u.UID != 1000 || u.GID != 7 || len(u.AdditionalGids) != 1 || u.AdditionalGids[0] != 44 {
		t.Errorf("user %+v", u)
	}
	if s.Root.Path != "/fake/web" || s.Linux.CgroupsPath != "/execlua/web" {
		t.Errorf("root %s, cgroup %s", s.Root.Path, s.Linux.CgroupsPath)
	}
	if d.State("web") != Gone || len(d.Calls("spec")) != 1 {
		t.Errorf("state %q, calls %v: nothing is to be made", d.State("web"), d.Calls(""))
	}
}

func TestSpecRefusesWhatRunDoes(t *testing.T) {
	for _, row := range []struct {
		code    string
		command *driver.Command
	}{
		{"invalid", nil},
		{"invalid", &driver.Command{ID: "empty"}},
		{"not_found", &driver.Command{
			ID: "peer", Image: "host", Network: &driver.Network{ContainerID: "gone"},
			ProcessConfig: driver.ProcessConfig{Entrypoint: "true"},
		}},
		{"unsupported", &driver.Command{
			ID: "armoured", Image: "host", AppArmorProfile: "strict",
			ProcessConfig: driver.ProcessConfig{Entrypoint: "true"},
		}},
	} {
		d := New(Options{})
		_, err := d.Spec(t.Context(), row.command)
		if driver.Code(err) != row.code {
			t.Errorf("Spec: %v, want %s", err, row.code)
		}
	}
}
