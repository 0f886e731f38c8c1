package driver

import "testing"

// users spoils a Command that maps a thousand ids.
func users(spoil func(c *Command)) func(c *Command) {
	return func(c *Command) {
		c.UserNamespace = &UserNamespace{UIDMappings: []IDMapping{{ContainerID: 0, HostID: 100000, Size: 1000}}}
		spoil(c)
	}
}

func ids(mappings ...IDMapping) func(c *Command) {
	return users(func(c *Command) { c.UserNamespace.UIDMappings = mappings })
}

// many are single ids, root first.
func many(n, step int) []IDMapping {
	var out []IDMapping
	for i := range n {
		out = append(out, IDMapping{ContainerID: uint32(i * step), HostID: uint32(i * step), Size: 1})
	}
	return out
}

func invalidUsers() []mistake {
	const uids, gids = "user_namespace.uid_mappings", "user_namespace.gid_mappings"
	root := IDMapping{Size: 1}
	return []mistake{
		{ids(), uids, "root, the id 0", ErrInvalid},
		{ids(IDMapping{ContainerID: 1, HostID: 1, Size: 10}), uids, "root, the id 0", ErrInvalid},
		{users(func(c *Command) { c.UserNamespace.GIDMappings = []IDMapping{} }), gids, "root, the id 0", ErrInvalid},
		{ids(root, IDMapping{ContainerID: 5, HostID: 5}), uids + "[2].size", "at least 1", ErrInvalid},
		{ids(root, IDMapping{ContainerID: 1<<32 - 11, HostID: 1, Size: 11}), uids + "[2].container_id", "go past 4294967294", ErrInvalid},
		{ids(root, IDMapping{ContainerID: 1, HostID: 1<<32 - 1, Size: 1}), uids + "[2].host_id", "go past 4294967294", ErrInvalid},
		{ids(IDMapping{Size: 10}, IDMapping{ContainerID: 9, HostID: 50, Size: 5}), uids + "[2].container_id", "overlaps that of user_namespace.uid_mappings[1]", ErrInvalid},
		{ids(IDMapping{HostID: 50, Size: 10}, IDMapping{ContainerID: 20, HostID: 45, Size: 6}), uids + "[2].host_id", "overlaps", ErrInvalid},
		{ids(many(341, 1)...), uids, "341 ranges; 340 at most", ErrInvalid},
		{ids(many(300, 10000)...), uids, "bytes of text; 4095 at most", ErrInvalid},

		{users(func(c *Command) { c.ProcessConfig.User = "1000" }), "process_config.user", "does not map", ErrInvalid},
		{users(func(c *Command) { c.ProcessConfig.User = "app:1000" }), "process_config.user", "does not map", ErrInvalid},
		{users(func(c *Command) { c.GroupAdd = []string{"audio", "1000"} }), "group_add[2]", "does not map", ErrInvalid},
		{users(func(c *Command) { c.ProcessConfig.Privileged = true }), "process_config.privileged", "no power", ErrInvalid},
		{users(func(c *Command) { c.Network = &Network{HostNetworking: true} }), "network.host_networking", "own", ErrInvalid},
		{users(func(c *Command) { c.Network = &Network{ContainerID: "a"} }), "network.container_id", "own", ErrInvalid},
		{users(func(c *Command) { c.Network = &Network{NamespacePath: "/run/netns/a"} }), "network.namespace_path", "own", ErrInvalid},
		{users(func(c *Command) { c.Ipc = &Ipc{HostIpc: true} }), "ipc.host_ipc", "own", ErrInvalid},
		{users(func(c *Command) { c.Ipc = &Ipc{ContainerID: "a"} }), "ipc.container_id", "own", ErrInvalid},
		{users(func(c *Command) { c.Sysctls = map[string]string{"kernel.domainname": "x"} }), "sysctls.kernel.domainname", "may not write", ErrInvalid},
		{users(func(c *Command) { c.Pid = &Pid{HostPid: true} }), "pid.host_pid", "own", ErrInvalid},
		{users(func(c *Command) {
			c.Mounts = []Mount{{Source: "/a", Destination: "/a", Propagation: "rshared"}}
		}), "mounts[1].propagation", "only receive", ErrInvalid},
		{users(func(c *Command) {
			c.AutoCreatedDevices = []*Device{{Path: "/dev/fuse", Type: "c", Major: 10, Minor: 229, UID: 7}}
		}), "autocreated_devices[1]", "host's own", ErrInvalid},

		{func(c *Command) { c.TimeNamespace = &TimeNamespace{Monotonic: 1 << 40} }, "time_namespace.monotonic", "4611686018 seconds", ErrInvalid},
		{func(c *Command) { c.TimeNamespace = &TimeNamespace{Boottime: -1 << 62} }, "time_namespace.boottime", "4611686018 seconds", ErrInvalid},
	}
}

func TestHostIDs(t *testing.T) {
	u := &UserNamespace{UIDMappings: []IDMapping{{0, 100000, 10}, {65534, 5, 1}}, GIDMappings: []IDMapping{{0, 7, 1}}}
	same := &UserNamespace{UIDMappings: u.UIDMappings}
	for _, row := range []struct {
		name string
		host func(uint32) (uint32, bool)
		id   uint32
		want uint32
		ok   bool
	}{
		{"root", u.HostUID, 0, 100000, true},
		{"the last of a range", u.HostUID, 9, 100009, true},
		{"one past it", u.HostUID, 10, 0, false},
		{"a second range", u.HostUID, 65534, 5, true},
		{"a group", u.HostGID, 0, 7, true},
		{"no such group", u.HostGID, 1, 0, false},
		{"groups as users", same.HostGID, 9, 100009, true},
		{"no namespace", (*UserNamespace)(nil).HostUID, 42, 42, true},
		{"no namespace, a group", (*UserNamespace)(nil).HostGID, 42, 42, true},
	} {
		if got, ok := row.host(row.id); got != row.want || ok != row.ok {
			t.Errorf("%s: got %d, %v", row.name, got, ok)
		}
	}
}
