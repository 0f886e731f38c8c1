package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// Process maps a process of the container: its init when pc is the Command's own
// process_config, else an exec. Working directory and environment of an exec
// begin with the container's, and so do its capabilities; env is the image's.
// Privileged gives an exec every capability, and leaves it under the container's filter, masked paths and AppArmor profile.
func Process(c *driver.Command, pc *driver.ProcessConfig, h Host, user specs.User, env []string) (*specs.Process, error) {
	privileged := c.ProcessConfig.Privileged || pc.Privileged
	if err := checkMapped(c.UserNamespace, fieldOf(c, pc)+"user", cmp.Or(pc.User, c.ProcessConfig.User), user); err != nil {
		return nil, err
	}
	caps, err := capabilities(c, pc, privileged, h)
	if err != nil {
		return nil, err
	}
	apparmor, err := apparmorProfile(c, h)
	if err != nil {
		return nil, err
	}
	if c.ProcessLabel != "" && !h.SELinux {
		return nil, unsupported("process_label", c.ProcessLabel, "SELinux is off on this machine")
	}
	return &specs.Process{
		Terminal:        pc.Tty,
		ConsoleSize:     consoleSize(pc.ConsoleSize),
		User:            user,
		Args:            slices.Clone(pc.Argv()),
		Env:             processEnv(c, pc, env),
		Cwd:             cmp.Or(pc.WorkingDir, c.Cwd()),
		Capabilities:    caps,
		Rlimits:         rlimits(c.Resources),
		NoNewPrivileges: noNewPrivs(c, pc, privileged),
		OOMScoreAdj:     c.OomScoreAdj,
		ApparmorProfile: apparmor,
		SelinuxLabel:    c.ProcessLabel,
	}, nil
}

// fieldOf is the path of a process's fields: the Command's own, or an exec's.
func fieldOf(c *driver.Command, pc *driver.ProcessConfig) string {
	if pc == &c.ProcessConfig {
		return "process_config."
	}
	return "process."
}

// capabilities leaves inheritable and ambient empty: from them a program of any
// user could get capabilities back at execve(2) (CVE-2022-24769). The result is
// never nil, which libcontainer reads as every capability.
func capabilities(c *driver.Command, pc *driver.ProcessConfig, privileged bool, h Host) (*specs.LinuxCapabilities, error) {
	names := h.Capabilities
	if !privileged {
		var err error
		if names, err = tweak("", profile.Capabilities(), c.CapAdd, c.CapDrop, h); err != nil {
			return nil, err
		}
		if names, err = tweak(fieldOf(c, pc), names, pc.CapAdd, pc.CapDrop, h); err != nil {
			return nil, err
		}
	}
	caps := make([]string, len(names))
	for i, name := range names {
		caps[i] = "CAP_" + name
	}
	return &specs.LinuxCapabilities{
		Bounding:  caps,
		Effective: slices.Clone(caps),
		Permitted: slices.Clone(caps),
	}, nil
}

// tweak is a set with names added and dropped. What the machine cannot give is
// left out of the set, and refused where it is asked for by name: setting it would
// fail when the container is half made. "all" is all of h, not of the machine
// that runs this code.
func tweak(field string, set, add, drop []string, h Host) ([]string, error) {
	given := func(name string) bool { return slices.Contains(h.Capabilities, name) }
	var basics, adds []string
	for _, name := range set {
		if name = short(name); given(name) {
			basics = append(basics, name)
		}
	}
	for i, asked := range add {
		switch name := short(asked); {
		case name == "ALL":
			basics = h.Capabilities
		case !given(name):
			return nil, unsupported(fmt.Sprintf("%scap_add[%d]", field, i+1), asked, "this machine cannot give it: its kernel does not know it, or the engine does not have it")
		default:
			adds = append(adds, name)
		}
	}
	return driver.TweakCapabilities(basics, adds, drop)
}

// noNewPrivs is the process's own word, else the container's, else true unless privileged.
func noNewPrivs(c *driver.Command, pc *driver.ProcessConfig, privileged bool) bool {
	if set := cmp.Or(pc.NoNewPrivs, c.ProcessConfig.NoNewPrivs); set != nil {
		return *set
	}
	return !privileged
}

// short is a capability's name in upper case without CAP_.
func short(name string) string { return strings.TrimPrefix(strings.ToUpper(name), "CAP_") }

// apparmorProfile is the profile asked for; a privileged container without one is
// unconfined, or it would inherit the engine's own.
func apparmorProfile(c *driver.Command, h Host) (string, error) {
	switch {
	case c.AppArmorProfile != "" && !h.AppArmor:
		return "", unsupported("apparmor_profile", c.AppArmorProfile, "AppArmor is off on this machine")
	case c.AppArmorProfile == "" && h.AppArmor && c.ProcessConfig.Privileged:
		return "unconfined", nil
	}
	return c.AppArmorProfile, nil
}

// rlimits accepts "nofile" and "RLIMIT_NOFILE"; OCI knows the long form.
func rlimits(r *driver.Resources) []specs.POSIXRlimit {
	if r == nil {
		return nil
	}
	var out []specs.POSIXRlimit
	for _, l := range r.Rlimits {
		name := "RLIMIT_" + strings.TrimPrefix(strings.ToUpper(l.Type), "RLIMIT_")
		out = append(out, specs.POSIXRlimit{Type: name, Soft: l.Soft, Hard: l.Hard})
	}
	return out
}

// consoleSize maps height, width; nil leaves a new terminal as the kernel makes it.
func consoleSize(size [2]int) *specs.Box {
	if size == [2]int{} {
		return nil
	}
	return &specs.Box{Height: uint(size[0]), Width: uint(size[1])}
}
