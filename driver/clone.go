package driver

import (
	"maps"
	"slices"
)

// Clone is a deep copy: engines keep one at the start, hooks get one, so that
// nobody changes a running container's description by accident.
func (c *Command) Clone() *Command {
	if c == nil {
		return nil
	}
	out := *c
	out.Labels = maps.Clone(c.Labels)
	out.Network = clonePtr(c.Network)
	out.Ipc = clonePtr(c.Ipc)
	out.Pid = clonePtr(c.Pid)
	out.UTS = clonePtr(c.UTS)
	out.UserNamespace = c.UserNamespace.clone()
	out.TimeNamespace = clonePtr(c.TimeNamespace)
	out.Resources = c.Resources.Clone()
	out.Mounts = slices.Clone(c.Mounts)
	for i := range out.Mounts {
		out.Mounts[i].Mode = clonePtr(out.Mounts[i].Mode)
	}
	out.AllowedDevices = cloneDevices(c.AllowedDevices)
	out.AutoCreatedDevices = cloneDevices(c.AutoCreatedDevices)
	out.CapAdd = slices.Clone(c.CapAdd)
	out.CapDrop = slices.Clone(c.CapDrop)
	out.GroupAdd = slices.Clone(c.GroupAdd)
	out.ProcessConfig = *c.ProcessConfig.Clone()
	out.LxcConfig = slices.Clone(c.LxcConfig)
	out.LayerPaths = slices.Clone(c.LayerPaths)
	out.StopGrace = clonePtr(c.StopGrace)
	out.Sysctls = maps.Clone(c.Sysctls)
	out.OomScoreAdj = clonePtr(c.OomScoreAdj)
	out.Seccomp = c.Seccomp.clone()
	out.Restart = c.Restart.clone()
	out.HealthCheck = c.HealthCheck.clone()
	out.LogFiles = clonePtr(c.LogFiles)
	return &out
}

// Clone is a deep copy; the Terminal is shared.
func (p *ProcessConfig) Clone() *ProcessConfig {
	if p == nil {
		return nil
	}
	out := *p
	out.Arguments = slices.Clone(p.Arguments)
	out.Env = slices.Clone(p.Env)
	out.CapAdd = slices.Clone(p.CapAdd)
	out.CapDrop = slices.Clone(p.CapDrop)
	out.NoNewPrivs = clonePtr(p.NoNewPrivs)
	return &out
}

// Clone is a deep copy.
func (r *Resources) Clone() *Resources {
	if r == nil {
		return nil
	}
	out := *r
	out.Rlimits = clonePtrs(r.Rlimits)
	out.MemorySwappiness = clonePtr(r.MemorySwappiness)
	out.IO = clonePtrs(r.IO)
	out.Hugetlb = clonePtrs(r.Hugetlb)
	out.Unified = maps.Clone(r.Unified)
	return &out
}

func (u *UserNamespace) clone() *UserNamespace {
	if u == nil {
		return nil
	}
	return &UserNamespace{UIDMappings: slices.Clone(u.UIDMappings), GIDMappings: slices.Clone(u.GIDMappings)}
}

func (s *Seccomp) clone() *Seccomp {
	if s == nil {
		return nil
	}
	out := *s
	out.Architectures = slices.Clone(s.Architectures)
	out.Syscalls = slices.Clone(s.Syscalls)
	for i := range out.Syscalls {
		out.Syscalls[i].Names = slices.Clone(out.Syscalls[i].Names)
		out.Syscalls[i].Errno = clonePtr(out.Syscalls[i].Errno)
	}
	return &out
}

func clonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	out := *p
	return &out
}

func clonePtrs[T any](list []*T) []*T {
	out := slices.Clone(list)
	for i := range out {
		out[i] = clonePtr(out[i])
	}
	return out
}

func cloneDevices(list []*Device) []*Device {
	out := clonePtrs(list)
	for _, d := range out {
		if d != nil {
			d.FileMode = clonePtr(d.FileMode)
		}
	}
	return out
}

func (r *RestartPolicy) clone() *RestartPolicy {
	out := clonePtr(r)
	if out != nil {
		out.Delay = clonePtr(r.Delay)
	}
	return out
}

func (h *HealthCheck) clone() *HealthCheck {
	out := clonePtr(h)
	if out != nil {
		out.Exec = slices.Clone(h.Exec)
		out.Every, out.Timeout, out.StartPeriod = clonePtr(h.Every), clonePtr(h.Timeout), clonePtr(h.StartPeriod)
	}
	return out
}
