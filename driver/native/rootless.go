//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/runc/libcontainer/configs"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// rootless is what the engine of an ordinary user knows of that user. A container
// then has a user namespace of its own whose root is the user, since only there
// has the user the power to make one.
type rootless struct {
	ids
	delegation
}

// openRootless refuses what no container of an ordinary user could be made on, with
// what to do about it.
func openRootless(cgroupDriver string, v2 bool) (*rootless, error) {
	for _, each := range []struct{ file, value, reason string }{
		{"/proc/sys/user/max_user_namespaces", "0", "this machine allows no user namespaces: sysctl -w user.max_user_namespaces=15000"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "only root may make user namespaces: sysctl -w kernel.unprivileged_userns_clone=1"},
	} {
		if data, err := os.ReadFile(each.file); err == nil && strings.TrimSpace(string(data)) == each.value {
			return nil, fmt.Errorf("native: containers without root: %s: %w", each.reason, driver.ErrDenied)
		}
	}
	if _, err := os.Stat("/proc/self/ns/user"); err != nil {
		return nil, fmt.Errorf("native: containers without root: this kernel has no user namespaces: %w", driver.ErrUnsupported)
	}
	d, err := findDelegation(cgroupDriver, v2)
	if err != nil {
		return nil, err
	}
	return &rootless{ids: findIDs(), delegation: d}, nil
}

// Unprivileged is what the calling user's containers can have without root.
type Unprivileged struct {
	IDs          int      // users besides root that a container can have: subordinate ids
	NoIDs        string   // why there are none; "" when there are
	Cgroup       string   // the cgroup that is delegated; "" when there is none
	NoCgroup     string   // why
	CgroupDriver string   // that makes cgroups there
	Controllers  []string // that limit something there
}

// LookUnprivileged looks at what an ordinary user has. The error is what keeps
// containers from being made at all.
func LookUnprivileged(cgroupDriver string) (Unprivileged, error) {
	r, err := openRootless(cgroupDriver, cgroups.IsCgroup2UnifiedMode())
	if err != nil {
		return Unprivileged{}, err
	}
	u := Unprivileged{NoIDs: r.lacking, Cgroup: r.dir, NoCgroup: r.why, CgroupDriver: CgroupfsDriver, Controllers: r.hierarchies().controllers()}
	for _, s := range r.uids {
		u.IDs += int(s.Count)
	}
	if r.systemd {
		u.CgroupDriver = SystemdDriver
	}
	return u, nil
}

// mapped is a Command with the user namespace that its container gets; for root
// that is the Command's own, if any.
func (d *Driver) mapped(c *driver.Command) *driver.Command {
	if d.rootless == nil || c.UserNamespace != nil {
		return c
	}
	out := *c
	out.UserNamespace = d.rootless.mapping()
	if peer := d.networkPeer(c); peer != nil {
		out.UserNamespace = peer.users
	}
	return &out
}

// networkPeer is the container whose network a Command joins, and so its user
// namespace, which owns the network; nil when there is none.
func (d *Driver) networkPeer(c *driver.Command) *container {
	if c.Network == nil || c.Network.ContainerID == "" {
		return nil
	}
	return d.container(c.Network.ContainerID)
}

// check refuses, before anything exists, what an ordinary user cannot have. c has
// its user namespace.
func (r *rootless) check(c *driver.Command) error {
	// What the next checks know better is left to them.
	rest := *c
	rest.GroupAdd, rest.ProcessConfig.User = nil, ""
	rest.Network, rest.Ipc, rest.Pid, rest.Sysctls = nil, nil, nil, nil
	return errors.Join(
		r.ids.check(c.UserNamespace), driver.Validate(&rest),
		r.checkNamespaces(c), r.checkProcess(c), r.checkCgroup(c),
	)
}

func denied(path string, value any, reason string) error {
	return &driver.FieldError{Path: path, Value: value, Reason: "without root " + reason, Class: driver.ErrDenied}
}

