//go:build linux && cgo

package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
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

// claimed is the content of a claim file. A field that an older program may ignore
// when it removes what the claim names is added as it is; any other needs the next
// claimVersion, since the older program removes the claim as well.
//
// No field is left out when it is empty, or what was read would come back.
type claimed struct {
	Version int               `json:"version"`
	ID      string            `json:"id"`
	Owner   int               `json:"owner"`         // pid of the host process
	Scratch string            `json:"scratch"`       // directory made for this run
	Cgroups map[string]string `json:"cgroups"`       // controller -> directory, as libcontainer names them
	Parent  string            `json:"cgroup_parent"` // parent of those, when it is the engine's own
	Unit    *unit             `json:"unit"`          // of those, under systemd

	read map[string]json.RawMessage // with the fields of other versions, which stay when the claim is written again
}

const claimVersion = 1

func (c *claimed) UnmarshalJSON(data []byte) error {
	type known claimed
	if err := json.Unmarshal(data, (*known)(c)); err != nil {
		return err
	}
	return json.Unmarshal(data, &c.read)
}

func (c claimed) MarshalJSON() ([]byte, error) {
	type known claimed
	data, err := json.Marshal(known(c))
	if err != nil || len(c.read) == 0 {
		return data, err
	}
	all := maps.Clone(c.read)
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

func claimPath(root, id string) string { return filepath.Join(root, "."+id+".claim") }

// claimID is the id that the name of a claim file stands for.
func claimID(name string) (string, bool) {
	name, hidden := strings.CutPrefix(name, ".")
	id, ok := strings.CutSuffix(name, ".claim")
	return id, hidden && ok
}

// takeClaim locks the id. The content is what a dead owner left, zero when there
// is none. driver.ErrExists means that a living process owns the id, this one or
// another; one that is only sweeping it is waited for.
func takeClaim(root, id string) (*claim, error) {
	if keeper.Keeps(root, id) {
		return nil, driver.ErrExists
	}
	c, err := settledClaim(claimPath(root, id), os.O_CREATE)
	return notKept(c, err, root, id)
}

// settledClaim locks a claim once it is decided whose it is.
func settledClaim(path string, create int) (*claim, error) {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := lockClaim(path, create)
		if !errors.Is(err, driver.ErrExists) || !undecided(path) || time.Now().After(deadline) {
			return c, err
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

// undecided: a locked claim whose owner is dead is locked by whoever removes what it
// left, and an empty one by its next owner or by a sweep that gives it back. One that
// is gone has just been given back.
func undecided(path string) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	left, err := parseClaim(path, data)
	return err == nil && (left.Owner == 0 || errors.Is(unix.Kill(left.Owner, 0), unix.ESRCH))
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
	c.claimed, err = parseClaim(c.path, data)
	return err
}

// parseClaim reads the content of a claim. A claim is one write, so half a claim
// means that its owner made nothing after it, and reads as empty. What another
// version of the program says that we do not understand is not ours to remove.
func parseClaim(path string, data []byte) (claimed, error) {
	var what claimed
	// What follows the first value is what a longer one before it has left.
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&what)
	if other := (*json.UnmarshalTypeError)(nil); what.Version > claimVersion || errors.As(err, &other) {
		return claimed{}, fmt.Errorf("%w: %s was written by another version of execlua, which alone can remove what it names", driver.ErrUnsupported, path)
	}
	if err != nil {
		return claimed{}, nil
	}
	return what, nil
}

// record says what this run will make, before it is made. It is written over what is
// there and only then cut, so that there is a whole claim at any moment, a full disk
// included.
func (c *claim) record(content claimed) error {
	content.Version, content.Owner = claimVersion, os.Getpid()
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if _, err := c.file.WriteAt(data, 0); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	if err := c.file.Truncate(int64(len(data))); err != nil {
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
