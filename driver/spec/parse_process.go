package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

func (p *parser) process() {
	s := p.spec.Process
	if s == nil || len(s.Args) == 0 {
		p.invalid(".process.args", nil, "missing: the program to run")
		return
	}
	p.refuse([]absent{
		{".process.commandLine", s.CommandLine != "", notLinux},
		{".process.user.username", s.User.Username != "", notLinux},
		{".process.user.umask", s.User.Umask != nil && *s.User.Umask != umask, "it is 0022; let the program set another"},
		{".process.scheduler", s.Scheduler != nil, "a Command has no such setting"},
		{".process.ioPriority", s.IOPriority != nil, "a Command has no such setting"},
		{".process.execCPUAffinity", s.ExecCPUAffinity != nil, "a Command has no such setting"},
	})
	c := p.out
	c.ProcessConfig = driver.ProcessConfig{
		// Both as numbers: a user alone would bring its groups along.
		User:       fmt.Sprintf("%d:%d", s.User.UID, s.User.GID),
		Tty:        s.Terminal,
		Entrypoint: s.Args[0],
		Arguments:  slices.Clone(s.Args[1:]),
		Env:        slices.Clone(s.Env),
	}
	for _, gid := range s.User.AdditionalGids {
		c.GroupAdd = append(c.GroupAdd, strconv.FormatUint(uint64(gid), 10))
	}
	if size := s.ConsoleSize; size != nil {
		const most = 1<<16 - 1 // of winsize, see TIOCSWINSZ(2const)
		if size.Height > most || size.Width > most {
			p.invalid(".process.consoleSize", nil, "height and width from 0 to 65535")
		}
		c.ProcessConfig.ConsoleSize = [2]int{int(min(size.Height, most)), int(min(size.Width, most))}
	}
	c.WorkingDir = s.Cwd
	c.OomScoreAdj = s.OOMScoreAdj
	c.AppArmorProfile, c.ProcessLabel = s.ApparmorProfile, s.SelinuxLabel
	if !s.NoNewPrivileges {
		c.ProcessConfig.NoNewPrivs = new(false)
	}
	p.capabilities(s.Capabilities, s.User.UID)
}

// umask is what libcontainer sets.
const umask = 0o022

// capabilities wants one set for all: Build gives the process what it bounds it
// by, and leaves the inheritable and ambient sets empty. A user other than root
// may also have nothing, as it will after execve(2) in any case.
func (p *parser) capabilities(s *specs.LinuxCapabilities, uid uint32) {
	if s == nil {
		p.invalid(".process.capabilities", nil, "missing: without them runtimes differ in what they give")
		return
	}
	bounding := sorted(s.Bounding)
	for _, set := range []struct {
		name  string
		names []string
	}{{"effective", s.Effective}, {"permitted", s.Permitted}} {
		if !slices.Equal(sorted(set.names), bounding) && (uid == 0 || len(set.names) > 0) {
			p.cannot(".process.capabilities."+set.name, set.names, "it is always the bounding set")
		}
	}
	if len(s.Inheritable) > 0 {
		p.cannot(".process.capabilities.inheritable", s.Inheritable, "it is always empty: a program of any user could get capabilities back (CVE-2022-24769)")
	}
	if !slices.Equal(bounding, sorted(profile.Capabilities())) {
		p.out.CapDrop = []string{"all"}
		for _, name := range s.Bounding {
			p.out.CapAdd = append(p.out.CapAdd, short(name))
		}
	}
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

func (p *parser) rlimits() []*driver.Rlimit {
	if p.spec.Process == nil {
		return nil
	}
	var out []*driver.Rlimit
	for _, l := range p.spec.Process.Rlimits {
		name := strings.ToLower(strings.TrimPrefix(l.Type, "RLIMIT_"))
		out = append(out, &driver.Rlimit{Type: name, Soft: l.Soft, Hard: l.Hard})
	}
	return out
}
