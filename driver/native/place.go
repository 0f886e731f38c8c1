//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
	"github.com/execlua/execlua/driver/spec"
	"github.com/execlua/execlua/image/host"
)

// needsScratch tells whether something has to be made on disk or mounted for each run.
func needsScratch(c *driver.Command) bool {
	return c.Image != "" || c.Ipc != nil && c.Ipc.ContainerID != ""
}

// place resolves what a Command names on this machine: its root, user, and the
// namespaces it joins. It creates nothing but files below scratch.
func (d *Driver) place(c *driver.Command, scratch string) (p spec.Place, who account, err error) {
	if err := errors.Join(d.machine.checkControllers(c.Resources), checkSets(c.Resources), checkSources(c.Mounts), d.checkNamespaces(c)); err != nil {
		return p, who, err
	}
	if p.Rootfs, p.Mounts, err = findRoot(c, scratch); err != nil {
		return p, who, err
	}
	if err := checkSearchable(c, p.Rootfs); err != nil {
		return p, who, err
	}
	if who, err = resolveUser(p.Rootfs, c.ProcessConfig.User, "process_config.user", c.GroupAdd); err != nil {
		return p, who, err
	}
	if err := d.checkAccount(c, &who, "process_config.user", c.ProcessConfig.User); err != nil {
		return p, who, err
	}
	p.User = who.User
	if p.Seccomp, err = readSeccomp(c.Seccomp); err != nil {
		return p, who, err
	}
	if err := checkCwd(c, p); err != nil {
		return p, who, err
	}
	return p, who, d.join(c, &p, scratch)
}

// findRoot returns the root directory and the mounts that come with it.
func findRoot(c *driver.Command, scratch string) (string, []specs.Mount, error) {
	if c.Image != "host" {
		return path.Clean(c.Rootfs), nil, checkRootfs(c.Rootfs)
	}
	// The directory of a container is its own; with a user namespace its root has to come by those above.
	if err := errors.Join(os.MkdirAll(filepath.Dir(scratch), 0o711), os.MkdirAll(scratch, 0o700)); err != nil {
		return "", nil, fmt.Errorf("scratch: %w", err)
	}
	o := host.Options{Hostname: spec.Hostname(c, nil), Volatile: true}
	if c.UserNamespace != nil {
		uid, gid := rootOf(c.UserNamespace)
		o.UserXattr, o.Owner = true, &host.Owner{UID: uid, GID: gid}
	}
	root, err := host.Prepare(scratch, o)
	if err != nil {
		return "", nil, fmt.Errorf("image host: %w", err)
	}
	return root.Rootfs, root.Mounts, nil
}

// checkRootfs: libcontainer wants a real, absolute directory, and says so only
// after half of the container exists.
func checkRootfs(rootfs string) error {
	wrong := func(reason string) error {
		return &driver.FieldError{Path: "rootfs", Value: rootfs, Reason: reason}
	}
	real, err := filepath.EvalSymlinks(rootfs)
	if errors.Is(err, os.ErrNotExist) {
		return &driver.FieldError{Path: "rootfs", Value: rootfs, Reason: "no such directory", Class: driver.ErrNotFound}
	}
	if err != nil {
		return wrong(err.Error())
	}
	if stat, err := os.Stat(real); err != nil || !stat.IsDir() {
		return wrong("not a directory")
	}
	if real != path.Clean(rootfs) {
		return wrong("a symlink is on the way; the real path is " + real)
	}
	return nil
}

// checkCwd refuses a working directory that is not there: libcontainer would
// create it. What lies on a mount is not looked at: it is not mounted yet.
func checkCwd(c *driver.Command, p spec.Place) error {
	cwd := path.Clean(c.Cwd())
	for _, m := range c.Mounts {
		if below(cwd, path.Clean(m.Destination)) {
			return nil
		}
	}
	for _, m := range p.Mounts {
		if below(cwd, m.Destination) {
			return nil
		}
	}
	if cwd == "/" || below(cwd, "/dev") || below(cwd, "/sys") {
		return nil
	}
	dir, err := openat2(p.Rootfs, strings.TrimPrefix(cwd, "/"), unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return &driver.FieldError{Path: "working_dir", Value: cwd, Reason: "no such directory in the container", Class: driver.ErrNotFound}
	}
	return dir.Close()
}

func below(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// join finds the namespaces of the containers that a Command joins. Who joins
// the IPC of another sees its /dev/shm as well: POSIX shared memory lives there.
func (d *Driver) join(c *driver.Command, p *spec.Place, scratch string) error {
	namespaces, ipc, err := d.peers(c)
	p.Namespaces = namespaces
	if err != nil || ipc == 0 {
		return err
	}
	shm := peerShm(scratch)
	p.Mounts = append(p.Mounts, shm)
	return borrowShm(ipc, shm.Source)
}

// peers finds the namespaces, and the init of the container whose IPC is joined.
func (d *Driver) peers(c *driver.Command) (found map[specs.LinuxNamespaceType]string, ipc int, err error) {
	found = map[specs.LinuxNamespaceType]string{}
	var errs []error
	if c.Network != nil && c.Network.ContainerID != "" {
		pid, err := d.peer("network.container_id", c.Network.ContainerID)
		found[specs.NetworkNamespace] = fmt.Sprintf("/proc/%d/ns/net", pid)
		if d.rootless != nil {
			found[specs.UserNamespace] = fmt.Sprintf("/proc/%d/ns/user", pid)
		}
		errs = append(errs, err)
	}
	if c.Ipc != nil && c.Ipc.ContainerID != "" {
		ipc, err = d.peer("ipc.container_id", c.Ipc.ContainerID)
		found[specs.IPCNamespace] = fmt.Sprintf("/proc/%d/ns/ipc", ipc)
		errs = append(errs, err)
	}
	if c.Network != nil && c.Network.NamespacePath != "" {
		errs = append(errs, checkNetns("network.namespace_path", c.Network.NamespacePath))
	}
	return found, ipc, errors.Join(errs...)
}

// peerShm is the mount of another container's /dev/shm, which borrowShm brings below scratch.
func peerShm(scratch string) specs.Mount {
	return specs.Mount{
		Destination: "/dev/shm", Type: "bind", Source: filepath.Join(scratch, "ipc-shm"),
		Options: []string{"rbind", "rprivate", "nosuid", "noexec", "nodev"},
	}
}

// peer is the init of a running container of this engine, or of a detached one.
func (d *Driver) peer(field, id string) (int, error) {
	other := d.container(id)
	if other == nil && driver.ValidID(id) && keeper.Keeps(d.root, id) {
		if pid := d.keptPid(id); pid != 0 {
			return pid, nil
		}
	}
	if other == nil || !other.alive() {
		return 0, &driver.FieldError{Path: field, Value: id, Reason: "not a running container to join", Class: driver.ErrNotRunning}
	}
	return other.pid(), nil
}
