package fake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
	"github.com/execlua/execlua/driver/spec"
)

var _ driver.Speccer = (*Driver)(nil)

// Spec is the specification for a machine that is always the same but for its
// capabilities: amd64, Linux 6.1, two processors, cgroup v2, no AppArmor and no
// SELinux. Nothing is looked up: an image's root is /fake/<id>, a seccomp file
// lets everything through, and a user or group that is a name has the number 1000.
func (d *Driver) Spec(_ context.Context, c *driver.Command) ([]byte, error) {
	d.record(Call{Verb: "spec", Command: c})
	s, err := d.describe(c)
	if err != nil {
		return nil, failed("spec", idOf(c), err)
	}
	return json.Marshal(s)
}

func (d *Driver) describe(c *driver.Command) (*specs.Spec, error) {
	if err := driver.Validate(c); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.checkJoins(c); err != nil {
		return nil, err
	}
	return spec.Build(c, machine(), d.place(c))
}

// machine has the capabilities of the running kernel: driver.TweakCapabilities knows no others.
func machine() spec.Host {
	return spec.Host{
		Arch: "amd64", Kernel: profile.Kernel{Major: 6, Minor: 1}, CPUs: 2, CgroupV2: true,
		Capabilities: driver.GetAllCapabilities(),
	}
}

func (d *Driver) place(c *driver.Command) spec.Place {
	p := spec.Place{
		Rootfs:      cmp.Or(c.Rootfs, path.Join("/fake", c.ID)),
		CgroupsPath: path.Join("/", cmp.Or(c.CgroupParent, "execlua"), c.ID),
		Namespaces:  map[specs.LinuxNamespaceType]string{},
		Seccomp:     []byte(`{"defaultAction":"SCMP_ACT_ALLOW"}`),
	}
	user, group, _ := strings.Cut(c.ProcessConfig.User, ":")
	p.User.UID, p.User.GID = number(user), number(group)
	for _, g := range c.GroupAdd {
		p.User.AdditionalGids = append(p.User.AdditionalGids, number(g))
	}
	if c.Network != nil && c.Network.ContainerID != "" {
		p.Namespaces[specs.NetworkNamespace] = d.namespace(c.Network.ContainerID, "net")
	}
	if c.Ipc != nil && c.Ipc.ContainerID != "" {
		p.Namespaces[specs.IPCNamespace] = d.namespace(c.Ipc.ContainerID, "ipc")
	}
	return p
}

// namespace is the file of a running container's namespace, see checkJoins.
func (d *Driver) namespace(id, kind string) string {
	return fmt.Sprintf("/proc/%d/ns/%s", d.containers[id].Pid(), kind)
}

// number reads a user or group: "" is root.
func number(name string) uint32 {
	n, err := strconv.ParseUint(cmp.Or(name, "0"), 10, 32)
	if err != nil {
		return 1000
	}
	return uint32(n)
}
