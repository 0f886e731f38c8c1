package driver

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of user_namespaces(7), "Defining user and group ID mappings". The last
// id, (uid_t)-1, stands for none.
const (
	maxMapLines = 340
	maxMapBytes = 4095 // one write, shorter than a page
	idSpace     = 1<<32 - 1
)

// checkUserNamespace checks the maps, and what a user namespace excludes.
func (p *problems) checkUserNamespace(c *Command) {
	u := c.UserNamespace
	if u == nil {
		return
	}
	p.checkIDMap("user_namespace.uid_mappings", u.UIDMappings)
	if u.GIDMappings != nil {
		p.checkIDMap("user_namespace.gid_mappings", u.GIDMappings)
	}
	p.checkMappedIDs(c)
	p.checkOwnNamespaces(c)
	if c.ProcessConfig.Privileged {
		p.invalid("process_config.privileged", true, `with a user namespace root has no power over the machine's devices; cap_add = {"all"} gives it every capability over its own namespaces`)
	}
	for i, m := range c.Mounts {
		if m.Propagation == "shared" || m.Propagation == "rshared" {
			p.invalid(fmt.Sprintf("mounts[%d].propagation", i+1), m.Propagation, "with a user namespace mounts only receive, as slave: see mount_namespaces(7)")
		}
	}
	for i, d := range c.AutoCreatedDevices {
		if d != nil && (d.FileMode != nil || d.UID != 0 || d.GID != 0) {
			p.invalid(fmt.Sprintf("autocreated_devices[%d]", i+1), nil, "with a user namespace the node is the host's own, and so are its mode and owner")
		}
	}
}

func (p *problems) checkIDMap(field string, mappings []IDMapping) {
	if len(mappings) > maxMapLines {
		p.invalid(field, nil, "%d ranges; %d at most, see user_namespaces(7)", len(mappings), maxMapLines)
		return
	}
	text := 0
	for i, m := range mappings {
		at := fmt.Sprintf("%s[%d]", field, i+1)
		text += len(fmt.Sprintf("%d %d %d\n", m.ContainerID, m.HostID, m.Size))
		if m.Size == 0 {
			p.invalid(at+".size", m.Size, "at least 1")
		}
		for _, side := range []struct {
			name  string
			first uint32
		}{{"container_id", m.ContainerID}, {"host_id", m.HostID}} {
			if uint64(side.first)+uint64(m.Size) > idSpace {
				p.invalid(at+"."+side.name, side.first, "%d ids from there go past %d, the last one", m.Size, idSpace-1)
			}
		}
		for j, other := range mappings[:i] {
			if overlap(m.ContainerID, m.Size, other.ContainerID, other.Size) {
				p.invalid(at+".container_id", m.ContainerID, "the range overlaps that of %s[%d]", field, j+1)
			}
			if overlap(m.HostID, m.Size, other.HostID, other.Size) {
				p.invalid(at+".host_id", m.HostID, "the range overlaps that of %s[%d]", field, j+1)
			}
		}
	}
	if text > maxMapBytes {
		p.invalid(field, nil, "the ranges are %d bytes of text; %d at most, see user_namespaces(7)", text, maxMapBytes)
	}
	if _, ok := mapID(mappings, 0); !ok {
		p.invalid(field, nil, "root, the id 0 of the container, must be mapped")
	}
}

func overlap(a, sizeA, b, sizeB uint32) bool {
	return uint64(a) < uint64(b)+uint64(sizeB) && uint64(b) < uint64(a)+uint64(sizeA)
}

// checkMappedIDs checks the ids that a Command gives as numbers; those behind
// names are known when they have been looked up.
func (p *problems) checkMappedIDs(c *Command) {
	user, group, _ := strings.Cut(c.ProcessConfig.User, ":")
	p.checkMappedID("process_config.user", user, c.UserNamespace.HostUID)
	p.checkMappedID("process_config.user", group, c.UserNamespace.HostGID)
	for i, g := range c.GroupAdd {
		p.checkMappedID(fmt.Sprintf("group_add[%d]", i+1), g, c.UserNamespace.HostGID)
	}
}

func (p *problems) checkMappedID(field, id string, host func(uint32) (uint32, bool)) {
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		return // a name, or none
	}
	if _, ok := host(uint32(n)); !ok {
		p.invalid(field, id, "user_namespace does not map it")
	}
}

// checkOwnNamespaces: a file system that shows a namespace can be mounted only by
// who has power over that namespace: sysfs over the network, mqueue over the IPC,
// proc over the processes. The hostname has none.
func (p *problems) checkOwnNamespaces(c *Command) {
	const foreign = "with a user namespace it must be the container's own: root inside has no power over another one"
	if n := c.Network; n != nil {
		if n.HostNetworking {
			p.invalid("network.host_networking", true, foreign)
		}
		if n.ContainerID != "" {
			p.invalid("network.container_id", n.ContainerID, foreign)
		}
		if n.NamespacePath != "" {
			p.invalid("network.namespace_path", n.NamespacePath, foreign)
		}
	}
	if i := c.Ipc; i != nil {
		if i.HostIpc {
			p.invalid("ipc.host_ipc", true, foreign)
		}
		if i.ContainerID != "" {
			p.invalid("ipc.container_id", i.ContainerID, foreign)
		}
	}
	if c.Pid != nil && c.Pid.HostPid {
		p.invalid("pid.host_pid", true, foreign)
	}
}

// HostUID is the user of the machine that a user of the container is; false for
// one that is not mapped. Without a user namespace it is the same.
func (u *UserNamespace) HostUID(uid uint32) (uint32, bool) {
	if u == nil {
		return uid, true
	}
	return mapID(u.UIDMappings, uid)
}

// HostGID is HostUID for groups.
func (u *UserNamespace) HostGID(gid uint32) (uint32, bool) {
	if u == nil {
		return gid, true
	}
	return mapID(u.Groups(), gid)
}

// Groups are the mappings of groups: those of users unless there are others.
func (u *UserNamespace) Groups() []IDMapping {
	if u.GIDMappings == nil {
		return u.UIDMappings
	}
	return u.GIDMappings
}

func mapID(mappings []IDMapping, id uint32) (uint32, bool) {
	for _, m := range mappings {
		if id >= m.ContainerID && id-m.ContainerID < m.Size {
			return m.HostID + (id - m.ContainerID), true
		}
	}
	return 0, false
}

// checkTimeNamespace: the kernel takes clocks up to half of KTIME_MAX, about 146
// years, see timens_offsets of time_namespaces(7).
func (p *problems) checkTimeNamespace(t *TimeNamespace) {
	const most = (1<<63 - 1) / 1_000_000_000 / 2
	if t == nil {
		return
	}
	for _, clock := range []struct {
		name   string
		offset int64
	}{{"monotonic", t.Monotonic}, {"boottime", t.Boottime}} {
		if clock.offset < -most || clock.offset > most {
			p.invalid("time_namespace."+clock.name, clock.offset, "%d to %d seconds", -most, most)
		}
	}
}
