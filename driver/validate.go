package driver

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Limits of what a Command may hold. The sizes of argument and environment
// strings are the kernel's, see execve(2): MAX_ARG_STRLEN is 32 pages.
const (
	maxIDLength     = 128
	maxHostname     = 64 // HOST_NAME_MAX of gethostname(2)
	maxArgStrlen    = 32*4096 - 1
	maxArgsTotal    = 2 << 20 // a quarter of the default 8 MiB stack
	maxMounts       = 512
	minMemory       = 512 << 10
	maxDevice       = 1<<20 - 1 // of a minor number, see makedev(3)
	maxUID          = 1<<32 - 2
	minCPUPeriod    = 1000
	maxCPUPeriod    = 1000000
	minCPUShares    = 2
	maxCPUShares    = 262144
	maxSwappiness   = 100
	minBlkioWeight  = 10
	maxBlkioWeight  = 1000
	maxHookDeadline = 24 * time.Hour
)

// problems collects what is wrong, so that one error tells all of it.
type problems []error

func (p *problems) invalid(path string, value any, format string, args ...any) {
	*p = append(*p, &FieldError{Path: path, Value: value, Reason: fmt.Sprintf(format, args...)})
}

func (p *problems) unsupported(path string, value any, reason string) {
	*p = append(*p, &FieldError{Path: path, Value: value, Reason: reason, Class: ErrUnsupported})
}

// Validate checks everything about a Command that can be told without looking
// at the machine. Every engine and tool calls it first, so all refuse the same
// things and a refused Command has touched nothing. The error joins one
// *FieldError for each wrong field.
func Validate(c *Command) error {
	if c == nil {
		return &FieldError{Path: "command", Reason: "missing"}
	}
	var p problems
	p.checkID(c.ID)
	p.checkForeign(c)
	p.checkRoot(c)
	p.checkHostname(c)
	p.checkNamespaces(c)
	p.checkUserNamespace(c)
	p.checkTimeNamespace(c.TimeNamespace)
	p.checkResources(c.Resources)
	p.checkMounts(c.Mounts)
	p.checkDevices("allowed_devices", c.AllowedDevices, true)
	p.checkDevices("autocreated_devices", c.AutoCreatedDevices, false)
	p.checkDeviceMount(c)
	p.checkCapabilities("", c.CapAdd, c.CapDrop)
	p.checkLabels(c)
	p.checkKernel(c)
	p.checkCgroupParent(c.CgroupParent)
	p.checkProcess("process_config.", &c.ProcessConfig)
	p.checkWorkingDirs(c)
	p.checkStop(c)
	p.checkDetached(c)
	return errors.Join(p...)
}

// ValidateProcess checks the process of an exec likewise.
func ValidateProcess(pc *ProcessConfig) error {
	if pc == nil {
		return &FieldError{Path: "process", Reason: "missing"}
	}
	var p problems
	p.checkProcess("process.", pc)
	p.checkAbsolute("process.working_dir", pc.WorkingDir)
	return errors.Join(p...)
}

// ValidID tells whether s can be a container's id: it becomes the name of a
// directory and of a cgroup, so it begins with a letter or digit and holds
// nothing that a path or a shell would read as more than a name.
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > maxIDLength {
		return false
	}
	for i, c := range []byte(s) {
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || !strings.ContainsRune("_.+-", rune(c))) {
			return false
		}
	}
	return true
}

func (p *problems) checkID(id string) {
	if !ValidID(id) {
		p.invalid("id", id, "1 to %d characters of A-Z a-z 0-9 _ . + -, the first a letter or digit", maxIDLength)
	}
}

// checkForeign refuses the fields that only other operating systems or LXC had.
func (p *problems) checkForeign(c *Command) {
	const lxc, windows = "this is a setting of the LXC engine, which is gone", "this is a Windows setting"
	for _, f := range []struct {
		path   string
		set    bool
		value  any
		reason string
	}{
		{"initpath", c.InitPath != "", c.InitPath, lxc},
		{"config_path", c.ConfigPath != "", c.ConfigPath, lxc},
		{"lxc_config", len(c.LxcConfig) > 0, c.LxcConfig, lxc},
		{"container_pid", c.ContainerPid != 0, c.ContainerPid, "the engine tells the pid, a Command cannot set it"},
		{"first_start", c.FirstStart, c.FirstStart, windows},
		{"layer_paths", len(c.LayerPaths) > 0, c.LayerPaths, windows},
		{"layer_folder", c.LayerFolder != "", c.LayerFolder, windows},
		{"process_config.console", c.ProcessConfig.Console != "", c.ProcessConfig.Console, lxc},
	} {
		if f.set {
			p.unsupported(f.path, f.value, f.reason)
		}
	}
}

