//go:build linux && cgo

package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
)

// A keeper process is this binary once more, with an argv[0], an argument and an
// environment variable of its own. It is started in two steps, so that it is
// nobody's child: a process that starts a keeper has nothing to wait for.
const (
	keeperName = "execlua-keeper"                         // argv[0], which its containers' inits look at
	keeperStep = "_EXECLUA_KEEPER"                        // "start" or "run"
	keeperPipe = 3                                        // what it says here, until it closes it, is why it failed
	keeperArgs = "keeper ROOT SCRATCH CGROUP-DRIVER IDLE" // what follows argv[0]
)

// Open is New with detached containers: those of the state directory, whichever
// process has started them. A keeper process holds them. It is started on demand,
// outlives its starter, and goes when none of them lives and nobody asks.
func Open(o Options) (*keeper.Client, error) {
	if o.OwnProcess {
		return nil, &driver.FieldError{Path: "OwnProcess", Value: true, Reason: "detached containers have a process already", Class: driver.ErrUnsupported}
	}
	d, err := New(o)
	if err != nil {
		return nil, err
	}
	cgroups := CgroupfsDriver
	if d.systemd {
		cgroups = SystemdDriver
	}
	return keeper.NewClient(d, d.root, func() error {
		return spawnKeeper("keeper", d.root, d.scratch, cgroups, keeperIdle.String())
	}), nil
}

// keeperIdle is keeper.Idle but for tests.
var keeperIdle = keeper.Idle

// spawnKeeper returns when a keeper serves.
func spawnKeeper(args ...string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	starter := keeperCommand("start", args, w)
	var stderr bytes.Buffer
	starter.Stderr = &stderr
	err = starter.Run()
	w.Close()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	said, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch text, served := strings.CutPrefix(string(said), "ready\n"); {
	case served && text == "":
		return nil
	case len(said) > 0:
		return errors.New(string(said))
	}
	return fmt.Errorf("it died; see %s", filepath.Join(keeper.Dir(args[1]), keeper.LogName))
}

// keeperCommand is this binary as a step of a keeper. It gets the least of an
// environment that helpers and systemd's bus need.
func keeperCommand(step string, args []string, pipe *os.File) *osexec.Cmd {
	c := osexec.Command("/proc/self/exe", args...)
	c.Args[0] = keeperName
	c.Dir = "/"
	c.ExtraFiles = []*os.File{pipe}
	c.Env = []string{keeperStep + "=" + step}
	for _, name := range []string{"PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "GODEBUG"} {
		if value, ok := os.LookupEnv(name); ok {
			c.Env = append(c.Env, name+"="+value)
		}
	}
	return c
}

// isKeeper tells whether this process is to be a step of a keeper.
func isKeeper() bool {
	return os.Args[0] == keeperName && len(os.Args) == len(strings.Fields(keeperArgs))+1 && os.Args[1] == "keeper" && os.Getenv(keeperStep) != ""
}

// keeperMain is the main of both steps. It returns the exit code.
func keeperMain() int {
	pipe := os.NewFile(keeperPipe, "ready")
	step := runKeeper
	if os.Getenv(keeperStep) == "start" {
		step = startKeeper
	}
	if err := step(pipe); err != nil {
		fmt.Fprintln(os.Stderr, err)
		_, _ = pipe.WriteString(err.Error()) // whoever has left does not miss it
		return 1
	}
	return 0
}

// startKeeper is the first step: it starts the second in a session of its own,
// with no descriptor of whoever wanted the keeper.
func startKeeper(pipe *os.File) error {
	if err := unix.CloseRange(keeperPipe+1, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("close_range: %w", err)
	}
	dir := keeper.Dir(os.Args[2])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, keeper.LogName)
	how := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if stat, err := os.Stat(path); err == nil && stat.Size() > 1<<20 {
		how |= os.O_TRUNC
	}
	log, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		return err
	}
	c := keeperCommand("run", os.Args[1:], pipe)
	c.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	c.Stdout, c.Stderr = log, log
	return c.Start()
}

// runKeeper is the second step, the keeper.
func runKeeper(pipe *os.File) error {
	unix.Umask(0o022)
	unix.CloseOnExec(keeperPipe)
	root, scratch, cgroups := os.Args[2], os.Args[3], os.Args[4]
	idle, err := time.ParseDuration(os.Args[5])
	if err != nil {
		return err
	}
	log := hclog.New(&hclog.LoggerOptions{Name: "keeper", Level: hclog.Info, Output: os.Stderr})
	d, err := New(Options{Root: root, Scratch: scratch, CgroupDriver: cgroups, Logger: log})
	if err != nil {
		return err
	}
	if err := d.leaveCgroup(); err != nil {
		log.Warn("the keeper stays in the cgroup of its starter, and may end with it", "error", err)
	}
	o := keeper.Options{Root: root, Logs: logsDir(root, scratch), Warn: func(message string, err error) { log.Warn(message, "error", err) }}
	ready := func() {
		_, _ = pipe.WriteString("ready\n") // whoever has left does not miss it
		pipe.Close()
	}
	err = keeper.Serve(keepable{d}, o, idle, ready)
	if errors.Is(err, keeper.ErrServed) {
		ready()
		return nil
	}
	return err
}

// logsDir is where the logs are: on a disk beside the usual scratch directory, and
// beside the records elsewhere.
func logsDir(root, scratch string) string {
	if root == DefaultRoot && scratch == DefaultScratch {
		return filepath.Join(filepath.Dir(scratch), "logs")
	}
	return ""
}
