package spec

import (
	"slices"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

func TestExec(t *testing.T) {
	c := web(func(c *driver.Command) {
		c.WorkingDir = "/app"
		c.ProcessConfig.Env = []string{"APP=container", "MODE=container"}
		c.CapDrop = []string{"ALL"}
	})
	user := specs.User{UID: 33}
	image := []string{"APP=image", "LANG=C"}
	exec := func(pc driver.ProcessConfig) *specs.Process {
		t.Helper()
		p, err := Process(c, &pc, v2(), user, image)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}

	plain := exec(driver.ProcessConfig{Entrypoint: "id", Env: []string{"MODE=exec"}})
	wantEnv := []string{profile.Env()[0], "HOSTNAME=web", "APP=container", "LANG=C", "MODE=exec"}
	if !slices.Equal(plain.Env, wantEnv) {
		t.Errorf("env %q, want %q", plain.Env, wantEnv)
	}
	if plain.Cwd != "/app" || plain.User.UID != 33 || plain.Terminal || !plain.NoNewPrivileges {
		t.Errorf("%+v", plain)
	}
	if n := len(plain.Capabilities.Bounding); n != 0 {
		t.Errorf("%d capabilities, the container has none", n)
	}

	full := exec(driver.ProcessConfig{Entrypoint: "sh", WorkingDir: "/tmp", Tty: true, Privileged: true})
	if full.Cwd != "/tmp" || !full.Terminal || full.NoNewPrivileges {
		t.Errorf("%+v", full)
	}
	if n := len(full.Capabilities.Bounding); n != len(v2().Capabilities) {
		t.Errorf("%d capabilities, want all %d", n, len(v2().Capabilities))
	}
	if full.Capabilities.Inheritable != nil || full.Capabilities.Ambient != nil {
		t.Errorf("inheritable %v, ambient %v", full.Capabilities.Inheritable, full.Capabilities.Ambient)
	}
}

func TestCapabilitiesTheMachineHas(t *testing.T) {
	small := v2()
	small.Capabilities = []string{"CHOWN", "KILL", "SYS_PTRACE"}
	for _, row := range []struct {
		name       string
		add, drop  []string
		privileged bool
		want       []string
	}{
		{"the profile's that are there", nil, nil, false, []string{"CAP_CHOWN", "CAP_KILL"}},
		{"one more", []string{"cap_sys_ptrace"}, nil, false, []string{"CAP_CHOWN", "CAP_KILL", "CAP_SYS_PTRACE"}},
		{"all but one", []string{"all"}, []string{"kill"}, false, []string{"CAP_CHOWN", "CAP_SYS_PTRACE"}},
		{"none", nil, []string{"all"}, false, []string{}},
		{"privileged", nil, []string{"all"}, true, []string{"CAP_CHOWN", "CAP_KILL", "CAP_SYS_PTRACE"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := web(func(c *driver.Command) {
				c.CapAdd, c.CapDrop, c.ProcessConfig.Privileged = row.add, row.drop, row.privileged
			})
			p, err := Process(c, &c.ProcessConfig, small, specs.User{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := p.Capabilities
			for _, set := range [][]string{got.Bounding, got.Effective, got.Permitted} {
				if !slices.Equal(set, row.want) {
					t.Errorf("got %v, want %v", set, row.want)
				}
			}
			if got.Inheritable != nil || got.Ambient != nil {
				t.Errorf("inheritable %v, ambient %v", got.Inheritable, got.Ambient)
			}
		})
	}
}
