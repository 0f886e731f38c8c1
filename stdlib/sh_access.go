package stdlib

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// limit gives a program of a script without the machine the environment that the
// host has named, since variables such as LD_PRELOAD make another program of it,
// and a working directory that the script reaches.
func (s *shell) limit(p *process, o *ShellOptions) error {
	access := s.host.Access
	if access.unlimited() {
		return nil
	}
	if len(o.Env) > 0 {
		return denied("the environment of programs is the host's to choose (Options.Env)")
	}
	p.cmd.Env = slices.Concat([]string{}, access.Env) // nil would be that of the process
	if o.Cwd == nil {
		p.cmd.Dir = "/"
		return nil
	}
	dir, err := access.files().OpenFile(*o.Cwd, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	p.dir, p.cmd.Dir = dir, fmt.Sprintf("/proc/self/fd/%d", dir.Fd()) // the program's, before execve closes it
	return nil
}
