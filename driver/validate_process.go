package driver

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// checkProcess checks what a container's init and an exec have in common.
func (p *problems) checkProcess(prefix string, pc *ProcessConfig) {
	p.checkArgv(prefix, pc)
	p.checkEnv(prefix+"env", pc.Env)
	p.checkUser(prefix+"user", pc.User)
	p.checkCapabilities(prefix, pc.CapAdd, pc.CapDrop)
	p.checkConsoleSize(prefix+"console_size", pc.ConsoleSize)
}

func (p *problems) checkConsoleSize(field string, size [2]int) {
	switch height, width := size[0], size[1]; {
	case min(height, width) < 0 || max(height, width) > 1<<16-1:
		p.invalid(field, size, "height and width from 0 to 65535")
	case (height == 0) != (width == 0):
		p.invalid(field, size, "height and width, or neither")
	}
}

func (p *problems) checkArgv(prefix string, pc *ProcessConfig) {
	argv := pc.Argv()
	if len(argv) == 0 || argv[0] == "" {
		p.invalid(prefix+"entrypoint", nil, "missing: the program to run")
		return
	}
	total := 0
	for i, arg := range argv {
		field := prefix + "entrypoint"
		if i > 0 || pc.Entrypoint == "" {
			field = fmt.Sprintf("%sarguments[%d]", prefix, i+1-(len(argv)-len(pc.Arguments)))
		}
		if strings.ContainsRune(arg, 0) {
			p.invalid(field, arg, "an argument cannot hold NUL")
		}
		if len(arg) > maxArgStrlen {
			p.invalid(field, arg, "an argument has %d bytes at most, see execve(2)", maxArgStrlen)
		}
		total += len(arg) + 1
	}
	if total > maxArgsTotal {
		p.invalid(prefix+"arguments", nil, "%d bytes of arguments; %d at most, see execve(2)", total, maxArgsTotal)
	}
}

func (p *problems) checkEnv(field string, env []string) {
	total := 0
	for i, entry := range env {
		key, _, ok := strings.Cut(entry, "=")
		// The message names the key only: values are secrets more often than not.
		at := fmt.Sprintf("%s[%d]", field, i+1)
		switch {
		case !ok || key == "":
			p.invalid(at, nil, "an entry is KEY=value")
		case strings.ContainsRune(entry, 0):
			p.invalid(at, nil, "%s: an entry cannot hold NUL", strconv.Quote(key))
		case len(entry) > maxArgStrlen:
			p.invalid(at, nil, "%s: an entry has %d bytes at most, see execve(2)", strconv.Quote(key), maxArgStrlen)
		}
		total += len(entry) + 1
	}
	if total > maxArgsTotal {
		p.invalid(field, nil, "%d bytes of environment; %d at most, see execve(2)", total, maxArgsTotal)
	}
}

// checkUser checks the form only: names are looked up in the container's files.
func (p *problems) checkUser(field, user string) {
	if user == "" {
		return
	}
	name, group, hasGroup := strings.Cut(user, ":")
	if name == "" || hasGroup && group == "" || strings.ContainsAny(user, "\x00\n/") || strings.Contains(group, ":") {
		p.invalid(field, user, "name or uid, or either with :group or :gid")
		return
	}
	for _, part := range []string{name, group} {
		digits := strings.TrimPrefix(part, "-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		if n, err := strconv.ParseUint(part, 10, 64); err != nil || n > maxUID {
			p.invalid(field, user, "a number from 0 to %d", uint64(maxUID))
		}
	}
}

func (p *problems) checkWorkingDirs(c *Command) {
	p.checkAbsolute("working_dir", c.WorkingDir)
	p.checkAbsolute("process_config.working_dir", c.ProcessConfig.WorkingDir)
	if c.WorkingDir != "" && c.ProcessConfig.WorkingDir != "" {
		p.invalid("process_config.working_dir", c.ProcessConfig.WorkingDir, "working_dir is set too; one of them")
	}
	if dir := path.Clean(c.Cwd()); dir == "/proc" || strings.HasPrefix(dir, "/proc/") {
		p.invalid("working_dir", c.Cwd(), "not below /proc: a directory there can be one of the host's")
	}
}

// Cwd is the working directory of the container's process; "/" when nothing is set.
func (c *Command) Cwd() string {
	switch {
	case c.ProcessConfig.WorkingDir != "":
		return c.ProcessConfig.WorkingDir
	case c.WorkingDir != "":
		return c.WorkingDir
	}
	return "/"
}
