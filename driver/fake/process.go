package fake

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// program is the body of a process, see Options.Program.
type program = func(ctx context.Context, p *Process) int

// Process is one process, as its program sees it. While it is frozen, reads,
// writes, Sleep and its own exit wait; a program that computes without any of
// them is not slowed.
type Process struct {
	Command *driver.Command // a copy of the container's
	Argv    []string
	Env     []string // KEY=value; of two values for one key the later counts
	Dir     string   // working directory
	User    string
	Pid     int
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer

	clock     *clock.Clock
	program   program
	ctx       context.Context // ends when the process is killed
	die       context.CancelFunc
	input     io.Writer     // the other end of stdin; nil without one
	closeIn   func()        // ends stdin; returns when that is done, however often it is called
	done      chan struct{} // closed when the process has ended
	writing   sync.Mutex
	mu        sync.Mutex    // guards what follows
	thawed    chan struct{} // closed unless frozen
	pending   []int         // signals that arrived while frozen
	traps     map[int]chan int
	started   time.Time // zero: the program never ran
	status    driver.ExitStatus
	stopCause error
}

func newProcess(ctx context.Context, pid int, c *driver.Command, pc *driver.ProcessConfig, pipes *driver.Pipes) *Process {
	if pipes == nil {
		pipes = &driver.Pipes{}
	}
	if pc.Tty {
		pipes = &driver.Pipes{Stdin: pipes.Stdin, Stdout: pipes.Stdout, Stderr: pipes.Stdout}
	}
	p := &Process{
		Command: c.Clone(),
		Argv:    slices.Clone(pc.Argv()),
		Env:     slices.Clone(pc.Env),
		Dir:     cmp.Or(pc.WorkingDir, c.Cwd()),
		User:    cmp.Or(pc.User, "root"),
		Pid:     pid,
		done:    make(chan struct{}),
		thawed:  make(chan struct{}),
		traps:   map[int]chan int{},
		status:  driver.ExitStatus{ExitCode: -1},
	}
	close(p.thawed)
	// Only a signal ends a process; the end of the run's context becomes one.
	p.ctx, p.die = context.WithCancel(context.WithoutCancel(ctx))
	p.attach(pipes)
	context.AfterFunc(p.ctx, p.closeIn)
	return p
}

// LookupEnv is the value of an environment variable, and whether it is set.
func (p *Process) LookupEnv(key string) (string, bool) {
	for _, entry := range slices.Backward(p.Env) {
		if k, v, ok := strings.Cut(entry, "="); ok && k == key {
			return v, true
		}
	}
	return "", false
}

// Sleep waits for d; the error is that of a process which was killed meanwhile.
func (p *Process) Sleep(d time.Duration) error {
	_ = p.clock.Sleep(p.ctx, d) // the gate tells
	return p.gate()
}

// Trap turns signals into messages instead of their default action. SIGKILL and
// SIGSTOP cannot be trapped, see signal(7). A message that finds the channel full
// is dropped, so ignoring a signal is to trap it and not to read.
func (p *Process) Trap(sigs ...int) <-chan int {
	ch := make(chan int, 16)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, sig := range sigs {
		if sig != int(syscall.SIGKILL) && sig != int(syscall.SIGSTOP) {
			p.traps[sig] = ch
		}
	}
	return ch
}

// Kill sends a signal to the process itself.
func (p *Process) Kill(sig int) error { return p.deliver(sig) }

// start is the moment of execve(2); false when the process was killed before.
func (p *Process) start() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.endedLocked() {
		return false
	}
	p.started = p.clock.Now()
	return true
}

// run is the life of a started process.
func (p *Process) run() {
	code := 1 // of a program that leaves by runtime.Goexit, as a failed test does
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.status.Signal == 0 {
			p.status.ExitCode = code & 0xff
		}
		p.status.Duration = p.clock.Now().Sub(p.started)
		p.endLocked()
	}()
	code = p.program(p.ctx, p)
	_ = p.gate() // a frozen process does not get to exit; one killed meanwhile has its status
}

func (p *Process) endLocked() {
	p.die()
	close(p.done)
}

func (p *Process) endedLocked() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *Process) hasEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.endedLocked()
}

// startedAt is the moment of start; zero when the program never ran.
func (p *Process) startedAt() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.started
}

// exitStatus is valid once done is closed.
func (p *Process) exitStatus() driver.ExitStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// cause is the cause of the context whose end stopped the process; nil when it
// ended for another reason.
func (p *Process) cause() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopCause
}
