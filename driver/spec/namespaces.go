package spec

import (
	"fmt"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// namespaceList lists the namespaces to make or to join; one that is not listed is
// the host's.
func namespaceList(c *driver.Command, p Place) ([]specs.LinuxNamespace, error) {
	list := []specs.LinuxNamespace{
		{Type: specs.MountNamespace},
		{Type: specs.CgroupNamespace},
	}
	if c.Pid == nil || !c.Pid.HostPid {
		list = append(list, specs.LinuxNamespace{Type: specs.PIDNamespace})
	}
	if !hostUTS(c) {
		list = append(list, specs.LinuxNamespace{Type: specs.UTSNamespace})
	}
	if !hostIpc(c) {
		ns, err := ipc(c.Ipc, p)
		if err != nil {
			return nil, err
		}
		list = append(list, ns)
	}
	if c.Network == nil || !c.Network.HostNetworking {
		ns, err := network(c.Network, p)
		if err != nil {
			return nil, err
		}
		list = append(list, ns)
	}
	if c.UserNamespace != nil {
		list = append(list, specs.LinuxNamespace{Type: specs.UserNamespace, Path: p.Namespaces[specs.UserNamespace]})
	}
	if c.TimeNamespace != nil {
		list = append(list, specs.LinuxNamespace{Type: specs.TimeNamespace})
	}
	return list, nil
}

func network(n *driver.Network, p Place) (specs.LinuxNamespace, error) {
	switch {
	case n == nil:
	case n.ContainerID != "":
		return join(specs.NetworkNamespace, "network.container_id", n.ContainerID, p)
	case n.NamespacePath != "":
		return specs.LinuxNamespace{Type: specs.NetworkNamespace, Path: n.NamespacePath}, nil
	}
	return specs.LinuxNamespace{Type: specs.NetworkNamespace}, nil
}

func ipc(i *driver.Ipc, p Place) (specs.LinuxNamespace, error) {
	if i != nil && i.ContainerID != "" {
		return join(specs.IPCNamespace, "ipc.container_id", i.ContainerID, p)
	}
	return specs.LinuxNamespace{Type: specs.IPCNamespace}, nil
}

// join never falls back to a new namespace: a container that silently cannot see
// its peer is harder to understand than one that does not start.
func join(kind specs.LinuxNamespaceType, field, id string, p Place) (specs.LinuxNamespace, error) {
	path := p.Namespaces[kind]
	if path == "" {
		return specs.LinuxNamespace{}, &driver.FieldError{
			Path: field, Value: id, Reason: "no running container of that id", Class: driver.ErrNotRunning,
		}
	}
	return specs.LinuxNamespace{Type: kind, Path: path}, nil
}

func hostUTS(c *driver.Command) bool { return c.UTS != nil && c.UTS.HostUTS }
func hostIpc(c *driver.Command) bool { return c.Ipc != nil && c.Ipc.HostIpc }

// idMappings are those of users and of groups.
func idMappings(u *driver.UserNamespace) (uids, gids []specs.LinuxIDMapping) {
	if u == nil {
		return nil, nil
	}
	convert := func(mappings []driver.IDMapping) (out []specs.LinuxIDMapping) {
		for _, m := range mappings {
			out = append(out, specs.LinuxIDMapping{ContainerID: m.ContainerID, HostID: m.HostID, Size: m.Size})
		}
		return out
	}
	return convert(u.UIDMappings), convert(u.Groups())
}

// checkMapped refuses a user that has no id in the user namespace. driver.Validate
// has seen numbers; here are those that names stand for.
func checkMapped(u *driver.UserNamespace, field, name string, user specs.User) error {
	if _, ok := u.HostUID(user.UID); !ok {
		return &driver.FieldError{Path: field, Value: name, Reason: fmt.Sprintf("user_namespace does not map its uid, %d", user.UID)}
	}
	for _, gid := range append([]uint32{user.GID}, user.AdditionalGids...) {
		if _, ok := u.HostGID(gid); !ok {
			return &driver.FieldError{Path: field, Value: name, Reason: fmt.Sprintf("user_namespace does not map %d, a group of it or of group_add", gid)}
		}
	}
	return nil
}

// timeOffsets lists the clocks that are moved.
func timeOffsets(t *driver.TimeNamespace) map[string]specs.LinuxTimeOffset {
	if t == nil {
		return nil
	}
	out := map[string]specs.LinuxTimeOffset{}
	if t.Monotonic != 0 {
		out["monotonic"] = specs.LinuxTimeOffset{Secs: t.Monotonic}
	}
	if t.Boottime != 0 {
		out["boottime"] = specs.LinuxTimeOffset{Secs: t.Boottime}
	}
	return out
}
