package drivertest

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

const (
	// patience is how long something may take that has to happen. It is far more
	// than any machine needs, so that only a fault reaches it.
	patience = 30 * time.Second
	// aMoment is how long something is watched that must not happen.
	aMoment = 200 * time.Millisecond
)

// env is one case: the test, the harness and its engine.
type env struct {
	*testing.T
	Harness
	engine driver.Driver
}

// command is a new Command that runs p.
func (t *env) command(p Program) *driver.Command {
	t.Helper()
	return t.Command(t.T, p)
}

// result is the outcome of a run or an exec.
type result struct {
	driver.ExitStatus
	stdout, stderr string
	err            error
}

// run runs a Command and collects its output.
func (t *env) run(ctx context.Context, c *driver.Command, stdin string, hooks driver.Hooks) result {
	var stdout, stderr bytes.Buffer
	pipes := driver.NewPipes(io.NopCloser(strings.NewReader(stdin)), &stdout, &stderr, true)
	status, err := t.engine.Run(ctx, c, pipes, hooks)
	return result{status, stdout.String(), stderr.String(), err}
}

// exec runs a process in a container and collects its output.
func (t *env) exec(c *driver.Command, process *driver.ProcessConfig, stdin string) result {
	var stdout, stderr bytes.Buffer
	pipes := driver.NewPipes(io.NopCloser(strings.NewReader(stdin)), &stdout, &stderr, true)
	code, err := t.engine.Exec(t.Context(), c, process, pipes, driver.Hooks{})
	return result{driver.ExitStatus{ExitCode: code}, stdout.String(), stderr.String(), err}
}

// box is a process that runs: a container's init or an exec.
type box struct {
	driver.Process
	t       *env
	command *driver.Command
	out     *screen
}

// start starts a Command whose program says that it is ready, and waits for it.
// What still runs when the case ends is terminated.
func (t *env) start(ctx context.Context, c *driver.Command, hooks driver.Hooks) *box {
	t.Helper()
	out := &screen{}
	p, err := t.starter().Start(ctx, c, &driver.Pipes{Stdout: out}, hooks)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		// The context of the test has ended; what has ended too is no longer found.
		_ = t.engine.Terminate(context.Background(), c)
		_, _ = p.Wait(context.Background())
	})
	out.await(t, "ready\n")
	return &box{p, t, c, out}
}

// sleeper is a started container that runs until SIGTERM.
func (t *env) sleeper() *box {
	t.Helper()
	return t.start(t.Context(), t.command(Sleep{}), driver.Hooks{})
}

// startExec starts a process, whose program says that it is ready, in a container.
func (t *env) startExec(ctx context.Context, c *driver.Command, p Program) *box {
	t.Helper()
	engine, ok := t.engine.(driver.ExecStarter)
	if !ok {
		t.Skip("the engine is no ExecStarter")
	}
	out := &screen{}
	process, err := engine.StartExec(ctx, c, t.Process(p), &driver.Pipes{Stdout: out}, driver.Hooks{})
	if err != nil {
		t.Fatalf("start exec: %v", err)
	}
	out.await(t, "ready\n")
	return &box{process, t, c, out}
}

// wait waits for the end, which must come without an error.
func (b *box) wait() driver.ExitStatus {
	b.t.Helper()
	status, err := b.waitErr()
	if err != nil {
		b.t.Errorf("wait: %v", err)
	}
	return status
}

func (b *box) waitErr() (driver.ExitStatus, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return b.Wait(ctx)
}

// verb is the engine as one of the small interfaces.
func verb[T any](t *env) T {
	t.Helper()
	engine, ok := t.engine.(T)
	if !ok {
		t.Skipf("the engine is no %v", reflect.TypeFor[T]())
	}
	return engine
}

func (t *env) starter() driver.Starter {
	t.Helper()
	engine, ok := t.engine.(driver.Starter)
	if !ok {
		t.Skip("the engine is no Starter")
	}
	return engine
}

func (t *env) stopper() driver.Stopper {
	t.Helper()
	engine, ok := t.engine.(driver.Stopper)
	if !ok {
		t.Skip("the engine is no Stopper")
	}
	return engine
}

// wantStatus compares what tells how a process ended.
func (t *env) wantStatus(got driver.ExitStatus, code, signal int, stopped bool) {
	t.Helper()
	if got.ExitCode != code || got.Signal != signal || got.Stopped != stopped {
		t.Errorf("got status %+v, want exit code %d, signal %d, stopped %v", got, code, signal, stopped)
	}
}

// wantCode compares the class of an error; "" is no error.
func (t *env) wantCode(what string, err error, code string) {
	t.Helper()
	if got := driver.Code(err); got != code {
		t.Errorf("%s: got code %q (%v), want %q", what, got, err, code)
	}
}

// wantFree fails unless a container of that id can run.
func (t *env) wantFree(id string) {
	t.Helper()
	c := t.command(Exit{3})
	c.ID = id
	r := t.run(t.Context(), c, "", driver.Hooks{})
	if r.err != nil || r.ExitCode != 3 {
		t.Errorf("the id is not free: %+v", r)
	}
}

// screen collects output and can wait for it.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// await waits until text has been written.
func (s *screen) await(t testing.TB, text string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if strings.Contains(s.String(), text) {
			return
		}
	}
	t.Fatalf("no %q within %v; got %q", text, patience, s)
}
