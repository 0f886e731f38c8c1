package spec

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	units "github.com/docker/go-units"
	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// mounts sorts out which are the profile's, which come with the host's IPC, and
// which are the Command's own.
func (p *parser) mounts() {
	for i, m := range p.spec.Mounts {
		at := fmt.Sprintf(".mounts[%d]", i)
		if len(m.UIDMappings)+len(m.GIDMappings) > 0 {
			p.cannot(at+".uidMappings", nil, "mounts have no maps of their own")
		}
		if want, ok := p.ofProfile(m); ok {
			p.profileMount(at, m, want)
			continue
		}
		for j, over := range p.spec.Mounts[i+1:] {
			if below(m.Destination, over.Destination) {
				p.cannot(at+".destination", m.Destination, fmt.Sprintf("hidden by .mounts[%d]; a Command mounts what is above first", i+1+j))
			}
		}
		switch {
		case hostIpc(p.out) && reflect.DeepEqual(m, hostShm()):
		case m.Type == "bind" || slices.Contains(m.Options, "bind") || slices.Contains(m.Options, "rbind"):
			p.bind(at, m)
		case m.Type == "tmpfs":
			p.tmpfs(at, m)
		default:
			p.cannot(at+".type", m.Type, "a Command mounts directories and files of the host, and tmpfs")
		}
	}
}

func below(name, dir string) bool {
	name, dir = path.Clean(name), path.Clean(dir)
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// ofProfile finds the mount of the profile that m stands for. A /dev/shm with
// other options is the Command's own, and so is any beside the host's IPC.
func (p *parser) ofProfile(m specs.Mount) (specs.Mount, bool) {
	list := profile.Mounts()
	if p.out.ProcessConfig.Privileged {
		open(list, p.out.ReadonlyRootfs)
	}
	kind := m.Type
	if kind == "cgroup2" {
		kind = "cgroup"
	}
	for _, want := range list {
		if want.Destination != path.Clean(m.Destination) || want.Type != kind {
			continue
		}
		own := want.Destination == "/dev/shm" && (hostIpc(p.out) || !slices.Equal(sorted(m.Options), sorted(want.Options)))
		return want, !own
	}
	return specs.Mount{}, false
}

// profileMount compares the options of one of the profile's mounts. The profile
// may restrict more than the file, by flags and by a size, and not less.
func (p *parser) profileMount(at string, m, want specs.Mount) {
	for _, option := range m.Options {
		plain := slices.Contains([]string{"rw", "relatime", "private", "rprivate"}, option)
		if !plain && !slices.Contains(want.Options, option) {
			p.cannot(at+".options", option, "always mounted with "+strings.Join(want.Options, ","))
		}
	}
	for _, option := range want.Options {
		name, _, _ := strings.Cut(option, "=")
		restricts := slices.Contains([]string{"nosuid", "noexec", "nodev", "strictatime", "newinstance", "size", "gid"}, name)
		if !restricts && !slices.Contains(m.Options, option) {
			p.cannot(at+".options", nil, "always mounted with "+option)
		}
	}
}

func (p *parser) bind(at string, m specs.Mount) {
	out := driver.Mount{Source: p.absolute(m.Source), Destination: m.Destination, Writable: true}
	recursive := false
	for _, option := range m.Options {
		switch option {
		case "rbind":
			recursive = true
		case "ro", "rro":
			out.Writable = false
		case "rw", "bind":
		default:
			p.mountOption(at, option, &out)
		}
	}
	if !recursive {
		p.cannot(at+".options", nil, "a Command binds what is mounted below, too: rbind")
	}
	p.out.Mounts = append(p.out.Mounts, out)
}

func (p *parser) tmpfs(at string, m specs.Mount) {
	out := driver.Mount{Type: "tmpfs", Destination: m.Destination, Writable: true, Exec: true}
	for _, option := range m.Options {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "ro":
			out.Writable = false
		case "noexec":
			out.Exec = false
		case "nosuid", "nodev", "rw", "exec": // a tmpfs has the first two always
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 32)
			if err != nil {
				p.invalid(at+".options", option, "octal permission bits")
			}
			if mode != 0o1777 {
				out.Mode = new(uint32(mode))
			}
		case "size":
			size, err := units.RAMInBytes(value)
			if err != nil || size <= 0 {
				p.cannot(at+".options", option, "a number of bytes above 0, with k, m or g behind it")
			}
			out.Size = size
		default:
			p.mountOption(at, option, &out)
		}
	}
	p.out.Mounts = append(p.out.Mounts, out)
}

// mountOption is one that every mount may have.
func (p *parser) mountOption(at, option string, m *driver.Mount) {
	switch option {
	case "relatime", "rprivate": // the default
	case "private", "slave", "rslave", "shared", "rshared":
		m.Propagation = option
	default:
		p.cannot(at+".options", option, "a Command's mounts have no such option")
	}
}
