//go:build linux

// Command faults kills, starves and stops the host of a container, or the container,
// at every stage of its life, looks at what is left of it, and starts the same id
// again, after which nothing may be left.
//
//	go run ./test/faults                      the table of stages and faults
//	go run ./test/faults -stage S -fault F    a row, a column or a cell of it
//	go run ./test/faults -n 1000 -seed X      so many faults at random moments
//	go run ./test/faults -racers 100          so many processes that want one id
//
// It needs root and cgroups. What it mounts is in a mount namespace of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/internal/testenv"
)

func main() {
	status, inside := enter()
	if inside {
		status = run()
	}
	os.Exit(status)
}

// insideEnv tells the process that has a mount namespace of its own.
const insideEnv = "EXECLUA_FAULTS_INSIDE"

// enter runs this program once more in a mount namespace of its own, unless it is
// there already, or can do nothing there.
func enter() (status int, inside bool) {
	if os.Getenv(insideEnv) != "" || os.Geteuid() != 0 {
		return 0, true
	}
	self := exec.Command("/proc/self/exe", os.Args[1:]...)
	self.Env = append(os.Environ(), insideEnv+"=yes")
	self.Stdin, self.Stdout, self.Stderr = os.Stdin, os.Stdout, os.Stderr
	// The signal comes when the thread ends, which is locked to this goroutine.
	runtime.LockOSThread()
	self.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS, Pdeathsig: unix.SIGTERM}
	// Ctrl-C goes to both: it is for the other to clean up and for us to wait.
	signal.Notify(make(chan os.Signal, 1), unix.SIGINT, unix.SIGTERM)
	err := self.Run()
	if code := (*exec.ExitError)(nil); errors.As(err, &code) {
		return code.ExitCode(), false
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		return 1, false
	}
	return 0, false
}

func run() int {
	var (
		binary  = flag.String("binary", "", "the execlua to try; make builds one when it is empty")
		n       = flag.Int("n", 0, "so many faults at random `moments`")
		seed    = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
		only    = flag.Int("trial", -1, "of the random moments this one `number` alone")
		stage   = flag.String("stage", "", "this stage alone: "+strings.Join(stages(), ", "))
		fault   = flag.String("fault", "", "this fault alone: "+strings.Join(faultNames(), ", "))
		racers  = flag.Int("racers", 0, "so many `processes` that want one id")
		workers = flag.Int("j", runtime.NumCPU(), "so many `trials` at once")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	lab, err := newLab(ctx, *binary, os.Stdout)
	if err == nil {
		switch {
		case *racers > 0:
			lab.race(*racers)
		case *n > 0 || *only >= 0:
			lab.random(*seed, *n, *only, *workers)
		default:
			lab.table(*stage, *fault, *workers)
		}
		err = lab.close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		return 1
	}
	return 0
}

// lab is a place for trials, and what they have found.
type lab struct {
	ctx    context.Context
	name   string // the ids of all trials begin with it
	out    io.Writer
	binary string
	gc     bool // the binary has it
	dir    string
	group  string // a directory for the cgroups of hosts, in a hierarchy that counts processes
	before testenv.Snapshot
	failed failures
}

func newLab(ctx context.Context, binary string, out io.Writer) (*lab, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("needs root")
	}
	if err := testenv.HaveMachine(); err != nil {
		return nil, err
	}
	l := &lab{ctx: ctx, name: fmt.Sprintf("faults-%d", os.Getpid()), out: out, binary: binary}
	var err error
	if l.binary == "" {
		l.binary, err = makeBinary()
	} else {
		l.binary, err = filepath.Abs(l.binary)
	}
	if err != nil {
		return nil, err
	}
	l.gc = exec.Command(l.binary, "gc", "--help").Run() == nil
	if l.dir, err = os.MkdirTemp("", "execlua-faults-"); err != nil {
		return nil, err
	}
	// The engine wants real paths, and a container of any user has to come by.
	if l.dir, err = filepath.EvalSymlinks(l.dir); err == nil {
		err = os.Chmod(l.dir, 0o711)
	}
	if err == nil {
		l.before, err = testenv.Look(l.name, cgroupParent(l.root()))
	}
	if err == nil {
		l.group, err = pidsHierarchy()
	}
	for name, text := range scripts() {
		if err == nil {
			err = os.WriteFile(l.path(name), []byte(text), 0o644)
		}
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(l.dir))
	}
	return l, nil
}

func makeBinary() (string, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	top := filepath.Dir(strings.TrimSpace(string(mod)))
	if out, err := exec.Command("make", "-s", "-C", top, "build").CombinedOutput(); err != nil {
		return "", fmt.Errorf("make build: %w: %s", err, out)
	}
	return filepath.Join(top, "bin", "execlua"), nil
}

// root is the state directory of trials that share one.
func (l *lab) root() string { return l.path("state") }

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

// close looks for what all trials together have left.
func (l *lab) close() error {
	err := os.RemoveAll(l.dir)
	left, lerr := l.before.Left()
	for _, what := range left {
		l.failed.add("left behind: %s", what)
	}
	return errors.Join(err, lerr, l.failed.error())
}
