//go:build linux && cgo

package native

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
)

// claim is the right to use an id: a locked file beside the state directory. It
// is taken before anything is made and says what will be, so that whoever finds
// it unlocked can remove what its dead owner left. See flock(2): the kernel drops
// the lock with the owner's last descriptor, however the owner ends.
type claim struct {
	file *os.File
	path string
	kept bool // over any number of runs
	claimed
}

// claimed is the content of a claim file.
type claimed struct {
	Version int               `json:"version"`
	ID      string            `json:"id"`
	Owner   int               `json:"owner"`                   // pid of the host process
	Scratch string            `json:"scratch,omitempty"`       // directory made for this run
	Cgroups map[string]string `json:"cgroups,omitempty"`       // controller -> directory, as libcontainer names them
	Parent  string            `json:"cgroup_parent,omitempty"` // parent of those, when it is the engine's own
	Unit    *unit             `json:"unit,omitempty"`          // of those, under systemd
}

const claimVersion = 1

func claimPath(root, id string) string { return filepath.Join(root, "."+id+".claim") }

// takeClaim locks the id. The content is what a dead owner left, zero when there
// is none. driver.ErrExists means that a living process owns the id, this one or
// another; one that is only sweeping it is waited for.
func takeClaim(root, id string) (*claim, error) {
	path := claimPath(root, id)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := lockClaim(path, os.O_CREATE)
		if !errors.Is(err, driver.ErrExists) || !beingSwept(path) || time.Now().After(deadline) {
			return notKept(c, err, root, id)
		}
	}
}

// notKept refuses the claim of a detached container, which outlives its owner: only
// a keeper may take it.
func notKept(c *claim, err error, root, id string) (*claim, error) {
	if err == nil && keeper.Keeps(root, id) {
		return nil, errors.Join(driver.ErrExists, c.file.Close())
	}
	return c, err
}

// beingSwept: a locked claim whose owner is dead is locked by whoever removes what it left.
func beingSwept(path string) bool {
	data, err := os.ReadFile(path)
	var left claimed
	if err != nil || json.Unmarshal(data, &left) != nil || left.Owner == 0 {
		return false
	}
	return errors.Is(unix.Kill(left.Owner, 0), unix.ESRCH)
}

// leftClaim locks the claim that an owner left. The error is os.ErrNotExist when
// there is none: a sweep must not make one, which a start would find locked.
func leftClaim(root, id string) (*claim, error) {
	c, err := lockClaim(claimPath(root, id), 0)
	return notKept(c, err, root, id)
}

func lockClaim(path string, create int) (*claim, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|create, 0o600)
		if err != nil {
			return nil, fmt.Errorf("claim: %w", err)
		}
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			file.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, driver.ErrExists
			}
			return nil, fmt.Errorf("claim: lock %s: %w", path, err)
		}
		// The owner before us may have removed the file between our open and our lock.
		if same, err := sameFile(file, path); err != nil || !same {
			file.Close()
			if err != nil {
				return nil, fmt.Errorf("claim: %w", err)
			}
			continue
		}
		c := &claim{file: file, path: path}
		if err := c.read(); err != nil {
			file.Close()
			return nil, err
		}
		return c, nil
	}
}

func sameFile(file *os.File, path string) (bool, error) {
	ours, err := file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(ours, there), err
}

func (c *claim) read() error {
	data, err := io.ReadAll(c.file)
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	if len(data) == 0 {
		return nil
	}
	// A claim is one write, so half a claim means that its owner made nothing after it.
	if json.Unmarshal(data, &c.claimed) != nil {
		c.claimed = claimed{}
	}
	return nil
}

// record says what this run will make, before it is made.
func (c *claim) record(content claimed) error {
	content.Version, content.Owner = claimVersion, os.Getpid()
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := c.file.Truncate(0); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	if _, err := c.file.WriteAt(data, 0); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	c.claimed = content
	return nil
}

// leave lets go of what could not be removed, for the next sweep.
func (c *claim) leave() error {
	if c.kept {
		return nil
	}
	return c.file.Close()
}

// release gives the id back. The file goes first: whoever opens it in between
// finds out in takeClaim.
func (c *claim) release() error {
	if c.kept {
		return c.record(claimed{})
	}
	return errors.Join(os.Remove(c.path), c.file.Close())
}