// checkNamespaces: the machine's own can be shared; what other user namespaces own
// is joined by nobody but root. A network is joined together with its user namespace,
// but nobody reaches the shared memory of another container.
func (r *rootless) checkNamespaces(c *driver.Command) error {
	const foreign = "a container has a user namespace of its own, which has no power over the other's"
	var errs []error
	if n := c.Network; n != nil && n.NamespacePath != "" {
		errs = append(errs, denied("network.namespace_path", n.NamespacePath, foreign))
	}
	if c.Ipc != nil && c.Ipc.ContainerID != "" {
		errs = append(errs, denied("ipc.container_id", c.Ipc.ContainerID, foreign))
	}
	if _, err := os.Stat(hostQueues); c.Ipc != nil && c.Ipc.HostIpc && err != nil {
		errs = append(errs, denied("ipc.host_ipc", true, "the host's message queues come as a mount of the host: mount -t mqueue none "+hostQueues))
	}
	if c.Pid != nil && c.Pid.HostPid {
		errs = append(errs, denied("pid.host_pid", true, "/proc cannot show them: that takes power over their namespace"))
	}
	return errors.Join(errs...)
}

const hostQueues = "/dev/mqueue"

// checkProcess: an ordinary user raises no limit, and libcontainer gives an
// ordinary user's process no groups beside its own.
func (r *rootless) checkProcess(c *driver.Command) error {
	var errs []error
	if len(c.GroupAdd) > 0 {
		errs = append(errs, denied("group_add", strings.Join(c.GroupAdd, ","), "a process has no supplementary groups"))
	}
	if c.AllowedDevices != nil {
		errs = append(errs, denied("allowed_devices", nil, "the rules of devices cannot be set; who may use a node, its owner and mode say"))
	}
	if own := ownOOMScore(); c.OomScoreAdj != nil && *c.OomScoreAdj < own {
		errs = append(errs, denied("oom_score_adj", *c.OomScoreAdj, fmt.Sprintf("it can only be raised, from %d on", own)))
	}
	if c.Resources == nil {
		return errors.Join(errs...)
	}
	for i, l := range c.Resources.Rlimits {
		kind, known := rlimits["RLIMIT_"+strings.TrimPrefix(strings.ToUpper(l.Type), "RLIMIT_")]
		var own unix.Rlimit
		if known && unix.Prlimit(0, kind, nil, &own) == nil && l.Hard > own.Max {
			errs = append(errs, denied(fmt.Sprintf("resources.rlimits[%d].hard", i+1), l.Hard, fmt.Sprintf("no hard limit can be raised; that of %s is %d", l.Type, own.Max)))
		}
	}
	return errors.Join(errs...)
}

// noCgroup is what a verb answers that only a cgroup could do.
func (c *container) noCgroup() error {
	return fmt.Errorf("%w: the container has no cgroup: %s", driver.ErrUnsupported, c.driver.rootless.why)
}

func ownOOMScore() int {
	data, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		return -1000 // the kernel has the last word
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return n
}

// checkAccount refuses a user that the container does not have, and takes the groups
// away that libcontainer gives to nobody here. named is what the Command says.
func (d *Driver) checkAccount(c *driver.Command, who *account, field, name string) error {
	if d.rootless == nil {
		return nil
	}
	who.AdditionalGids = nil
	_, uid := c.UserNamespace.HostUID(who.UID)
	_, gid := c.UserNamespace.HostGID(who.GID)
	if uid && gid {
		return nil
	}
	reason := "its ids are not among those of the container"
	if d.rootless.lacking != "" {
		reason = "a container has one user, root: " + d.rootless.lacking
	}
	return denied(field, name, reason)
}

// convert makes libcontainer's configuration of a spec.
func (d *Driver) convert(id string, s *specs.Spec) (*configs.Config, error) {
	config, err := convert(id, s, d.systemd)
	if err != nil {
		return nil, err
	}
	// specconv adds rules of its own: tun and whatever else runc's users miss.
	config.Cgroups.Resources.Devices = config.Cgroups.Resources.Devices[:len(s.Linux.Resources.Devices)]
	if d.rootless == nil {
		return config, nil
	}
	config.RootlessEUID = true
	// To libcontainer rootless cgroups are such that failures are no matter. Ours are,
	// but under systemd it is also how to say that the user's own is meant.
	config.Cgroups.Rootless = d.systemd
	if d.rootless.none() {
		// The root of a hierarchy is where it is sure to fail, and to leave nothing.
		config.RootlessCgroups, config.Cgroups.Rootless = true, true
		config.Cgroups.Parent = "/"
		config.Cgroups.Resources = &cgroups.Resources{Devices: config.Cgroups.Resources.Devices}
	}
	return config, nil
}
