//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// host is the process under test.
type host struct {
	cmd    *exec.Cmd
	group  string    // its own cgroup, where children of it that have no other are found
	lines  chan said // closed at the end of its output
	ended  chan struct{}
	stderr string // a file: a pipe would be waited for as long as anybody holds it
}

// said is a line of its output: a stage, and the pid of the container.
type said struct {
	stage string
	init  int
}

// startHost runs the binary in a cgroup of its own. A shell goes there first, so that
// no child of the host is ever outside.
func startHost(group, tmp string, argv ...string) (*host, error) {
	h := &host{group: group, lines: make(chan said, 64), ended: make(chan struct{}), stderr: filepath.Join(filepath.Dir(tmp), "stderr")}
	if err := os.MkdirAll(group, 0o755); err != nil {
		return nil, err
	}
	const enter = `echo $$ >"$0/cgroup.procs" && exec "$@"`
	h.cmd = exec.Command("/bin/sh", append([]string{"-c", enter, group}, argv...)...)
	h.cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stderr, err := os.Create(h.stderr)
	if err == nil {
		h.cmd.Stdout, h.cmd.Stderr = w, stderr
		err = h.cmd.Start()
	}
	if err = errors.Join(err, w.Close(), stderr.Close()); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	go func() {
		defer close(h.lines)
		defer r.Close()
		for lines := bufio.NewScanner(r); lines.Scan(); {
			stage, pid, _ := strings.Cut(lines.Text(), "\t")
			init, _ := strconv.Atoi(pid) // 0 when there is none
			h.lines <- said{stage, init}
		}
	}()
	go func() {
		defer close(h.ended)
		_ = h.cmd.Wait() // how it ended is in ProcessState
	}()
	return h, nil
}

func (h *host) pid() int { return h.cmd.Process.Pid }

// signal does nothing when the host has ended.
func (h *host) signal(sig unix.Signal) { _ = h.cmd.Process.Signal(sig) }

// wait waits for the end of the host.
func (h *host) wait(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-h.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the host has not ended after %v", patience)
	}
}

// end is how the host ended: an exit code, or the name of a signal.
func (h *host) end() string {
	status := h.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return strings.TrimPrefix(unix.SignalName(status.Signal()), "SIG")
	}
	return strconv.Itoa(status.ExitStatus())
}

// said is the standard error, for messages.
func (h *host) complaint() string {
	data, _ := os.ReadFile(h.stderr)
	return strings.TrimSpace(string(data))
}
