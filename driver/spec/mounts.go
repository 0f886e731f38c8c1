package spec

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

const cgroupMount = "/sys/fs/cgroup"

// mountList lists the profile's mounts, then the Place's, then the Command's, each
// kind on top of the ones before.
func mountList(c *driver.Command, h Host, p Place) ([]specs.Mount, error) {
	own, err := binds(c.Mounts, h)
	if err != nil {
		return nil, err
	}
	list := profile.Mounts()
	if _, ok := c.UserNamespace.HostGID(ttyGroup); !ok {
		dropTTYGroup(list)
	}
	if c.ProcessConfig.Privileged {
		open(list, c.ReadonlyRootfs)
	}
	if hostIpc(c) {
		list = cover(list, hostShm())
	}
	if c.UserNamespace != nil {
		bindForeign(list, c, h)
	}
	return cover(cover(list, p.Mounts...), own...), nil
}

// hostShm is the host's shared memory. POSIX shared memory is files, and goes with
// the namespace by convention only, see shm_overview(7). A fresh mqueue file system
// shows the host's queues already: it belongs to the namespace it is mounted from.
func hostShm() specs.Mount {
	return specs.Mount{
		Destination: "/dev/shm", Type: "bind", Source: "/dev/shm",
		Options: []string{"rbind", "nosuid", "noexec", "nodev", "rprivate"},
	}
}

// bindForeign binds the host's own file systems that show a namespace of the host:
// root of a user namespace may mount none of those afresh.
func bindForeign(list []specs.Mount, c *driver.Command, h Host) {
	for i, m := range list {
		switch {
		case m.Type == "sysfs" && c.Network != nil && c.Network.HostNetworking:
			options := []string{"rbind", "nosuid", "noexec", "nodev", "ro"}
			if h.Kernel.AtLeast(5, 12) {
				options = append(options, "rro")
			}
			list[i] = specs.Mount{Destination: m.Destination, Type: "bind", Source: "/sys", Options: append(options, "rprivate")}
		case m.Type == "mqueue" && hostIpc(c):
			list[i] = specs.Mount{Destination: m.Destination, Type: "bind", Source: "/dev/mqueue", Options: []string{"rbind", "nosuid", "noexec", "nodev", "rprivate"}}
		}
	}
}

// ttyGroup is the group of terminals in the profile, the tty of most systems.
const ttyGroup = 5

// dropTTYGroup leaves terminals the group of who opens them: devpts takes no
// group that the user namespace does not have.
func dropTTYGroup(list []specs.Mount) {
	for i, m := range list {
		if m.Type == "devpts" {
			list[i].Options = slices.DeleteFunc(m.Options, func(o string) bool { return strings.HasPrefix(o, "gid=") })
		}
	}
}

// open makes writable what a privileged container is meant to configure.
func open(list []specs.Mount, readonlyRootfs bool) {
	for i, m := range list {
		if m.Destination == cgroupMount || m.Destination == "/sys" && !readonlyRootfs {
			list[i].Options = slices.DeleteFunc(m.Options, func(o string) bool { return o == "ro" })
		}
	}
}

// cover puts mounts on top of a list. What each hides, at its destination and
// below, is left out: a bind on /dev takes the place of /dev/pts and /dev/shm too.
func cover(list []specs.Mount, top ...specs.Mount) []specs.Mount {
	for _, m := range top {
		m.Destination = path.Clean(m.Destination)
		list = slices.DeleteFunc(list, func(below specs.Mount) bool {
			return below.Destination == m.Destination || strings.HasPrefix(below.Destination, m.Destination+"/")
		})
		list = append(list, m)
	}
	return list
}

// binds maps the Command's mounts. Shallow ones come first, whatever their order
// in the Command, or /data would hide /data/cache.
func binds(mounts []driver.Mount, h Host) ([]specs.Mount, error) {
	var out []specs.Mount
	for i, m := range mounts {
		if m.Type == "tmpfs" {
			out = append(out, tmpfs(m))
			continue
		}
		options := []string{"rbind"}
		if !m.Writable {
			// "ro" reaches the topmost file system only, "rro" all that are
			// mounted below it, see mount_setattr(2).
			if !h.Kernel.AtLeast(5, 12) {
				return nil, unsupported(fmt.Sprintf("mounts[%d].writable", i+1), false,
					"a read-only mount needs mount_setattr(2) of Linux 5.12")
			}
			options = append(options, "ro", "rro")
		}
		out = append(out, specs.Mount{
			Destination: path.Clean(m.Destination), Type: "bind", Source: m.Source,
			Options: append(options, propagation(m)),
		})
	}
	slices.SortStableFunc(out, func(a, b specs.Mount) int {
		return cmp.Compare(strings.Count(a.Destination, "/"), strings.Count(b.Destination, "/"))
	})
	return out, nil
}

// propagation is that of a mount; what happens in a container stays there unless asked for.
func propagation(m driver.Mount) string {
	if m.Slave {
		return "rslave"
	}
	return cmp.Or(m.Propagation, "rprivate")
}

// tmpfs is a file system of its own in memory. It counts against the container's limit.
func tmpfs(m driver.Mount) specs.Mount {
	options := []string{"nosuid", "nodev"}
	if !m.Exec {
		options = append(options, "noexec")
	}
	if !m.Writable {
		options = append(options, "ro")
	}
	mode := uint32(0o1777)
	if m.Mode != nil {
		mode = *m.Mode
	}
	options = append(options, fmt.Sprintf("mode=%o", mode))
	if m.Size > 0 {
		options = append(options, fmt.Sprintf("size=%d", m.Size))
	}
	return specs.Mount{Destination: path.Clean(m.Destination), Type: "tmpfs", Source: "tmpfs", Options: append(options, propagation(m))}
}

// rootPropagation is what the root must have for the mounts to propagate at all:
// a shared or slave mount below a private root hears and tells nothing.
func rootPropagation(mounts []driver.Mount) string {
	root := ""
	for _, m := range mounts {
		switch p := strings.TrimPrefix(propagation(m), "r"); {
		case p == "shared":
			return "rshared"
		case p == "slave":
			root = "rslave"
		}
	}
	return root
}
