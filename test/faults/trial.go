//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How long a host may take: to a stage, and to its end after a fault. A script has
// 12 s to end after a signal.
const (
	patience    = 30 * time.Second
	endPatience = 30 * time.Second
)

// trial is one fault in one life.
type trial struct {
	*lab
	id     string // everything of it has it in the name
	own    bool   // the state directory is its own
	root   string // the state directory
	tmp    string // for the host's temporary files
	rootfs string // "" is the machine's own root
	group  string // the cgroup of the host
	host   *host
	init   int // the container's, once it is known
	frozen bool
}

// newTrial makes the directories. An empty root gives the trial one of its own.
func (l *lab) newTrial(name, root string) (*trial, error) {
	t := &trial{lab: l, id: l.name + "-" + name, root: root, own: root == ""}
	t.group = filepath.Join(l.group, t.id)
	if t.own {
		t.root = t.dir("state")
	}
	t.tmp = t.dir("tmp")
	return t, errors.Join(os.MkdirAll(t.root, 0o711), os.MkdirAll(t.tmp, 0o700))
}

// dir is a file of this trial alone.
func (t *trial) dir(name string) string { return t.path(filepath.Join(t.id, name)) }

// names are those of its cgroups. A state directory has a parent for its own ones.
func (t *trial) names() []string {
	if !t.own {
		return []string{t.id}
	}
	return []string{t.id, cgroupParent(t.root)}
}

// cgroupParent is how the engine names what is above the cgroups of a state directory.
func cgroupParent(root string) string {
	sum := sha256.Sum256([]byte(root))
	return "execlua-" + hex.EncodeToString(sum[:4])
}

// start lets a life begin, which stays at a stage.
func (t *trial) start(stage string) (err error) {
	t.host, err = startHost(t.group, t.tmp, t.binary, "--root", t.root, t.path("life.lua"), stage, t.dir(""), t.id, t.rootfs)
	return err
}

// errMissed: the host was not stopped in time.
var errMissed = errors.New("the stage went by too fast")

// reach waits until the life is at a stage.
func (t *trial) reach(stage string, needsInit bool) error {
	if stage == created {
		return t.stopWhenCreated(needsInit)
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		select {
		case line, ok := <-t.host.lines:
			if !ok {
				return fmt.Errorf("the host ended before it came to %q", stage)
			}
			t.init = line.init
			if line.stage == stage {
				return nil
			}
		case <-timeout.C:
			return fmt.Errorf("the host did not come to %q in %v", stage, patience)
		case <-t.ctx.Done():
			return t.ctx.Err()
		}
	}
}

// stopWhenCreated stops the host while the container is made: its directory is there,
// and when it is asked for a first process in its cgroup. The state file, and hooks,
// come after that.
func (t *trial) stopWhenCreated(needsInit bool) error {
	deadline := time.Now().Add(patience)
	for ; !t.frozen; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) || isClosed(t.host.ended) {
			return fmt.Errorf("the host did not come to %q: %s", created, t.host.complaint())
		}
		if _, err := os.Stat(filepath.Join(t.root, t.id)); err == nil {
			t.freeze()
			if t.init = t.firstProcess(); needsInit && t.init == 0 {
				t.thaw()
			}
		}
	}
	select {
	case <-t.host.lines:
		return errMissed
	default:
		return nil
	}
}

// firstProcess is one of the container's cgroup, 0 while there is none.
func (t *trial) firstProcess() int {
	dirs, _ := filepath.Glob(filepath.Join(t.lab.group, cgroupParent(t.root), t.id))
	scopes, _ := filepath.Glob(filepath.Join(t.lab.group, "system.slice", "*", cgroupParent(t.root)+"-"+t.id+".scope"))
	for _, dir := range append(dirs, scopes...) {
		if pids, err := members(dir); err == nil && len(pids) > 0 {
			return pids[0]
		}
	}
	return 0
}

func (t *trial) freeze() {
	t.host.signal(unix.SIGSTOP)
	t.frozen = true
}

func (t *trial) thaw() {
	if t.frozen {
		t.host.signal(unix.SIGCONT)
	}
	t.frozen = false
}

// proceed lets the life go on.
func (t *trial) proceed() error { return os.WriteFile(t.dir("go"), nil, 0o600) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// again starts the id once more.
func (t *trial) again() error {
	out, err := t.execlua("-e", fmt.Sprintf(`execlua.driver():run({ id = %q, image = "host", "echo", "again" }, { check = true })`, t.id))
	if err == nil && out != "again\n" {
		err = fmt.Errorf("printed %q", out)
	}
	if err != nil {
		return fmt.Errorf("the id does not start again: %w", err)
	}
	return nil
}

// sweep removes what the host has left without a start of the id: with the command
// for it, or by opening the engine.
func (t *trial) sweep() error {
	args := []string{"-e", "execlua.driver()"}
	if t.gc {
		args = []string{"gc"}
	}
	_, err := t.execlua(args...)
	return err
}

// execlua runs the binary in the state directory of the trial. A warning is an error:
// it is one of the engine's, of what it could not remove.
func (t *trial) execlua(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.binary, append([]string{"--root", t.root}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.tmp)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil && stderr.Len() > 0 {
		err = errors.New("a warning")
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return string(out), err
}

// close removes the trial, whatever has become of it.
func (t *trial) close() error {
	var err error
	if t.host != nil {
		t.host.signal(unix.SIGKILL)
		<-t.host.ended
		err = t.removeGroup()
	}
	_ = t.sweep() // a failure has been told
	for _, dir := range t.mounted() {
		err = errors.Join(err, unix.Unmount(dir, unix.MNT_DETACH))
	}
	return errors.Join(err, os.RemoveAll(t.dir("")))
}

// removeGroup removes the cgroup of the host, once its processes have gone.
func (t *trial) removeGroup() error {
	var err error
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if err = os.Remove(t.group); err == nil || errors.Is(err, os.ErrNotExist) {
			return nil
		}
	}
	return err
}
