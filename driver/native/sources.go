//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"

	"github.com/execlua/execlua/driver"
)

// checkSources looks at what a Command's mounts take from the host.
func checkSources(mounts []driver.Mount) error {
	var errs []error
	for i, m := range mounts {
		if m.Type == "tmpfs" {
			continue
		}
		field := fmt.Sprintf("mounts[%d].", i+1)
		if _, err := os.Stat(m.Source); err != nil {
			errs = append(errs, &driver.FieldError{
				Path: field + "source", Value: m.Source,
				Reason: "not there: " + errors.Unwrap(err).Error(), Class: driver.ErrNotFound,
			})
			continue
		}
		errs = append(errs, checkPropagates(field, m))
	}
	return errors.Join(errs...)
}

// checkPropagates refuses a shared or slave mount whose source lies on a mount
// that tells nobody of anything: it would silently be a private one.
func checkPropagates(field string, m driver.Mount) error {
	how := strings.TrimPrefix(m.Propagation, "r")
	if m.Slave {
		field, how = field+"slave", "slave"
	} else {
		field += "propagation"
	}
	if how != "shared" && how != "slave" {
		return nil
	}
	on, err := mountOf(m.Source)
	if err != nil {
		return err
	}
	peers := strings.Fields(on.Optional)
	has := func(kind string) bool {
		return slices.ContainsFunc(peers, func(p string) bool { return strings.HasPrefix(p, kind+":") })
	}
	if has("shared") || how == "slave" && has("master") {
		return nil
	}
	return &driver.FieldError{Path: field, Value: how, Reason: fmt.Sprintf("%s lies on %s, which is a private mount: mount --make-rshared makes it tell", m.Source, on.Mountpoint)}
}

// mountOf is the mount that a path lies on: the longest mount point above it, and
// of several there the last, which covers the others.
func mountOf(path string) (*mountinfo.Info, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	mounts, err := mountinfo.GetMounts(mountinfo.ParentsFilter(real))
	if err != nil {
		return nil, err
	}
	var found *mountinfo.Info
	for _, m := range mounts {
		if found == nil || len(m.Mountpoint) >= len(found.Mountpoint) {
			found = m
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no mount holds %s", real)
	}
	return found, nil
}

// maxProfile bounds a seccomp profile; docker's own has 15 KiB.
const maxProfile = 1 << 20

// readSeccomp reads the file that a Command names.
func readSeccomp(s *driver.Seccomp) ([]byte, error) {
	if s == nil || s.File == "" {
		return nil, nil
	}
	file, err := os.Open(s.File)
	if err != nil {
		return nil, &driver.FieldError{Path: "seccomp.file", Value: s.File, Reason: errors.Unwrap(err).Error(), Class: driver.ErrNotFound}
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxProfile))
}
