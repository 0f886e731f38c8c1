package spec

import (
	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// namespaceList lists the namespaces to make or to join; one that is not listed is
// the host's. The user namespace is: ids inside are ids outside.
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
