//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// adoptPidfd opens a handle on a process that another has started: on the one with
// that number that began at that time, in the ticks of proc_pid_stat(5). Any other
// has got the number later, and is os.ErrNotExist like none.
func adoptPidfd(pid int, began uint64) (*pidfd, error) {
	p, err := openPidfd(pid)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return nil, os.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	// Asked for once the handle is there: the number cannot go to another now.
	if now, err := startTime(pid); err != nil || now != began {
		return nil, errors.Join(os.ErrNotExist, p.file.Close())
	}
	p.adopted = true
	return p, nil
}

// startTime is when a process began, in ticks after boot.
func startTime(pid int) (uint64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The second field is the name in parentheses, which may hold anything.
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	const at = 22 - 3 // the fields are counted from 1, and two are cut off
	if len(fields) <= at {
		return 0, errors.New("short stat")
	}
	return strconv.ParseUint(fields[at], 10, 64)
}

// lastWords asks the kernel how a process has ended that is not our child. It can
// tell once the parent, which is the system's init, has reaped it. PIDFD_INFO_EXIT
// came with Linux 6.15, see include/uapi/linux/pidfd.h.
func (p *pidfd) lastWords() driver.ExitStatus {
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		info := unix.PidfdInfo{Mask: unix.PIDFD_INFO_EXIT}
		var err error
		if cerr := p.raw.Control(func(fd uintptr) { err = unix.IoctlPidfdInfo(int(fd), &info) }); cerr != nil {
			err = cerr
		}
		switch {
		case err == nil && info.Mask&unix.PIDFD_INFO_EXIT != 0:
			return exitStatus(unix.WaitStatus(info.Exit_code))
		case err != nil && !errors.Is(err, unix.EINTR), time.Now().After(deadline):
			return driver.ExitStatus{ExitCode: -1, Unknown: true}
		}
	}
}
