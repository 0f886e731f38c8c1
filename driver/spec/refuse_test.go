package spec

import (
	"errors"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// What depends on the machine is refused by name, before anything exists.
func TestRefused(t *testing.T) {
	old := v2()
	old.Kernel = profile.Kernel{Major: 5, Minor: 11}
	swapless := v1()
	swapless.NoSwapLimit = true
	for _, row := range []struct {
		name    string
		host    Host
		command *driver.Command
		path    string
		class   error
	}{
		{"AppArmor", v2(), web(func(c *driver.Command) { c.AppArmorProfile = "x" }), "apparmor_profile", driver.ErrUnsupported},
		{"process label", v2(), web(func(c *driver.Command) { c.ProcessLabel = "x" }), "process_label", driver.ErrUnsupported},
		{"mount label", v2(), web(func(c *driver.Command) { c.MountLabel = "x" }), "mount_label", driver.ErrUnsupported},
		{"swap without accounting", swapless, web(func(c *driver.Command) {
			c.Resources = &driver.Resources{Memory: 1 << 20, MemorySwap: 2 << 20}
		}), "resources.memory_swap", driver.ErrUnsupported},
		{"read-only mount on an old kernel", old, web(func(c *driver.Command) {
			c.Mounts = []driver.Mount{{Source: "/a", Destination: "/a", Writable: true}, {Source: "/b", Destination: "/b"}}
		}), "mounts[2].writable", driver.ErrUnsupported},
		{"a capability that the machine does not have", v2(), web(func(c *driver.Command) {
			c.CapAdd = []string{"ALL", "cap_sys_resource"}
		}), "cap_add[2]", driver.ErrUnsupported},
		{"a user without an id", v2(), web(func(c *driver.Command) {
			c.UserNamespace = &driver.UserNamespace{UIDMappings: []driver.IDMapping{{ContainerID: 1, HostID: 1, Size: 1}}}
			c.ProcessConfig.User = "nobody"
		}), "process_config.user", driver.ErrInvalid},
		{"network of a stranger", v2(), web(func(c *driver.Command) {
			c.Network = &driver.Network{ContainerID: "nobody"}
		}), "network.container_id", driver.ErrNotRunning},
		{"ipc of a stranger", v2(), web(func(c *driver.Command) {
			c.Ipc = &driver.Ipc{ContainerID: "nobody"}
		}), "ipc.container_id", driver.ErrNotRunning},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Build(row.command, row.host, place())
			var field *driver.FieldError
			if got != nil || !errors.As(err, &field) || field.Path != row.path || !errors.Is(err, row.class) {
				t.Errorf("got %v, %v; want %s of %v", got, err, row.path, row.class)
			}
		})
	}
}
