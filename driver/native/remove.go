//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	osexec "os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/image/host"
)

// removing is the environment variable of the process that removes what belongs to
// subordinate ids. Its value is the stage, see removeMapped.
const removing = "_EXECLUA_REMOVING"

// removeTree removes what a container wrote. Directories of subordinate ids are
// closed to the user, but not to root of a user namespace that has those ids.
func removeTree(dir string) error {
	err := host.Remove(dir)
	own := findIDs()
	if !errors.Is(err, fs.ErrPermission) || os.Geteuid() == 0 || len(own.uids) == 0 {
		return err
	}
	return own.remove(dir)
}

// remove runs this program again, in a user namespace that gets its ids when it is
// there: only newuidmap(1) can give them, and it takes a process that waits.
func (own ids) remove(dir string) error {
	wait, ready, err := os.Pipe()
	if err != nil {
		return err
	}
	defer wait.Close()
	var said strings.Builder
	cmd := osexec.Command("/proc/self/exe", "init", dir)
	cmd.Env = []string{removing + "=wait"}
	cmd.Stdin, cmd.Stderr = wait, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER}
	if err := cmd.Start(); err != nil {
		return errors.Join(err, ready.Close())
	}
	maps := own.mapping()
	err = errors.Join(
		giveMap("newuidmap", cmd.Process.Pid, maps.UIDMappings),
		giveMap("newgidmap", cmd.Process.Pid, maps.GIDMappings),
	)
	if err == nil {
		_, err = ready.Write([]byte{1})
	}
	err = errors.Join(err, ready.Close())
	if werr := cmd.Wait(); werr != nil {
		err = errors.Join(err, fmt.Errorf("remove %s in a user namespace: %w %s", dir, werr, strings.TrimSpace(said.String())))
	}
	return err
}

func giveMap(helper string, pid int, mappings []driver.IDMapping) error {
	args := []string{strconv.Itoa(pid)}
	for _, m := range mappings {
		for _, n := range []uint32{m.ContainerID, m.HostID, m.Size} {
			args = append(args, strconv.FormatUint(uint64(n), 10))
		}
	}
	if out, err := osexec.Command(helper, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", helper, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// removeMapped is the process of remove. It waits for its ids, and gets root's
// capabilities with the next execve(2), since it has the id 0 then.
func removeMapped(dir string) {
	var err error
	if os.Getenv(removing) == "wait" {
		// At the end of the pipe the other side has given up, or is dead.
		if _, err = os.Stdin.Read(make([]byte, 1)); err == nil {
			err = syscall.Exec("/proc/self/exe", os.Args, []string{removing + "=now"})
		}
	} else {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}
