//go:build unix

package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

func program(id string) *driver.Command {
	return &driver.Command{ID: id, Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "true"}}
}

// own is an error of the caller's, of a type that the server does not know.
type own struct{ code int }

func (e *own) Error() string { return fmt.Sprint("code ", e.code) }

// What the caller brought in comes back as the same value.
func TestErrorsOfTheCaller(t *testing.T) {
	mine := &own{7}
	running := make(chan struct{}, 1)
	c := connect(t, fake.New(fake.Options{Program: func(ctx context.Context, p *fake.Process) int {
		running <- struct{}{}
		if _, err := p.Stdout.Write([]byte("hello\n")); err != nil {
			return 1
		}
		<-ctx.Done()
		return 0
	}}))
	fails := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		return fmt.Errorf("no: %w", mine)
	}
	t.Run("of a hook", func(t *testing.T) {
		_, err := c.Run(context.Background(), program("a"), nil, driver.Hooks{PreStart: []driver.DriverCallback{fails}})
		var failed *driver.HookError
		if got := (*own)(nil); !errors.As(err, &got) || got != mine || !errors.As(err, &failed) || failed.Stage != driver.StagePreStart {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cause of a context", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		go func() {
			<-running
			cancel(mine)
		}()
		_, err := c.Run(ctx, program("b"), &driver.Pipes{Stdout: io.Discard}, driver.Hooks{})
		if got := (*own)(nil); !errors.As(err, &got) || got != mine {
			t.Errorf("got %v", err)
		}
	})
	t.Run("of a writer", func(t *testing.T) {
		pipes := &driver.Pipes{Stdout: writer(func([]byte) (int, error) { return 0, mine })}
		ctx, cancel := context.WithTimeout(context.Background(), short)
		defer cancel()
		_, err := c.Run(ctx, program("c"), pipes, driver.Hooks{})
		if got := (*own)(nil); !errors.As(err, &got) || got != mine {
			t.Errorf("got %v", err)
		}
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// A file as stdin goes to the engine itself, and stays open.
func TestStdinFile(t *testing.T) {
	c := connect(t, fake.New(fake.Options{Program: func(_ context.Context, p *fake.Process) int {
		n, err := io.Copy(p.Stdout, p.Stdin)
		if err != nil || n != 5 {
			return 1
		}
		return 0
	}}))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("hello"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var out bytes.Buffer
	status, err := c.Run(context.Background(), program("a"), &driver.Pipes{Stdin: r, Stdout: &out}, driver.Hooks{})
	if err != nil || status.ExitCode != 0 || out.String() != "hello" {
		t.Errorf("got exit code %d, error %v, output %q", status.ExitCode, err, &out)
	}
	if _, err := r.Stat(); err != nil {
		t.Errorf("the caller's file was closed: %v", err)
	}
}

// A program waits for a reader that does not read: there is no more on the way than
// fits into pipes, and nothing is lost.
func TestSlowReader(t *testing.T) {
	const total = 16 << 20
	var written atomic.Int64
	c := connect(t, fake.New(fake.Options{Program: func(_ context.Context, p *fake.Process) int {
		block := make([]byte, 32<<10)
		for written.Load() < total {
			n, err := p.Stdout.Write(block)
			if written.Add(int64(n)); err != nil {
				return 1
			}
		}
		return 0
	}}))
	read, first, onward := 0, make(chan struct{}), make(chan struct{})
	var once sync.Once
	pipes := &driver.Pipes{Stdout: writer(func(b []byte) (int, error) {
		once.Do(func() { close(first); <-onward })
		read += len(b)
		return len(b), nil
	})}
	go func() {
		<-first
		time.Sleep(short)
		if n := written.Load(); n > 1<<20 {
			t.Errorf("%d bytes were written ahead", n)
		}
		close(onward)
	}()
	status, err := c.Run(context.Background(), program("a"), pipes, driver.Hooks{})
	if err != nil || status.ExitCode != 0 || read != total {
		t.Errorf("got exit code %d, error %v, %d bytes of %d", status.ExitCode, err, read, total)
	}
}

func TestConcurrentCalls(t *testing.T) {
	const calls = 64
	c := connect(t, fake.New(fake.Options{Program: func(_ context.Context, p *fake.Process) int {
		_, err := fmt.Fprintln(p.Stdout, p.Command.ID)
		return map[bool]int{true: 0, false: 1}[err == nil]
	}}))
	var arrived, all sync.WaitGroup
	arrived.Add(calls)
	for i := range calls {
		all.Go(func() {
			id := fmt.Sprint("c", i)
			var out strings.Builder
			hooks := driver.Hooks{PreStart: []driver.DriverCallback{func(ctx context.Context, _ *driver.ProcessConfig, _ int, info *driver.HookInfo) error {
				arrived.Done()
				arrived.Wait() // all of them at once
				_, err := c.Stats(ctx, info.ID)
				return err
			}}}
			status, err := c.Run(context.Background(), program(id), &driver.Pipes{Stdout: &out}, hooks)
			if err != nil || status.ExitCode != 0 || out.String() != id+"\n" {
				t.Errorf("%s: exit code %d, error %v, output %q", id, status.ExitCode, err, out.String())
			}
		})
	}
	all.Wait()
}

// consoles is an engine with a terminal that notes what is called.
type consoles struct {
	*fake.Driver
	mu    sync.Mutex
	calls []string
}

func (d *consoles) Run(ctx context.Context, cmd *driver.Command, _ *driver.Pipes, hooks driver.Hooks) (driver.ExitStatus, error) {
	p := cmd.ProcessConfig.Clone()
	p.Terminal = d
	return driver.ExitStatus{}, hooks.Start(ctx, p, 1, &driver.HookInfo{ID: cmd.ID, Stage: driver.StageStart, Command: cmd})
}

func (d *consoles) Resize(height, width int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, fmt.Sprint("resize ", height, " ", width))
	if height <= 0 {
		return &driver.FieldError{Path: "height", Value: height, Reason: "1 to 65535"}
	}
	return nil
}

func (d *consoles) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, "close")
	return nil
}