func (p *problems) checkRoot(c *Command) {
	switch {
	case c.Image != "" && c.Rootfs != "":
		p.invalid("rootfs", c.Rootfs, "either an image or a rootfs, not both")
	case c.Image == "" && c.Rootfs == "":
		p.invalid("rootfs", nil, `missing: set image = "host", or rootfs to the absolute path of a root directory`)
	case c.Image != "" && c.Image != "host":
		*p = append(*p, &FieldError{Path: "image", Value: c.Image, Reason: `no such image here; "host" is the one that needs no download`, Class: ErrNotFound})
	case c.Rootfs != "":
		p.checkAbsolute("rootfs", c.Rootfs)
		if path.Clean(c.Rootfs) == "/" {
			p.invalid("rootfs", c.Rootfs, "the machine's own root cannot be a container's")
		}
	}
}

// checkAbsolute accepts "" and clean absolute paths.
func (p *problems) checkAbsolute(field, s string) {
	switch {
	case s == "":
	case strings.ContainsRune(s, 0):
		p.invalid(field, s, "a path cannot hold NUL")
	case !path.IsAbs(s):
		p.invalid(field, s, "an absolute path")
	case len(s) >= 4096:
		p.invalid(field, s, "a path is shorter than 4096 bytes, see PATH_MAX")
	}
}

func (p *problems) checkHostname(c *Command) {
	if c.Hostname == "" {
		return
	}
	if c.UTS != nil && c.UTS.HostUTS {
		p.invalid("hostname", c.Hostname, "with uts.host_uts the hostname is the machine's")
	}
	ok := len(c.Hostname) <= maxHostname
	for _, b := range []byte(c.Hostname) {
		ok = ok && (b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_')
	}
	if !ok {
		p.invalid("hostname", c.Hostname, "1 to %d characters of A-Z a-z 0-9 - . _", maxHostname)
	}
}

func (p *problems) checkNamespaces(c *Command) {
	if n := c.Network; n != nil {
		set := 0
		for _, on := range []bool{n.ContainerID != "", n.NamespacePath != "", n.HostNetworking} {
			if on {
				set++
			}
		}
		if set > 1 {
			p.invalid("network", nil, "one of container_id, namespace_path and host_networking")
		}
		if n.ContainerID != "" && !ValidID(n.ContainerID) {
			p.invalid("network.container_id", n.ContainerID, "not a container's id")
		}
		p.checkAbsolute("network.namespace_path", n.NamespacePath)
		if n.Mtu != 0 {
			p.unsupported("network.mtu", n.Mtu, "there is no interface to set it on; loopback keeps its own")
		}
	}
	if i := c.Ipc; i != nil {
		if i.ContainerID != "" && i.HostIpc {
			p.invalid("ipc", nil, "one of container_id and host_ipc")
		}
		if i.ContainerID != "" && !ValidID(i.ContainerID) {
			p.invalid("ipc.container_id", i.ContainerID, "not a container's id")
		}
	}
}

func (p *problems) checkCapabilities(prefix string, add, drop []string) {
	for _, list := range []struct {
		path  string
		names []string
	}{{prefix + "cap_add", add}, {prefix + "cap_drop", drop}} {
		for i, name := range capNames(list.names) {
			if name != "ALL" && GetCapability(name) == nil {
				p.invalid(fmt.Sprintf("%s[%d]", list.path, i+1), list.names[i], `no such capability here; a name as in capabilities(7), or "all"`)
			}
		}
	}
}

func (p *problems) checkLabels(c *Command) {
	for key, value := range c.Labels {
		if key == "" || len(key) > 256 || strings.ContainsRune(key, 0) {
			p.invalid("labels", key, "a label's name has 1 to 256 bytes and no NUL")
		}
		if len(value) > 64<<10 || strings.ContainsRune(value, 0) {
			p.invalid("labels."+key, value, "a label has 64 KiB at most and no NUL")
		}
	}
}

// checkCgroupParent keeps the path below the root of the hierarchy: "../../x"
// would otherwise land beside whatever the machine itself runs in.
func (p *problems) checkCgroupParent(parent string) {
	if parent == "" {
		return
	}
	bad := strings.ContainsRune(parent, 0) || path.Clean("/"+parent) == "/"
	for _, part := range strings.Split(parent, "/") {
		bad = bad || part == ".." || part == "."
	}
	if bad {
		p.invalid("cgroup_parent", parent, `a path below the root of the cgroup hierarchy, without "." and ".."`)
	}
}

func (p *problems) checkStop(c *Command) {
	if _, _, err := c.StopWith(StopOptions{}); err != nil {
		*p = append(*p, err)
	}
	if g := c.StopGrace; g != nil && (*g < 0 || *g > maxHookDeadline) {
		p.invalid("stop_grace", *g, "0 to 24 hours")
	}
}
