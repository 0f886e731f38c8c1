package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/vm"
)

const shellGrace = 10 * time.Second

// process is a program of the host.
type process struct {
	name    string
	access  *Access
	cmd     *exec.Cmd
	streams Streams
	timeout *time.Duration
	grace   time.Duration
	check   bool
	group   bool // it has a process group of its own

	dir     *os.File // where it starts, when that is held open
	exited  chan struct{}
	pid     int
	started time.Time
	stop    context.CancelCauseFunc

	mu     sync.Mutex
	reaped bool // its number may be another's

	over chan struct{} // closed at the end; what is below is valid then
	took time.Duration
	why  error // why it was stopped, nil when it was not
	err  error
}

func (p *process) String() string { return fmt.Sprintf("process %d (%s)", p.pid, p.name) }

// prepare reads what a script has given. It is called with the lock held.
func (s *shell) prepare(argv []string, o *ShellOptions) (*process, error) {
	if o == nil {
		o = &ShellOptions{}
	}
	if len(argv) == 0 || argv[0] == "" {
		return nil, invalid("argv", `a program expected: { "name", … }`)
	}
	for _, arg := range argv {
		if strings.ContainsRune(arg, 0) {
			return nil, invalid("argv", "a word with a zero byte")
		}
	}
	for name, value := range o.Env {
		if err := checkVariable("opts.env", name, &value); err != nil {
			return nil, err
		}
	}
	path, err := s.which(argv[0])
	if err != nil && s.host.Access.unlimited() && s.host.Access.recorder() != nil {
		path, err = argv[0], nil // it is not run, and may be there when it is
	}
	if err == nil {
		err = s.host.Access.program(path)
	}
	if err != nil {
		return nil, failed("sh", argv[0], err)
	}
	p := &process{
		name: argv[0], access: s.host.Access, timeout: o.Timeout, grace: shellGrace, check: o.Check,
		group: o.Stdin != lua.LString("inherit"), exited: make(chan struct{}), over: make(chan struct{}),
	}
	if o.Grace != nil {
		p.grace = *o.Grace
	}
	p.cmd = &exec.Cmd{
		Path: path, Args: argv, Env: s.host.Env.environ(o.Env),
		SysProcAttr: &syscall.SysProcAttr{Setpgid: p.group, Pdeathsig: syscall.SIGKILL},
	}
	if o.Cwd != nil {
		p.cmd.Dir = *o.Cwd
	}
	if err := s.limit(p, o); err != nil {
		return nil, failed("sh", argv[0], err)
	}
	p.streams, err = s.host.Streams(StreamOptions{Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr, Input: o.Input})
	return p, err
}

// which searches the PATH of the script, in which an empty entry is not the
// working directory.
func (s *shell) which(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil // execve says what is wrong with it
	}
	path, _ := s.host.Env.Lookup("PATH")
	for _, dir := range filepath.SplitList(path) {
		candidate := filepath.Join(dir, name)
		if info, err := os.Stat(candidate); dir == "" || err != nil || !info.Mode().IsRegular() {
			continue
		}
		if unix.Access(candidate, unix.X_OK) == nil {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%w: no such program in PATH", fs.ErrNotExist)
}

// start starts the program. It is stopped when ctx or its time ends, or when
// nobody hears it any more.
func (p *process) start(ctx context.Context) error {
	if r := p.access.recorder(); r != nil {
		return p.record(ctx, r)
	}
	killed := vm.VMOf(ctx).Killed()
	end := context.CancelFunc(func() {})
	if p.timeout != nil {
		ctx, end = context.WithTimeoutCause(ctx, *p.timeout, errTimeout)
	}
	ctx, p.stop = p.streams.Watch(ctx)
	pipes, err := p.connect()
	if err == nil {
		p.started = time.Now()
		err = p.fork()
	}
	if p.dir != nil {
		_ = p.dir.Close() // it was only looked into
	}
	pipes.closeTheirs()
	if err != nil {
		pipes.closeOurs()
		p.stop(nil)
		end()
		return failed("sh", p.name, err)
	}
	p.pid = p.cmd.Process.Pid
	pipes.copy()
	gone := make(chan struct{})
	go p.end(ctx, killed, gone)
	go func() {
		p.wait(ctx, pipes)
		if ctx.Err() != nil {
			p.why = context.Cause(ctx)
		}
		close(gone)
		p.stop(nil)
		end()
		p.err = failed("sh", p.name, p.streams.End(p.failure()))
		close(p.over)
	}()
	return nil
}

// fork starts the program on a thread that stays until it has exited. When this
// process is killed the program gets SIGKILL; but that comes with the end of the
// thread (see PR_SET_PDEATHSIG in prctl(2)), and others end threads. What the program
// has started itself is not reached.
func (p *process) fork() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		for unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
		}
		close(p.exited)
	}()
	return <-started
}

// release stops it with the script.
func (p *process) release(ctx context.Context) error {
	p.stop(errStopped)
	select {
	case <-p.over:
	case <-ctx.Done():
		_ = p.signal(unix.SIGKILL) // what cannot be reached has ended
		<-p.over
	}
	return nil
}

// failure is why the program was stopped, if that is an error.
func (p *process) failure() error {
	if p.why == errTimeout || p.why == errStopped {
		return nil
	}
	return p.why
}

// end asks the program to end when ctx has ended, and then makes it.
func (p *process) end(ctx context.Context, killed, gone <-chan struct{}) {
	select {
	case <-gone:
		return
	case <-ctx.Done():
	}
	_ = p.signal(unix.SIGTERM) // what cannot be reached has ended
	timer := time.NewTimer(p.grace)
	defer timer.Stop()
	select {
	case <-gone:
		return
	case <-timer.C:
	case <-killed:
	}
	_ = p.signal(unix.SIGKILL)
}

// wait waits for the end of the program and of its output, as a shell does. Until
// then the program stays a zombie, so that its number, and its group's, is no other's.
func (p *process) wait(ctx context.Context, pipes *pipes) {
	<-p.exited
	p.took = time.Since(p.started)
	select {
	case <-pipes.copied:
	case <-ctx.Done():
		select {
		case <-pipes.copied:
		case <-time.After(p.grace + time.Second): // it is kept open by something that has left the group
		}
	}
	pipes.closeOurs()
	<-pipes.copied
	if p.group {
		_ = p.signal(unix.SIGKILL) // what it has left in the background
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Wait() // it is ProcessState that tells
	p.reaped = true
}

func (p *process) signal(number syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return nil
	}
	target := p.pid
	if p.group {
		target = -p.pid
	}
	if err := unix.Kill(target, number); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nil
}

// conclude is the result of a program that is over.
func (p *process) conclude() (*ShellResult, error) {
	if p.err != nil {
		return nil, p.err
	}
	var status syscall.WaitStatus // exit code 0, of a process that was recorded
	if p.cmd.ProcessState != nil {
		status = p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	}
	r := &ShellResult{ExitCode: status.ExitStatus(), TimedOut: p.why == errTimeout, Duration: p.took}
	if status.Signaled() {
		name := driver.SignalName(int(status.Signal()))
		r.Signal, r.ExitCode = &name, 128+int(status.Signal())
	}
	r.OK = r.ExitCode == 0 && !r.TimedOut
	stdout, stderr := p.streams.Output()
	if stdout != nil {
		r.Stdout, r.StdoutTruncated = &stdout.Text, stdout.Truncated
	}
	if stderr != nil {
		r.Stderr, r.StderrTruncated = &stderr.Text, stderr.Truncated
	}
	if p.check && !r.OK {
		return nil, &ExitError{Name: p.name, Result: r}
	}
	return r, nil
}
