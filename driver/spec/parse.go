package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// Parse is Build the other way: it reads a config.json into a Command. dir is the
// directory of the file, an absolute path, which relative paths in it begin at.
//
// The file counts as OCI defines it: what it leaves out is left out. Without
// linux.seccomp there is no filter, without noNewPrivileges it is off, and the
// Command says so. There are four exceptions, where a Command cannot say less:
//
//   - The mounts, masked and read-only paths of the profile are there also when
//     the file does not list them, and mounts of the profile have its nosuid,
//     noexec, nodev and size. A read-only bind is read-only below it too, and mounts
//     without a propagation are private.
//   - The cgroup namespace is the container's own.
//   - Every container may use the devices that OCI runtimes always supply: a list
//     of rules that does not name them gets them.
//   - PATH, HOSTNAME, HOME and TERM are set where the file does not set them, and a
//     file without a hostname has one made of the id.
//
// Ambient capabilities that are not inheritable have no effect, see
// capabilities(7), and are passed over. Annotations become labels. The id is the
// last element of linux.cgroupsPath, and the rest of it cgroup_parent; of the form
// for systemd, slice:prefix:id, the prefix is passed over.
//
// Everything else that a Command cannot express is refused, names that the
// specification does not have among it. The error joins one *driver.FieldError
// for each; its path is written as for jq(1), ".mounts[3].options", counting from 0.
func Parse(data []byte, dir string) (*driver.Command, error) {
	var s specs.Spec
	var tree any
	err := json.Unmarshal(data, &s)
	if err == nil {
		err = json.Unmarshal(data, &tree)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: no OCI runtime specification: %w", driver.ErrInvalid, err)
	}
	p := &parser{spec: &s, dir: dir, out: &driver.Command{}}
	if s.Linux == nil {
		s.Linux = &specs.Linux{}
	}
	if s.Linux.Resources == nil {
		s.Linux.Resources = &specs.LinuxResources{}
	}
	p.names("", tree)
	p.top()
	p.namespaces()
	p.process()
	p.devices()
	p.mounts()
	p.confinement()
	p.resources()
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	return p.out, nil
}

// parser collects what is wrong, so that one error tells all of it.
type parser struct {
	spec *specs.Spec // Linux and its Resources are there
	dir  string
	out  *driver.Command
	errs []error
}

// cannot refuses what no Command expresses.
func (p *parser) cannot(path string, value any, reason string) {
	p.errs = append(p.errs, &driver.FieldError{Path: path, Value: value, Reason: reason, Class: driver.ErrUnsupported})
}

// invalid refuses what is no specification.
func (p *parser) invalid(path string, value any, reason string) {
	p.errs = append(p.errs, &driver.FieldError{Path: path, Value: value, Reason: reason})
}

// absent is a part of the specification that no Command has.
type absent struct {
	path   string
	set    bool
	reason string
}

func (p *parser) refuse(parts []absent) {
	for _, part := range parts {
		if part.set {
			p.cannot(part.path, nil, part.reason)
		}
	}
}

const notLinux = "for another operating system"

func (p *parser) top() {
	s := p.spec
	if !strings.HasPrefix(s.Version, "1.") {
		p.invalid(".ociVersion", s.Version, "a version 1 as "+specs.Version)
	}
	p.refuse([]absent{
		{".domainname", s.Domainname != "", `write sysctl "kernel.domainname"`},
		{".hooks", s.Hooks != nil, "hooks here are functions, given to run or start"},
		{".solaris", s.Solaris != nil, notLinux},
		{".windows", s.Windows != nil, notLinux},
		{".vm", s.VM != nil, notLinux},
		{".zos", s.ZOS != nil, notLinux},
		{".freebsd", s.FreeBSD != nil, notLinux},
		{".linux.intelRdt", s.Linux.IntelRdt != nil, "a Command has no such setting"},
		{".linux.personality", s.Linux.Personality != nil, "a Command has no such setting"},
		{".linux.memoryPolicy", s.Linux.MemoryPolicy != nil, "a Command has no such setting"},
		{".linux.netDevices", len(s.Linux.NetDevices) > 0, "a hook can move interfaces into the container"},
	})
	p.out.Hostname = s.Hostname
	if s.Root == nil || s.Root.Path == "" {
		p.invalid(".root.path", nil, "missing")
	} else {
		p.out.Rootfs, p.out.ReadonlyRootfs = p.absolute(s.Root.Path), s.Root.Readonly
	}
	p.annotations()
	p.cgroup()
	p.out.Sysctls = maps.Clone(s.Linux.Sysctl)
	p.out.MountLabel = s.Linux.MountLabel
}

func (p *parser) absolute(name string) string {
	if path.IsAbs(name) {
		return name
	}
	return path.Join(p.dir, name)
}

// annotations become labels, but for those that runtimes act on.
func (p *parser) annotations() {
	for _, key := range slices.Sorted(maps.Keys(p.spec.Annotations)) {
		for _, acts := range []string{"org.systemd.property.", "run.oci.", "org.criu."} {
			if strings.HasPrefix(key, acts) {
				p.cannot(".annotations."+key, p.spec.Annotations[key], "an instruction to another runtime")
			}
		}
		if p.out.Labels == nil {
			p.out.Labels = map[string]string{}
		}
		p.out.Labels[strings.TrimPrefix(key, labelPrefix)] = p.spec.Annotations[key]
	}
}

// cgroup takes the id and the parent from the path.
func (p *parser) cgroup() {
	name := p.spec.Linux.CgroupsPath
	if name == "" {
		return
	}
	parent, id := path.Split(path.Clean(name))
	parent = path.Clean(parent)
	units := strings.Split(name, ":")
	if len(units) == 3 {
		parent, id = parentSlice(units[0]), units[2]
	}
	if len(units) != 3 && !path.IsAbs(name) || parent == "/" || !driver.ValidID(id) {
		p.cannot(".linux.cgroupsPath", name, "an absolute path that ends in a parent and a container's id, or slice:prefix:id")
		return
	}
	p.out.ID, p.out.CgroupParent = id, parent
}

// parentSlice is the slice that was asked for when the native engine has put one
// for the container alone below it; its own end in "execlua_" and a tag.
func parentSlice(name string) string {
	parts := strings.Split(strings.TrimSuffix(name, ".slice"), "-")
	if last := len(parts) - 1; strings.HasPrefix(parts[last], "execlua_") {
		if parts = parts[:last]; len(parts) == 0 {
			parts = []string{"-"}
		}
	}
	return strings.Join(parts, "-") + ".slice"
}
