package driver

import (
	"fmt"
	"path"
	"strings"
)

func (p *problems) checkMounts(mounts []Mount) {
	if len(mounts) > maxMounts {
		p.invalid("mounts", nil, "%d mounts; %d at most", len(mounts), maxMounts)
		return
	}
	seen := map[string]int{}
	for i, m := range mounts {
		field := fmt.Sprintf("mounts[%d]", i+1)
		p.checkMountSource(field, m)
		p.checkPropagation(field, m)
		dst := path.Clean(m.Destination)
		switch {
		case m.Destination == "":
			p.invalid(field+".destination", nil, "missing: an absolute path in the container")
		case !path.IsAbs(m.Destination) || strings.ContainsRune(m.Destination, 0):
			p.checkAbsolute(field+".destination", m.Destination)
		case strings.Contains(m.Destination+"/", "/../"):
			p.invalid(field+".destination", m.Destination, `a path without ".."`)
		case dst == "/":
			p.invalid(field+".destination", m.Destination, "the root itself cannot be mounted over; use rootfs")
		case dst == "/proc" || strings.HasPrefix(dst, "/proc/"):
			p.invalid(field+".destination", m.Destination, "not on or below /proc")
		case seen[dst] > 0:
			p.invalid(field+".destination", m.Destination, "mounts[%d] is there already", seen[dst])
		}
		seen[dst] = i + 1
	}
}

// checkMountSource checks what the two types of mounts have each for itself.
func (p *problems) checkMountSource(field string, m Mount) {
	switch m.Type {
	case "", "bind":
		if m.Source == "" {
			p.invalid(field+".source", nil, "missing: an absolute path on the host")
		}
		p.checkAbsolute(field+".source", m.Source)
		for _, only := range []struct {
			name string
			set  bool
		}{{"size", m.Size != 0}, {"mode", m.Mode != nil}, {"exec", m.Exec}} {
			if only.set {
				p.invalid(field+"."+only.name, nil, "for a tmpfs only")
			}
		}
	case "tmpfs":
		if m.Source != "" {
			p.invalid(field+".source", m.Source, "a tmpfs has no source")
		}
		if m.Size < 0 {
			p.invalid(field+".size", m.Size, "bytes, 0 for the kernel's default")
		}
		if m.Mode != nil && *m.Mode > 0o7777 {
			p.invalid(field+".mode", *m.Mode, "permission bits, at most 07777 (4095)")
		}
	default:
		p.invalid(field+".type", m.Type, `"bind" or "tmpfs"`)
	}
}

func (p *problems) checkPropagation(field string, m Mount) {
	if m.Private && m.Slave {
		p.invalid(field+".slave", true, "private is set too; one of them")
	}
	switch m.Propagation {
	case "":
		return
	case "private", "rprivate", "slave", "rslave", "shared", "rshared":
	default:
		p.invalid(field+".propagation", m.Propagation, "private, slave or shared, each with or without r in front")
	}
	if m.Private || m.Slave {
		p.invalid(field+".propagation", m.Propagation, "private and slave say the same; one of them")
	}
}
