//go:build linux && cgo

package native

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/moby/sys/user"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// account is a user of a container.
type account struct {
	specs.User
	home string
}

// environment is env with a HOME. libcontainer would look a missing or empty one
// up by itself, inside, where opening a passwd that is a fifo never returns.
func (a account) environment(env []string) []string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, "HOME="); ok && value != "" {
			return env
		}
	}
	return append(env, "HOME="+cmp.Or(a.home, "/"))
}

// resolveUser looks a user up in the root's own passwd and group. The files are
// the image's, so hostile: they are opened without leaving the root, whatever
// symlinks say, and read to a limit.
func resolveUser(rootfs, name, field string, groups []string) (account, error) {
	passwd, err := openInRoot(rootfs, "etc/passwd")
	if err != nil {
		return account{}, err
	}
	defer passwd.Close()
	group, err := openInRoot(rootfs, "etc/group")
	if err != nil {
		return account{}, err
	}
	defer group.Close()

	defaults := &user.ExecUser{Uid: 0, Gid: 0, Home: "/"}
	found, err := user.GetExecUser(name, defaults, passwd, group)
	if err != nil {
		return account{}, &driver.FieldError{Path: field, Value: name, Reason: err.Error() + " in the container's /etc/passwd and /etc/group"}
	}
	out := account{User: specs.User{UID: uint32(found.Uid), GID: uint32(found.Gid)}, home: found.Home}
	for _, g := range found.Sgids {
		out.AdditionalGids = append(out.AdditionalGids, uint32(g))
	}
	if len(groups) == 0 {
		return out, nil
	}
	again, err := openInRoot(rootfs, "etc/group")
	if err != nil {
		return account{}, err
	}
	defer again.Close()
	extra, err := user.GetAdditionalGroups(groups, again)
	if err != nil {
		return account{}, &driver.FieldError{Path: "group_add", Value: strings.Join(groups, ","), Reason: err.Error()}
	}
	for _, g := range extra {
		out.AdditionalGids = append(out.AdditionalGids, uint32(g))
	}
	return out, nil
}

const maxPasswd = 8 << 20

// openInRoot opens a regular file below rootfs; a missing one reads as empty.
// RESOLVE_IN_ROOT of openat2(2) keeps every symlink inside; O_NONBLOCK keeps a
// fifo from hanging us.
func openInRoot(rootfs, name string) (io.ReadCloser, error) {
	empty := io.NopCloser(strings.NewReader(""))
	file, err := openat2(rootfs, name, unix.O_RDONLY|unix.O_NONBLOCK)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return empty, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s in the root: %w", name, err)
	}
	stat, err := file.Stat()
	if err != nil || !stat.Mode().IsRegular() {
		return empty, errors.Join(err, file.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(file, maxPasswd), file}, nil
}

func openat2(rootfs, name string, flags uint64) (*os.File, error) {
	dir, err := os.Open(rootfs)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	fd, err := unix.Openat2(int(dir.Fd()), name, &unix.OpenHow{
		Flags:   flags | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, &os.PathError{Op: "openat2", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}
