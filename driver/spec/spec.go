// Package spec maps a Command to an OCI runtime specification, and reads one into
// a Command. Both are pure: what Build has to know of the machine and of the one
// container comes in as data, so the same Command, Host and Place give the same
// bytes everywhere.
//
// What Build returns is what engines start, what an export writes and what the golden
// files in testdata hold.
package spec

import (
	"maps"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// Host is what the mapping has to know of the machine.
type Host struct {
	Arch          string // GOARCH
	Kernel        profile.Kernel
	CPUs          int      // possible processors, see /sys/devices/system/cpu/possible
	CgroupV2      bool     // the unified hierarchy; false: v1 or hybrid
	NoSwapLimit   bool     // the memory controller cannot limit swap: no memory.memsw.limit_in_bytes or memory.swap.max
	Missing       []string // cgroup files that a hint is written to and this machine does not have, of HintFiles
	AppArmor      bool
	NoDeviceRules bool // the engine may set none: an ordinary user's
	SELinux       bool
	Devices       []specs.LinuxDevice // what a privileged container gets in /dev
	Capabilities  []string            // all a container can be given, without CAP_: known to the kernel and in the engine's own bounding set
}

// Place is what the engine resolved for this one container.
type Place struct {
	Rootfs      string                              // absolute path of the root directory
	Mounts      []specs.Mount                       // of the engine: an image's, a joined container's /dev/shm; the Command's come on top
	CgroupsPath string                              // in the form that the cgroup manager takes
	User        specs.User                          // process_config.user and group_add, looked up in the root
	Namespaces  map[specs.LinuxNamespaceType]string // files of the containers that network and ipc name; of the user namespace that has to be joined for that
	Env         []string                            // of the image; the Command's entries win
	Seccomp     []byte                              // what seccomp.file holds
}

// labelPrefix keeps labels apart from annotations with a meaning. Runtimes read
// some of those, "org.systemd.property.*" for one sets any property of the
// container's unit, and a label is free text.
const labelPrefix = "org.execlua.label."

// Build maps a Command that has passed driver.Validate. What it still refuses is
// what this host cannot do; the error is a *driver.FieldError then.
//
// Linux.RootfsPropagation stays empty unless a mount needs it, which libcontainer
// reads as rslave until pivot_root: a private tree would pin the host's mounts
// while a container starts. Every mount says its own propagation.
func Build(c *driver.Command, h Host, p Place) (*specs.Spec, error) {
	process, err := Process(c, &c.ProcessConfig, h, p.User, p.Env)
	if err != nil {
		return nil, err
	}
	linux, err := linuxPart(c, h, p)
	if err != nil {
		return nil, err
	}
	mounts, err := mountList(c, h, p)
	if err != nil {
		return nil, err
	}
	out := &specs.Spec{
		Version:     specs.Version,
		Process:     process,
		Root:        &specs.Root{Path: p.Rootfs, Readonly: c.ReadonlyRootfs},
		Hostname:    Hostname(c, p.Env),
		Mounts:      mounts,
		Annotations: annotations(c.Labels),
		Linux:       linux,
	}
	if !c.ProcessConfig.Privileged {
		if err := confine(out, c, h, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// confine adds what hides the machine from the container. It comes last because
// the filter depends on the capabilities, and the paths on the mounts.
func confine(s *specs.Spec, c *driver.Command, h Host, p Place) (err error) {
	s.Linux.Seccomp, err = seccomp(c.Seccomp, p.Seccomp, h, s.Process.Capabilities.Bounding)
	if err != nil {
		return err
	}
	s.Linux.MaskedPaths = profile.MaskedPaths(h.CPUs)
	s.Linux.ReadonlyPaths = profile.ReadonlyPaths()
	isCgroup := func(m specs.Mount) bool { return m.Type == "cgroup" }
	if !h.CgroupV2 && slices.ContainsFunc(s.Mounts, isCgroup) {
		// On v1 libcontainer mounts a tmpfs with one directory for each
		// controller; its "ro" reaches those and leaves the tmpfs writable.
		s.Linux.ReadonlyPaths = append(s.Linux.ReadonlyPaths, cgroupMount)
	}
	return nil
}

func linuxPart(c *driver.Command, h Host, p Place) (*specs.Linux, error) {
	if c.MountLabel != "" && !h.SELinux {
		return nil, unsupported("mount_label", c.MountLabel, "SELinux is off on this machine")
	}
	namespaces, err := namespaceList(c, p)
	if err != nil {
		return nil, err
	}
	resources, err := Resources(c.Resources, h)
	if err != nil {
		return nil, err
	}
	resources.Devices = deviceRules(c, h)
	uids, gids := idMappings(c.UserNamespace)
	if p.Namespaces[specs.UserNamespace] != "" {
		uids, gids = nil, nil // it has them
	}
	return &specs.Linux{
		Namespaces:  namespaces,
		UIDMappings: uids,
		GIDMappings: gids,
		TimeOffsets: timeOffsets(c.TimeNamespace),
		CgroupsPath: p.CgroupsPath,
		Resources:   resources,
		Devices:     deviceNodes(c, h),
		MountLabel:  c.MountLabel,
		Sysctl:      maps.Clone(c.Sysctls),

		RootfsPropagation: rootPropagation(c.Mounts),
	}, nil
}

func annotations(labels map[string]string) map[string]string {
	if len(labels) == 0 {
		return nil
	}
	out := make(map[string]string, len(labels))
	for key, value := range labels {
		out[labelPrefix+key] = value
	}
	return out
}

func unsupported(path string, value any, reason string) error {
	return &driver.FieldError{Path: path, Value: value, Reason: reason, Class: driver.ErrUnsupported}
}
