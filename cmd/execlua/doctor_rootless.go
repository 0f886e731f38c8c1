//go:build linux && cgo

package main

import "strings"

// What an ordinary user has of a machine, who is not asked about as root.

const limitless = "; until then a container with limits is refused, and there are no pause and no stats"

// delegation: limits, pause and stats are made with cgroups.
func (p *patient) delegation() finding {
	if p.uid == 0 {
		return fine("not needed by root")
	}
	u, err := p.unprivileged()
	switch {
	case err != nil:
		return lack(statusFail, err.Error(), "or be root")
	case u.Cgroup == "":
		what, todo, found := strings.Cut(u.NoCgroup, ": ")
		if !found {
			todo = "be root"
		}
		return lack(statusWarn, what, todo+limitless)
	}
	return fine("%s", u.Cgroup)
}

func (p *patient) delegatedDriver() finding {
	u, err := p.unprivileged()
	if err != nil || u.Cgroup == "" {
		return lack(statusWarn, "none", "see delegation")
	}
	return fine("%s", u.CgroupDriver)
}

func (p *patient) delegatedControllers() finding {
	u, err := p.unprivileged()
	if err != nil || u.Cgroup == "" {
		return lack(statusWarn, "none", "see delegation")
	}
	return missingControllers(u.Controllers, "their limits are refused: Delegate=cpu cpuset io memory pids of user@.service, see systemd.resource-control(5)")
}

// subordinateIDs: with them a container has more users than root.
func (p *patient) subordinateIDs() finding {
	if p.uid == 0 {
		return fine("not needed by root")
	}
	u, err := p.unprivileged()
	if err != nil {
		return lack(statusWarn, "none", "see delegation")
	}
	if u.IDs == 0 {
		return lack(statusWarn, "none: a container has one user, root", u.NoIDs)
	}
	return fine("%d users besides root in a container", u.IDs)
}
