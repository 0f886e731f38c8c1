package spec

import (
	"fmt"
	"maps"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

// namespaces reads which ones are the container's own; what is not listed is shared.
func (p *parser) namespaces() {
	seen := map[specs.LinuxNamespaceType]string{}
	for i, ns := range p.spec.Linux.Namespaces {
		at := fmt.Sprintf(".linux.namespaces[%d]", i)
		if _, twice := seen[ns.Type]; twice {
			p.invalid(at+".type", string(ns.Type), "it is listed already")
		}
		seen[ns.Type] = ns.Path
		switch ns.Type {
		case specs.NetworkNamespace:
			if ns.Path != "" {
				p.out.Network = &driver.Network{NamespacePath: ns.Path}
			}
			continue
		case specs.MountNamespace, specs.CgroupNamespace, specs.PIDNamespace, specs.UTSNamespace, specs.IPCNamespace, specs.UserNamespace, specs.TimeNamespace:
		default:
			p.invalid(at+".type", string(ns.Type), "no such namespace")
		}
		if ns.Path != "" {
			p.cannot(at+".path", ns.Path, "only a network is joined by path; for ipc name the container")
		}
	}
	has := func(t specs.LinuxNamespaceType) bool { _, ok := seen[t]; return ok }
	if !has(specs.MountNamespace) {
		p.cannot(".linux.namespaces", nil, "without a mount namespace")
	}
	if !has(specs.NetworkNamespace) {
		p.out.Network = &driver.Network{HostNetworking: true}
	}
	if !has(specs.IPCNamespace) {
		p.out.Ipc = &driver.Ipc{HostIpc: true}
	}
	if !has(specs.PIDNamespace) {
		p.out.Pid = &driver.Pid{HostPid: true}
	}
	if !has(specs.UTSNamespace) {
		p.out.UTS = &driver.UTS{HostUTS: true}
	}
	p.userNamespace(has(specs.UserNamespace))
	p.timeNamespace(has(specs.TimeNamespace))
}

func (p *parser) userNamespace(own bool) {
	uids, gids := p.spec.Linux.UIDMappings, p.spec.Linux.GIDMappings
	if !own {
		if len(uids)+len(gids) > 0 {
			p.invalid(".linux.uidMappings", nil, "mappings without a user namespace")
		}
		return
	}
	convert := func(mappings []specs.LinuxIDMapping) (out []driver.IDMapping) {
		for _, m := range mappings {
			out = append(out, driver.IDMapping{ContainerID: m.ContainerID, HostID: m.HostID, Size: m.Size})
		}
		return out
	}
	if len(gids) == 0 { // nil would stand for those of users
		p.invalid(".linux.gidMappings", nil, "missing")
	}
	p.out.UserNamespace = &driver.UserNamespace{UIDMappings: convert(uids), GIDMappings: convert(gids)}
}

func (p *parser) timeNamespace(own bool) {
	offsets := p.spec.Linux.TimeOffsets
	if !own {
		if len(offsets) > 0 {
			p.invalid(".linux.timeOffsets", nil, "offsets without a time namespace")
		}
		return
	}
	p.out.TimeNamespace = &driver.TimeNamespace{}
	for _, clock := range slices.Sorted(maps.Keys(offsets)) {
		at, offset := ".linux.timeOffsets."+clock, offsets[clock]
		switch clock {
		case "monotonic":
			p.out.TimeNamespace.Monotonic = offset.Secs
		case "boottime":
			p.out.TimeNamespace.Boottime = offset.Secs
		default:
			p.invalid(at, nil, "no such clock: monotonic or boottime")
		}
		if offset.Nanosecs != 0 {
			p.cannot(at+".nanosecs", offset.Nanosecs, "whole seconds only")
		}
	}
}
