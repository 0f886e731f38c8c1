//go:build linux && cgo

package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/opencontainers/runc/libcontainer"
	"github.com/opencontainers/runc/libcontainer/configs"
	"github.com/opencontainers/runc/libcontainer/specconv"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"
)

// libcontainerLauncher starts processes as runc does.
type libcontainerLauncher struct{}

// convert turns a spec into libcontainer's configuration.
func convert(id string, s *specs.Spec, systemd bool) (*configs.Config, error) {
	config, err := specconv.CreateLibcontainerConfig(&specconv.CreateOpts{CgroupName: id, Spec: s, UseSystemdCgroup: systemd})
	if err != nil || !systemd {
		return config, err
	}
	r := config.Cgroups.Resources
	if r.PidsLimit == nil {
		// Left out, it is DefaultTasksMax of systemd-system.conf(5), a limit that nobody asked for.
		r.PidsLimit = new(int64(-1))
	}
	tellNoSwap(r)
	return config, nil
}

func (libcontainerLauncher) launch(r launchRequest, created func(pid int) error) (launched, error) {
	// The only hook that may run with libcontainer's mutex held: it never calls back.
	var hookErr error
	r.config.Hooks = configs.Hooks{configs.CreateRuntime: {configs.NewFunctionHook(func(s *specs.State) error {
		hookErr = created(s.Pid)
		return hookErr
	})}}
	dir := filepath.Join(r.root, r.id)
	r.config.Labels = withBundle(r.config.Labels, dir)
	c, err := libcontainer.Create(r.root, r.id, r.config)
	if err != nil {
		return launched{}, err
	}
	if err := writeBundle(dir, r.spec); err != nil {
		return launched{}, err
	}
	process, err := newProcess(r.spec.Process, r.stdio)
	if err != nil {
		return launched{}, err
	}
	process.Init = true
	if err := c.Start(process); err != nil {
		if hookErr != nil {
			return launched{}, hookErr
		}
		return launched{}, startError(err)
	}
	pid, err := process.Pid()
	if err != nil {
		return launched{}, err
	}
	fifo := filepath.Join(dir, "exec.fifo")
	return launched{pid: pid, release: func(init *pidfd) error { return releaseFifo(fifo, init) }}, nil
}

func (libcontainerLauncher) enter(r enterRequest) (int, error) {
	c, err := libcontainer.Load(r.root, r.id)
	if err != nil {
		return 0, err
	}
	process, err := newProcess(r.process, r.stdio)
	if err != nil {
		return 0, err
	}
	if err := c.Start(process); err != nil {
		return 0, startError(err)
	}
	return process.Pid()
}

// newProcess translates the process of a spec, as runc's command line does.
func newProcess(p *specs.Process, stdio childStdio) (*libcontainer.Process, error) {
	out := &libcontainer.Process{
		Args: p.Args, Env: p.Env, Cwd: p.Cwd,
		UID: int(p.User.UID), GID: int(p.User.GID),
		NoNewPrivileges: &p.NoNewPrivileges,
		AppArmorProfile: p.ApparmorProfile,
		Label:           p.SelinuxLabel,
		ConsoleSocket:   stdio.console,
		LogLevel:        strconv.Itoa(int(logrus.GetLevel())),
	}
	if stdio.console == nil {
		out.Stdin, out.Stdout, out.Stderr = stdio.pipes[0], stdio.pipes[1], stdio.pipes[2]
	}
	if size := p.ConsoleSize; size != nil {
		out.ConsoleHeight, out.ConsoleWidth = uint16(size.Height), uint16(size.Width)
	}
	for _, g := range p.User.AdditionalGids {
		out.AdditionalGroups = append(out.AdditionalGroups, int(g))
	}
	if c := p.Capabilities; c != nil {
		out.Capabilities = &configs.Capabilities{
			Bounding: c.Bounding, Effective: c.Effective, Permitted: c.Permitted,
			Inheritable: c.Inheritable, Ambient: c.Ambient,
		}
	}
	for _, l := range p.Rlimits {
		kind, ok := rlimits[l.Type]
		if !ok {
			return nil, fmt.Errorf("unknown limit %s", l.Type)
		}
		out.Rlimits = append(out.Rlimits, configs.Rlimit{Type: kind, Soft: l.Soft, Hard: l.Hard})
	}
	return out, nil
}

// releaseFifo lets a created container run. Its init waits in an open for
// writing of the fifo; our end is opened without blocking, so neither this
// goroutine nor a thread is lost when the init dies instead.
func releaseFifo(path string, init *pidfd) error {
	fifo, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("exec fifo: %w", err)
	}
	defer fifo.Close()
	read := make(chan error, 1)
	go func() { read <- readByte(fifo) }()
	select {
	case err = <-read:
	case <-init.done:
		// It may have run, and ended, already: the byte is in the fifo then.
		_ = fifo.SetReadDeadline(time.Now())
		if err = <-read; err != nil {
			err = readByteNow(fifo)
		}
	}
	if err != nil {
		return errors.New("the init process died before the program started")
	}
	// Without the fifo the state reads as running, not as created.
	return os.Remove(path)
}
