//go:build linux && cgo

package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver/profile"
)

func (p *patient) kernelVersion() profile.Kernel {
	// A release without a version is older than all, which is what to say of it.
	k, _ := profile.ParseKernel(p.read("proc/sys/kernel/osrelease"))
	return k
}

// kernel: 5.6 brought openat2(2), without which paths in a container's root
// cannot be followed safely.
func (p *patient) kernel() finding {
	release := p.read("proc/sys/kernel/osrelease")
	if !p.kernelVersion().AtLeast(5, 6) {
		return lack(statusFail, "Linux "+release, "Linux 5.6 or later is needed")
	}
	return fine("Linux %s", release)
}

func (p *patient) user() finding {
	if p.uid != 0 {
		return fine("uid %d, who is root in the containers", p.uid)
	}
	return fine("root")
}

// capabilities: those that making a container takes. Root inside a container
// often lacks them.
func (p *patient) capabilities() finding {
	if p.uid != 0 {
		return fine("not needed: a user namespace brings its own")
	}
	var set [2]unix.CapUserData // version 3 has 64 bits, see capget(2)
	if err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &set[0]); err != nil {
		return lack(statusWarn, "cannot be read: "+err.Error(), "")
	}
	var missing []string
	for _, c := range []struct {
		bit  int
		name string
	}{
		{unix.CAP_SYS_ADMIN, "SYS_ADMIN"},
		{unix.CAP_MKNOD, "MKNOD"},
		{unix.CAP_SETUID, "SETUID"},
		{unix.CAP_SETGID, "SETGID"},
		{unix.CAP_SYS_CHROOT, "SYS_CHROOT"},
		{unix.CAP_CHOWN, "CHOWN"},
		{unix.CAP_DAC_OVERRIDE, "DAC_OVERRIDE"},
		{unix.CAP_SETPCAP, "SETPCAP"},
		{unix.CAP_KILL, "KILL"},
	} {
		if set[c.bit/32].Effective&(1<<(c.bit%32)) == 0 {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		return lack(statusFail, "missing: "+strings.Join(missing, " "), "run as root, outside of a container or in a privileged one")
	}
	return fine("all that making a container takes")
}

// clone3: its CLONE_INTO_CGROUP (Linux 5.7, cgroup v2 only) makes a process in
// its cgroup. A call with size 0 fails with EINVAL and does nothing, see clone(2).
func (p *patient) clone3() finding {
	_, _, errno := unix.Syscall(unix.SYS_CLONE3, 0, 0, 0)
	switch {
	case errno != unix.EINVAL:
		return lack(statusWarn, "not available: "+errno.Error(), "a process joins its cgroup after it is made")
	case p.cgroupLayout() != layoutV2 || !p.kernelVersion().AtLeast(5, 7):
		return lack(statusWarn, "without CLONE_INTO_CGROUP", "needs cgroup v2: a process joins its cgroup after it is made")
	}
	return fine("with CLONE_INTO_CGROUP")
}

func (p *patient) pidfd() finding {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return lack(statusFail, "not available: "+err.Error(), "Linux 5.3 or later, or a seccomp filter around us that allows it")
	}
	unix.Close(fd)
	return fine("processes are waited for and signalled without races")
}

func (p *patient) openat2() finding {
	fd, err := unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	if err != nil {
		return lack(statusFail, "not available: "+err.Error(), "Linux 5.6 or later, or a seccomp filter around us that allows it")
	}
	unix.Close(fd)
	return fine("paths inside a container cannot lead out of it")
}

// userNamespaces: those of a Command need some to be allowed at all, containers
// without root that every user may make them.
func (p *patient) userNamespaces() finding {
	status := statusWarn
	if p.uid != 0 {
		status = statusFail
	}
	switch {
	case !p.exists("proc/self/ns/user"):
		return lack(status, "not in this kernel", "needs CONFIG_USER_NS, for user_namespace and for containers without root")
	case p.read("proc/sys/user/max_user_namespaces") == "0":
		return lack(status, "none may be made", "sysctl -w user.max_user_namespaces=15000, for user_namespace and for containers without root")
	case p.read("proc/sys/kernel/unprivileged_userns_clone") == "0":
		return lack(status, "for root only", "sysctl -w kernel.unprivileged_userns_clone=1, for containers without root")
	case p.read("proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" && (p.uid == 0 || p.read("proc/self/attr/current") == "unconfined"):
		return lack(status, "restricted by AppArmor", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or a profile for execlua, for containers without root")
	}
	return fine("for every user")
}

func (p *patient) timeNamespaces() finding {
	if !p.exists("proc/self/ns/time") {
		return lack(statusWarn, "not in this kernel", "needs Linux 5.6 with CONFIG_TIME_NS, for time_namespace")
	}
	return fine("in this kernel")
}

// newuidmap: with it a user without root maps more than one id, see newuidmap(1).
func (p *patient) newuidmap() finding {
	_, uid := exec.LookPath("newuidmap")
	_, gid := exec.LookPath("newgidmap")
	if errors.Join(uid, gid) != nil {
		return lack(statusWarn, "newuidmap or newgidmap is not installed", "apt-get install uidmap, for containers without root")
	}
	return fine("installed, and newgidmap")
}
