package fake

import (
	"context"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// start starts a container whose program is p; it is terminated when the test ends.
func start(t *testing.T, pipes *driver.Pipes, p func(context.Context, *Process) int) (*Driver, *driver.Command, driver.Process) {
	t.Helper()
	d := New(Options{Program: p})
	c := box("b", "program")
	process, err := d.Start(t.Context(), c, pipes, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Terminate(context.Background(), c) // it may be gone by itself
		_, _ = process.Wait(context.Background())
	})
	return d, c, process
}

// still tells whether nothing comes for a while.
func still[T any](ch <-chan T) bool {
	select {
	case <-ch:
		return false
	case <-time.After(50 * time.Millisecond):
		return true
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A frozen process waits wherever it meets its engine.
func TestFrozenProcessWaits(t *testing.T) {
	for name, op := range map[string]func(*Process){
		"write": func(p *Process) { io.WriteString(p.Stdout, "x") },
		"read":  func(p *Process) { p.Stdin.Read(make([]byte, 1)) },
		"sleep": func(p *Process) { p.Sleep(time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			stdin, feed := io.Pipe()
			begin, passed := make(chan struct{}), make(chan struct{})
			d, c, _ := start(t, &driver.Pipes{Stdin: stdin}, func(ctx context.Context, p *Process) int {
				<-begin
				op(p)
				close(passed)
				<-ctx.Done()
				return 0
			})
			must(t, d.Pause(t.Context(), c))
			close(begin)
			if name == "read" {
				_, err := feed.Write([]byte("x"))
				must(t, err)
			}
			if !still(passed) {
				t.Error("passed while frozen")
			}
			must(t, d.Unpause(t.Context(), c))
			<-passed
		})
	}
}

func TestFrozenProcessDoesNotExit(t *testing.T) {
	begin := make(chan struct{})
	d, c, process := start(t, nil, func(context.Context, *Process) int {
		<-begin
		return 5
	})
	must(t, d.Pause(t.Context(), c))
	close(begin)
	time.Sleep(50 * time.Millisecond)
	if s := d.State("b"); s != Paused {
		t.Errorf("state %s, want %s", s, Paused)
	}
	must(t, d.Unpause(t.Context(), c))
	if status, err := process.Wait(t.Context()); err != nil || status.ExitCode != 5 {
		t.Errorf("got %+v, %v", status, err)
	}
}

// A frozen process sees no signal; all of them come in order when it is thawed.
func TestSignalsWaitForThaw(t *testing.T) {
	ready, got := make(chan struct{}), make(chan int, 2)
	d, c, _ := start(t, nil, func(ctx context.Context, p *Process) int {
		trapped := p.Trap(int(syscall.SIGHUP), int(syscall.SIGUSR1))
		close(ready)
		for {
			select {
			case sig := <-trapped:
				got <- sig
			case <-ctx.Done():
				return 0
			}
		}
	})
	<-ready
	must(t, d.Pause(t.Context(), c))
	must(t, d.Kill(t.Context(), c, int(syscall.SIGUSR1)))
	must(t, d.Kill(t.Context(), c, int(syscall.SIGHUP)))
	if !still(got) {
		t.Error("a signal arrived in a frozen process")
	}
	must(t, d.Unpause(t.Context(), c))
	if first, second := <-got, <-got; first != int(syscall.SIGUSR1) || second != int(syscall.SIGHUP) {
		t.Errorf("got signals %d, %d", first, second)
	}
}

func TestDefaultActions(t *testing.T) {
	for sig, code := range map[syscall.Signal]int{
		syscall.SIGHUP: 129, syscall.SIGKILL: 137, syscall.SIGTERM: 143, 64: 192,
		syscall.SIGCHLD: 0, syscall.SIGCONT: 0, syscall.SIGWINCH: 0, syscall.SIGTSTP: 0, 0: 0,
	} {
		proceed := make(chan struct{})
		d, c, process := start(t, nil, func(ctx context.Context, p *Process) int {
			p.Trap(int(syscall.SIGKILL)) // without effect
			select {
			case <-ctx.Done():
			case <-proceed:
			}
			return 0
		})
		must(t, d.Kill(t.Context(), c, int(sig)))
		if code == 0 {
			close(proceed)
		}
		if status, err := process.Wait(t.Context()); err != nil || status.ExitCode != code {
			t.Errorf("%v: got %+v, %v; want exit code %d", sig, status, err, code)
		}
	}
}

func TestGoexitIsAnExit(t *testing.T) {
	_, _, process := start(t, nil, func(context.Context, *Process) int { runtime.Goexit(); return 0 })
	if status, err := process.Wait(t.Context()); err != nil || status.ExitCode != 1 {
		t.Errorf("got %+v, %v", status, err)
	}
}

// A file given as stdin stays open and usable, and a Read blocked in it is let go.
func TestStdinFileStaysOpen(t *testing.T) {
	read, write, err := os.Pipe()
	must(t, err)
	defer read.Close()
	defer write.Close()
	status, err := New(Options{}).Run(t.Context(), box("b", "true"), &driver.Pipes{Stdin: read}, driver.Hooks{})
	if err != nil || status.ExitCode != 0 {
		t.Fatalf("got %+v, %v", status, err)
	}
	_, err = write.WriteString("x")
	must(t, err)
	if n, err := read.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("reading afterwards: %d, %v", n, err)
	}
}
