package spec

import (
	"cmp"
	"os"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// deviceRules says which devices may be used, later rules over earlier ones. Where
// no rules can be set that is what the nodes' owners and modes allow; in the user
// namespace of an ordinary user no node can be made.
func deviceRules(c *driver.Command, h Host) []specs.LinuxDeviceCgroup {
	if c.ProcessConfig.Privileged || h.NoDeviceRules {
		return []specs.LinuxDeviceCgroup{{Allow: true, Access: profile.AllDevices}}
	}
	rules := profile.DeviceRules()
	if c.AllowedDevices != nil {
		rules = []specs.LinuxDeviceCgroup{{Allow: false, Access: profile.AllDevices}}
		for _, d := range c.AllowedDevices {
			rules = append(rules, allow(d)...)
		}
	}
	for _, d := range c.AutoCreatedDevices {
		rules = append(rules, allow(d)...)
	}
	return rules
}

// allow maps one rule. Type "a" becomes one rule for each type: the kernel and
// libcontainer take "a" as "allow everything" and ignore the rest of the line.
func allow(d *driver.Device) []specs.LinuxDeviceCgroup {
	if d.Type == "a" {
		char, block := *d, *d
		char.Type, block.Type = "c", "b"
		return append(allow(&char), allow(&block)...)
	}
	return []specs.LinuxDeviceCgroup{{
		Allow:  true,
		Type:   d.Type,
		Major:  number(d.Major),
		Minor:  number(d.Minor),
		Access: cmp.Or(d.Permissions, profile.AllDevices),
	}}
}

// number is a device number of a rule: -1 stands for any, as nil does in OCI.
func number(n int64) *int64 {
	if n == -1 {
		return nil
	}
	return &n
}

// deviceNodes lists the nodes to make besides the six that OCI runtimes always make.
// The Command's own win over the host's at the same path.
func deviceNodes(c *driver.Command, h Host) []specs.LinuxDevice {
	var nodes []specs.LinuxDevice
	for _, d := range c.AutoCreatedDevices {
		nodes = append(nodes, node(d))
	}
	if !c.ProcessConfig.Privileged {
		return nodes
	}
	for _, d := range h.Devices {
		if !slices.ContainsFunc(nodes, func(n specs.LinuxDevice) bool { return n.Path == d.Path }) {
			nodes = append(nodes, d)
		}
	}
	return nodes
}

func node(d *driver.Device) specs.LinuxDevice {
	mode := os.FileMode(0o666)
	if d.FileMode != nil {
		mode = os.FileMode(*d.FileMode)
	}
	return specs.LinuxDevice{
		Path: d.Path, Type: d.Type, Major: d.Major, Minor: d.Minor,
		FileMode: &mode, UID: new(d.UID), GID: new(d.GID),
	}
}
