package driver

import (
	"fmt"
	"path"
	"strings"
)

// checkKernel checks what is handed to the kernel almost as it stands.
func (p *problems) checkKernel(c *Command) {
	if a := c.OomScoreAdj; a != nil && (*a < -1000 || *a > 1000) {
		p.invalid("oom_score_adj", *a, "-1000 to 1000")
	}
	for name, value := range c.Sysctls {
		p.checkSysctl(c, name, value)
	}
	p.checkSeccomp(c.Seccomp)
}

// checkSysctl lets pass what belongs to a namespace of the container's own;
// everything else would change the machine. See namespaces(7).
func (p *problems) checkSysctl(c *Command, name, value string) {
	field := "sysctls." + name
	key := strings.ReplaceAll(name, "/", ".")
	if strings.ContainsAny(name+value, "\x00\n") || strings.Contains(key, "..") || path.Clean(name) != name {
		p.invalid(field, value, "a name as net.ipv4.ip_forward, and one line of text")
		return
	}
	switch namespaceOf(key) {
	case "network":
		if c.Network != nil && (c.Network.HostNetworking || c.Network.ContainerID != "" || c.Network.NamespacePath != "") {
			p.invalid(field, value, "the network is not the container's own")
		}
	case "ipc":
		if c.Ipc != nil && (c.Ipc.HostIpc || c.Ipc.ContainerID != "") {
			p.invalid(field, value, "the IPC namespace is not the container's own")
		}
	case "uts":
		if c.UTS != nil && c.UTS.HostUTS {
			p.invalid(field, value, "the hostname is not the container's own")
		}
		if c.UserNamespace != nil {
			p.invalid(field, value, "with a user namespace root may not write it")
		}
	default:
		p.invalid(field, value, "not a setting of a namespace: net.*, kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.*, kernel.domainname")
	}
}

// namespaceOf names the namespace that a sysctl belongs to; "" is the machine.
func namespaceOf(key string) string {
	switch key {
	case "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
		"kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced":
		return "ipc"
	case "kernel.domainname":
		return "uts"
	}
	switch {
	case strings.HasPrefix(key, "net."):
		return "network"
	case strings.HasPrefix(key, "fs.mqueue."):
		return "ipc"
	}
	return ""
}

func (p *problems) checkSeccomp(s *Seccomp) {
	if s == nil {
		return
	}
	set := 0
	for _, on := range []bool{s.Unconfined, s.File != "", s.DefaultAction != ""} {
		if on {
			set++
		}
	}
	if set > 1 {
		p.invalid("seccomp", nil, "one of unconfined, file and default_action")
	}
	if s.Unconfined && len(s.Architectures)+len(s.Syscalls) > 0 {
		p.invalid("seccomp.unconfined", true, "there is no filter for the rest to change")
	}
	p.checkAbsolute("seccomp.file", s.File)
	if s.DefaultAction != "" {
		p.checkAction("seccomp.default_action", s.DefaultAction)
	}
	for i, arch := range s.Architectures {
		switch arch {
		case "x86", "x32", "386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "mipsle", "ppc64le", "riscv64", "s390x":
		default:
			p.invalid(fmt.Sprintf("seccomp.architectures[%d]", i+1), arch, `"x86", "x32", or a GOARCH of Linux as "arm"`)
		}
	}
	for i, call := range s.Syscalls {
		field := fmt.Sprintf("seccomp.syscalls[%d]", i+1)
		if len(call.Names) == 0 {
			p.invalid(field+".names", nil, "missing: names of system calls")
		}
		p.checkAction(field+".action", call.Action)
		if call.Errno != nil && (call.Action != "errno" || *call.Errno > 4095) {
			p.invalid(field+".errno", *call.Errno, `0 to 4095, with action "errno"`)
		}
	}
}

func (p *problems) checkAction(field, action string) {
	switch action {
	case "allow", "errno", "kill", "log", "trap":
		return
	}
	p.invalid(field, action, "one of allow, errno, kill, log, trap")
}
