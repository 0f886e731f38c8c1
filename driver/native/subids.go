//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"strconv"

	"github.com/moby/sys/user"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// ids are what an ordinary user may map into a user namespace: the user's own, and
// the subordinate ones of subuid(5) and subgid(5) where newuidmap(1) is there to do it.
type ids struct {
	uid, gid uint32
	uids     []user.SubID
	gids     []user.SubID
	lacking  string // why there are no subordinate ones; "" when there are
}

// findIDs looks at what the calling user has.
func findIDs() ids {
	own := ids{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	names := []string{strconv.Itoa(os.Geteuid())}
	if account, err := user.LookupUid(os.Geteuid()); err == nil {
		names = append(names, account.Name)
	}
	for _, each := range []struct {
		file, helper string
		into         *[]user.SubID
	}{{"/etc/subuid", "newuidmap", &own.uids}, {"/etc/subgid", "newgidmap", &own.gids}} {
		if err := checkHelper(each.helper); err != nil {
			own.lacking = err.Error()
			break
		}
		// A file that cannot be read grants nothing.
		*each.into, _ = user.ParseSubIDFileFilter(each.file, func(s user.SubID) bool {
			named := s.Name == names[0] || s.Name == names[len(names)-1]
			return named && s.Count > 0 && s.SubID >= 0 && s.SubID+s.Count <= maxID
		})
		if len(*each.into) == 0 {
			own.lacking = fmt.Sprintf("%s gives none to %s: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %[2]s", each.file, names[len(names)-1])
			break
		}
	}
	if own.lacking != "" {
		own.uids, own.gids = nil, nil
	}
	return own
}

// maxID is the number above the last id, (uid_t)-1, which stands for none.
const maxID = 1<<32 - 1

// checkHelper tells why newuidmap or newgidmap cannot help: it takes privileges,
// from its set-uid bit or from capabilities of its file.
func checkHelper(name string) error {
	path, err := osexec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s is not installed (Debian: uidmap)", name)
	}
	if set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err == nil && set == 1 {
		return fmt.Errorf("%s can do nothing for a process with no_new_privs", name)
	}
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	if _, err := unix.Getxattr(path, "security.capability", nil); err != nil && stat.Mode()&os.ModeSetuid == 0 {
		return fmt.Errorf("%s has neither the set-uid bit nor capabilities: chmod u+s %[1]s", path)
	}
	return nil
}

// mapping is the user namespace of a Command that names none: its root is the
// user, and the ids from 1 on are the subordinate ones in their order.
func (own ids) mapping() *driver.UserNamespace {
	return &driver.UserNamespace{UIDMappings: mapAll(own.uid, own.uids), GIDMappings: mapAll(own.gid, own.gids)}
}

func mapAll(own uint32, subordinate []user.SubID) []driver.IDMapping {
	out := []driver.IDMapping{{ContainerID: 0, HostID: own, Size: 1}}
	next := uint32(1)
	for _, s := range subordinate {
		size := min(uint64(s.Count), maxID-uint64(next))
		if size == 0 || overlaps(s, out) {
			continue
		}
		out = append(out, driver.IDMapping{ContainerID: next, HostID: uint32(s.SubID), Size: uint32(size)})
		next += uint32(size)
	}
	return out
}

// overlaps: no id of the machine can stand for two.
func overlaps(s user.SubID, mapped []driver.IDMapping) bool {
	for _, m := range mapped {
		if s.SubID < int64(m.HostID)+int64(m.Size) && int64(m.HostID) < s.SubID+s.Count {
			return true
		}
	}
	return false
}

// check refuses a user namespace that this user cannot make.
func (own ids) check(u *driver.UserNamespace) error {
	return errors.Join(
		own.checkMap("user_namespace.uid_mappings", u.UIDMappings, own.uid, own.uids),
		own.checkMap("user_namespace.gid_mappings", u.Groups(), own.gid, own.gids),
	)
}

func (own ids) checkMap(field string, mappings []driver.IDMapping, self uint32, subordinate []user.SubID) error {
	var errs []error
	for i, m := range mappings {
		at := fmt.Sprintf("%s[%d].host_id", field, i+1)
		refuse := func(reason string) {
			errs = append(errs, &driver.FieldError{Path: at, Value: m.HostID, Reason: reason, Class: driver.ErrDenied})
		}
		switch {
		case m.ContainerID == 0 && m.HostID != self:
			refuse(fmt.Sprintf("without root, the id 0 of the container is your own, %d", self))
		case m.HostID == self && m.Size == 1 || within(m, subordinate):
		case own.lacking != "":
			refuse("without root, only your own id can be mapped here: " + own.lacking)
		default:
			refuse("without root, only your own and your subordinate ids can be mapped, see subuid(5) and subgid(5)")
		}
	}
	return errors.Join(errs...)
}

func within(m driver.IDMapping, subordinate []user.SubID) bool {
	for _, s := range subordinate {
		if int64(m.HostID) >= s.SubID && int64(m.HostID)+int64(m.Size) <= s.SubID+s.Count {
			return true
		}
	}
	return false
}
