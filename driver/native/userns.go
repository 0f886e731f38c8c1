//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// rootOf is the user and group of the machine that root of the container is.
// driver.Validate has seen that there are some.
func rootOf(u *driver.UserNamespace) (uid, gid int) {
	hostUID, _ := u.HostUID(0)
	hostGID, _ := u.HostGID(0)
	return int(hostUID), int(hostGID)
}

// checkNamespaces refuses a user or time namespace that this machine cannot make.
func (d *Driver) checkNamespaces(c *driver.Command) error {
	var errs []error
	if c.UserNamespace != nil {
		errs = append(errs, d.checkUserNamespace(c))
	}
	if d.rootless != nil {
		errs = append(errs, d.rootless.check(c))
	}
	if c.TimeNamespace != nil {
		errs = append(errs, checkTimeNamespace(c.TimeNamespace))
	}
	return errors.Join(errs...)
}

func (d *Driver) checkUserNamespace(c *driver.Command) error {
	unsupported := func(reason string) error {
		return &driver.FieldError{Path: "user_namespace", Reason: reason, Class: driver.ErrUnsupported}
	}
	if _, err := os.Stat("/proc/self/ns/user"); err != nil {
		return unsupported("this kernel has none")
	}
	if most, err := os.ReadFile("/proc/sys/user/max_user_namespaces"); err == nil && strings.TrimSpace(string(most)) == "0" {
		return unsupported("this machine allows none: sysctl -w user.max_user_namespaces=15000")
	}
	if c.Image != "" && !d.machine.Kernel.AtLeast(5, 11) {
		return unsupported(`image = "host" is overlays, which a user namespace mounts since Linux 5.11; give a rootfs`)
	}
	var errs []error
	for i, dev := range c.AutoCreatedDevices {
		errs = append(errs, checkHostNode(fmt.Sprintf("autocreated_devices[%d].path", i+1), dev))
	}
	return errors.Join(errs...)
}

// checkHostNode: no node can be made in a user namespace, so the host's is bound.
func checkHostNode(field string, dev *driver.Device) error {
	kind := map[string]uint32{"c": unix.S_IFCHR, "b": unix.S_IFBLK}[dev.Type]
	var stat unix.Stat_t
	err := unix.Lstat(dev.Path, &stat)
	if err == nil && stat.Mode&unix.S_IFMT == kind && stat.Rdev == unix.Mkdev(uint32(dev.Major), uint32(dev.Minor)) {
		return nil
	}
	reason := fmt.Sprintf("with a user namespace the host's own node is used, and its is not %s %d:%d", dev.Type, dev.Major, dev.Minor)
	return &driver.FieldError{Path: field, Value: dev.Path, Reason: reason, Class: driver.ErrNotFound}
}

// latestClock is what the kernel lets a moved clock stand at, half of KTIME_MAX
// in seconds, so that it has as long to go; see kernel/time/namespace.c.
const latestClock = (1<<63 - 1) / 1_000_000_000 / 2

// checkTimeNamespace: a clock cannot be moved to before its zero, or too far.
func checkTimeNamespace(t *driver.TimeNamespace) error {
	if _, err := os.Stat("/proc/self/ns/time"); err != nil {
		return &driver.FieldError{Path: "time_namespace", Reason: "this kernel has none; they came with Linux 5.6", Class: driver.ErrUnsupported}
	}
	var errs []error
	for _, clock := range []struct {
		name   string
		id     int32
		offset int64
	}{{"monotonic", unix.CLOCK_MONOTONIC, t.Monotonic}, {"boottime", unix.CLOCK_BOOTTIME, t.Boottime}} {
		var now unix.Timespec
		if err := unix.ClockGettime(clock.id, &now); err != nil {
			continue // the kernel has the last word
		}
		if moved := now.Sec + clock.offset; moved < 0 || moved >= latestClock {
			errs = append(errs, &driver.FieldError{
				Path: "time_namespace." + clock.name, Value: clock.offset,
				Reason: fmt.Sprintf("the clock stands at %d seconds and may stand at 0 to %d", now.Sec, int64(latestClock)),
			})
		}
	}
	return errors.Join(errs...)
}

// checkSearchable asks the kernel whether root of a user namespace comes to its
// root directory: libcontainer would fail on the way. A thread that takes the
// user's place loses what capabilities root has over files, see capabilities(7).
func checkSearchable(c *driver.Command, rootfs string) error {
	if c.UserNamespace == nil {
		return nil
	}
	uid, gid := rootOf(c.UserNamespace)
	closed, err := "", error(nil)
	onThrowawayThread(func() {
		if uid == os.Geteuid() {
			closed = firstClosed(rootfs)
			return
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 { // of this thread alone
			err = os.NewSyscallError("setgroups", errno)
			return
		}
		if err = errors.Join(unix.Setfsgid(gid), unix.Setfsuid(uid)); err == nil {
			closed = firstClosed(rootfs)
		}
	})
	if err != nil || closed == "" {
		return err
	}
	field, value := "rootfs", c.Rootfs
	if c.Image != "" {
		field, value = "image", c.Image
	}
	return &driver.FieldError{
		Path: field, Value: value, Class: driver.ErrDenied,
		Reason: fmt.Sprintf("root of the user namespace, uid %d here, may not search %s on the way to its root: chmod o+x %s", uid, closed, closed),
	}
}

// firstClosed is the first directory on a path that the thread may not search.
func firstClosed(dir string) string {
	if dir != "/" {
		if above := firstClosed(path.Dir(dir)); above != "" {
			return above
		}
	}
	fd, err := unix.Open(dir+"/.", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return dir
	}
	unix.Close(fd)
	return ""
}