// A hook gets the terminal of its process, and what it calls goes to the engine.
func TestTerminal(t *testing.T) {
	engine := &consoles{Driver: fake.New(fake.Options{})}
	c := connect(t, engine)
	cmd := program("a")
	cmd.ProcessConfig.Tty = true
	hooks := driver.Hooks{Start: func(_ context.Context, p *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		var wrong *driver.FieldError
		if err := p.Terminal.Resize(-1, 80); !errors.As(err, &wrong) || wrong.Value != -1 {
			t.Errorf("a size that there is not: %v", err)
		}
		return errors.Join(p.Terminal.Resize(40, 120), p.Terminal.Close())
	}}
	if _, err := c.Run(context.Background(), cmd, nil, hooks); err != nil {
		t.Error(err)
	}
	engine.mu.Lock()
	defer engine.mu.Unlock()
	if want := []string{"resize -1 80", "resize 40 120", "close"}; !slices.Equal(engine.calls, want) {
		t.Errorf("the terminal was asked for %q, want %q", engine.calls, want)
	}
}

// Settle waits for what runs, not for who reads events.
func TestSettle(t *testing.T) {
	release := make(chan struct{})
	c := connect(t, fake.New(fake.Options{Program: func(context.Context, *fake.Process) int { <-release; return 3 }}))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_ = c.Events(ctx) // goes on
	p, err := c.Start(context.Background(), program("a"), nil, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	brief, stop := context.WithTimeout(context.Background(), short)
	defer stop()
	if err := c.Settle(brief); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it runs: %v", err)
	}
	close(release)
	if err := c.Settle(context.Background()); err != nil {
		t.Errorf("settle: %v", err)
	}
	status, err := p.Wait(brief) // its context has ended: the answer is there
	if err != nil || status.ExitCode != 3 {
		t.Errorf("got exit code %d, error %v", status.ExitCode, err)
	}
}
