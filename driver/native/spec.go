//go:build linux && cgo

package native

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"path/filepath"

	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
)

var _ driver.Speccer = (*Driver)(nil)

// NewSpeccer gives the Spec of an engine with these Options without opening it:
// it needs no root, and no directory is created or swept. It knows no containers,
// so a Command that joins one is refused.
func NewSpeccer(o Options) (driver.Speccer, error) {
	d, err := plain(o)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(d.root); err == nil {
		d.root = real // as New does, and the cgroup is named after it
	}
	return d, nil
}

// Spec is what a start works from. The root of image "host" is made when the
// container starts: its directory is named as it will be, but for a suffix that
// each start draws, and the mounts that fill it are left out.
func (d *Driver) Spec(ctx context.Context, c *driver.Command) ([]byte, error) {
	if d.own != nil {
		return d.own.Spec(ctx, c)
	}
	s, err := d.describe(c)
	if err != nil {
		return nil, wrap("spec", c, err)
	}
	return json.Marshal(s)
}

func (d *Driver) describe(c *driver.Command) (*specs.Spec, error) {
	if err := driver.Validate(c); err != nil {
		return nil, err
	}
	c = d.mapped(c)
	if err := errors.Join(checkSets(c.Resources), checkSources(c.Mounts), d.checkNamespaces(c)); err != nil {
		return nil, err
	}
	place, who, err := d.plan(c)
	if err != nil {
		return nil, err
	}
	seat, err := d.seat(c)
	if err != nil {
		return nil, err
	}
	place.CgroupsPath = seat.path
	return d.build(c, place, who)
}

// plan is place without what has to be made.
func (d *Driver) plan(c *driver.Command) (p spec.Place, who account, err error) {
	scratch := filepath.Join(d.scratch, c.ID)
	users := "/" // image "host" copies the machine's passwd and group
	if c.Image == "" {
		if err := checkRootfs(c.Rootfs); err != nil {
			return p, who, err
		}
		p.Rootfs, users = path.Clean(c.Rootfs), c.Rootfs
	} else {
		p.Rootfs = filepath.Join(scratch, "rootfs")
	}
	if who, err = resolveUser(users, c.ProcessConfig.User, "process_config.user", c.GroupAdd); err != nil {
		return p, who, err
	}
	if err := d.checkAccount(c, &who, "process_config.user", c.ProcessConfig.User); err != nil {
		return p, who, err
	}
	p.User = who.User
	if p.Seccomp, err = readSeccomp(c.Seccomp); err != nil {
		return p, who, err
	}
	if c.Image == "" {
		if err := checkCwd(c, p); err != nil {
			return p, who, err
		}
	}
	namespaces, ipc, err := d.peers(c)
	p.Namespaces = namespaces
	if ipc != 0 {
		p.Mounts = append(p.Mounts, peerShm(scratch))
	}
	return p, who, err
}
