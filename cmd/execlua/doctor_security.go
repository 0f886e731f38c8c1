//go:build linux && cgo

package main

// seccomp: the build has to know it as much as the kernel.
func (p *patient) seccomp() finding {
	switch {
	case !withSeccomp:
		return lack(statusFail, "not in this build", "build with -tags seccomp: confined containers are refused without")
	case !p.exists("proc/sys/kernel/seccomp/actions_avail"):
		return lack(statusFail, "not in this kernel", "needs CONFIG_SECCOMP_FILTER: confined containers are refused without")
	}
	return fine("in the kernel and in this build")
}

const oneIsEnough = "containers are confined without; AppArmor or SELinux would be one more wall"

func (p *patient) hasAppArmor() bool {
	return p.read("sys/module/apparmor/parameters/enabled") == "Y"
}

func (p *patient) hasSELinux() bool { return p.exists("sys/fs/selinux/enforce") }

func (p *patient) appArmor() finding {
	switch {
	case p.hasAppArmor():
		return fine("enabled")
	case p.hasSELinux():
		return fine("off, SELinux is on")
	}
	return lack(statusWarn, "off", oneIsEnough)
}

func (p *patient) seLinux() finding {
	switch {
	case p.hasSELinux() && p.read("sys/fs/selinux/enforce") == "1":
		return fine("enforcing")
	case p.hasSELinux():
		return fine("permissive")
	case p.hasAppArmor():
		return fine("off, AppArmor is on")
	}
	return lack(statusWarn, "off", oneIsEnough)
}
