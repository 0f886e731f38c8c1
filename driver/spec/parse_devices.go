package spec

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// devices reads nodes and rules together: what a Command creates it may use. A
// single rule that allows everything makes the container a privileged one.
func (p *parser) devices() {
	rules := p.rules()
	for i, d := range p.spec.Linux.Devices {
		at := fmt.Sprintf(".linux.devices[%d]", i)
		dev := &driver.Device{Path: d.Path, Type: d.Type, Major: d.Major, Minor: d.Minor}
		if d.Type == "u" { // mknod(1): an unbuffered one is a character device
			dev.Type = "c"
		}
		if d.FileMode != nil && *d.FileMode != 0o666 {
			dev.FileMode = new(uint32(*d.FileMode))
		}
		if d.UID != nil {
			dev.UID = *d.UID
		}
		if d.GID != nil {
			dev.GID = *d.GID
		}
		p.out.AutoCreatedDevices = append(p.out.AutoCreatedDevices, dev)
		if p.out.ProcessConfig.Privileged {
			continue
		}
		found := lastRule(rules, dev)
		if found < 0 {
			p.cannot(at, d.Path, "no rule of .linux.resources.devices allows it, and a Command allows what it creates")
			continue
		}
		dev.Permissions = rules[found].Permissions
		rules = slices.Delete(rules, found, found+1)
	}
	if len(rules) == 0 || reflect.DeepEqual(rules, supplied()) {
		return
	}
	for _, d := range supplied() {
		if !slices.ContainsFunc(rules, func(r *driver.Device) bool { return reflect.DeepEqual(r, d) }) {
			p.out.AllowedDevices = append(p.out.AllowedDevices, d)
		}
	}
	p.out.AllowedDevices = append(p.out.AllowedDevices, rules...)
}

// supplied are the rules of the profile, for the devices of every container.
func supplied() []*driver.Device { return allowed(profile.DeviceRules()[1:]) }

// rules are what is allowed after everything has been denied.
func (p *parser) rules() []*driver.Device {
	list := p.spec.Linux.Resources.Devices
	if len(list) == 0 {
		return nil
	}
	const at = ".linux.resources.devices"
	if len(list) == 1 && list[0].Allow && everything(list[0]) {
		p.out.ProcessConfig.Privileged = true
		return nil
	}
	if list[0].Allow || !everything(list[0]) {
		p.cannot(at+"[0]", nil, "the first rule denies everything, or the only one allows it, which makes the container privileged")
		return nil
	}
	for i, r := range list[1:] {
		if !r.Allow || r.Type != "c" && r.Type != "b" {
			p.cannot(fmt.Sprintf("%s[%d]", at, i+1), nil, `what follows allows devices of type "c" or "b"`)
		}
	}
	return allowed(list[1:])
}

func everything(r specs.LinuxDeviceCgroup) bool {
	any := func(n *int64) bool { return n == nil || *n == -1 }
	return (r.Type == "" || r.Type == "a") && any(r.Major) && any(r.Minor) && (r.Access == "" || len(r.Access) == len(profile.AllDevices))
}

func allowed(rules []specs.LinuxDeviceCgroup) []*driver.Device {
	var out []*driver.Device
	number := func(n *int64) int64 {
		if n == nil {
			return -1
		}
		return *n
	}
	for _, r := range rules {
		d := &driver.Device{Type: r.Type, Major: number(r.Major), Minor: number(r.Minor), Permissions: r.Access}
		if d.Permissions == profile.AllDevices {
			d.Permissions = ""
		}
		out = append(out, d)
	}
	return out
}

// lastRule finds the rule about one device; Build puts it behind the others.
func lastRule(rules []*driver.Device, d *driver.Device) int {
	for i, r := range slices.Backward(rules) {
		if r.Type == d.Type && r.Major == d.Major && r.Minor == d.Minor {
			return i
		}
	}
	return -1
}
