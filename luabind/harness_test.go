package luabind_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// host is a Go program that embeds a VM with one engine, in memory.
type host struct {
	*luabind.VM
	engine *fake.Driver
	out    *buffer // what scripts print to stdout
	meetings
}

// newHost opens a VM. Its scripts may require the module "test":
//
//	meet(name)   waits until two have called it with the same name: tasks, hooks
//	             or the program "meet"
//	state(id)    where the engine says a container is in its life
//	oom(id)      a container's memory is used up
//	calls(verb)  how often the engine was asked for it
func newHost(t testing.TB, change func(*luabind.Options)) *host {
	t.Helper()
	h := &host{out: &buffer{}}
	h.engine = fake.New(fake.Options{Program: h.program})
	o := luabind.Options{
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return h.engine, nil }},
		Engine:  "fake",
		Stdin:   strings.NewReader("typed at the host"),
		Stdout:  h.out,
		Stderr:  io.Discard,
		Detach:  true,
	}
	if change != nil {
		change(&o)
	}
	var err error
	if h.VM, err = luabind.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	err = h.Publish("test",
		luabind.Func{Name: "meet", Fn: h.meet},
		luabind.Func{Name: "state", Fn: func(id string) string { return string(h.engine.State(id)) }},
		luabind.Func{Name: "oom", Fn: h.engine.OOM},
		luabind.Func{Name: "calls", Fn: func(verb string) int { return len(h.engine.Calls(verb)) }},
	)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// program adds to fake.Builtins:
//
//	meet NAME      see the module "test"
//	on-term CODE   exits with the code when SIGTERM arrives; once it is ready for
//	               that it can be met under the id of its container
//	ignore-term    ends by SIGKILL only; meets likewise
//	flood LINES    prints lines of 1023 characters
//	murmur         prints its name and stays, whether or not somebody listens
//	fault          ends by SIGSEGV
func (h *host) program(ctx context.Context, p *fake.Process) int {
	number := 0
	if len(p.Argv) > 1 {
		number, _ = strconv.Atoi(p.Argv[1])
	}
	switch p.Argv[0] {
	case "meet":
		if h.meet(ctx, p.Argv[1]) != nil {
			return 1
		}
	case "on-term", "ignore-term":
		term := p.Trap(int(syscall.SIGTERM))
		if p.Argv[0] == "ignore-term" {
			term = nil
		}
		go h.meet(ctx, p.Command.ID)
		select {
		case <-term:
			return number
		case <-ctx.Done():
		}
	case "flood":
		for range number {
			fmt.Fprintln(p.Stdout, strings.Repeat("x", 1023))
		}
	case "murmur":
		_, _ = fmt.Fprintln(p.Stdout, "murmur")
		<-ctx.Done()
	case "fault":
		_ = p.Kill(int(syscall.SIGSEGV))
		<-ctx.Done()
	default:
		return fake.Builtins(ctx, p)
	}
	return 0
}

// run runs a script to its end.
func (h *host) run(source string) (code int, err error) {
	return h.RunString(context.Background(), "test.lua", source)
}

// start runs a script in the background; the function returned waits for its end.
func (h *host) start(source string) (wait func() (code int, err error)) {
	type outcome struct {
		code int
		err  error
	}
	ended := make(chan outcome, 1)
	go func() {
		code, err := h.run(source)
		ended <- outcome{code, err}
	}()
	return func() (int, error) {
		o := <-ended
		return o.code, o.err
	}
}

// meetings are places where two wait for each other.
type meetings struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func (m *meetings) meet(ctx context.Context, name string) error {
	m.mu.Lock()
	if first := m.waiting[name]; first != nil {
		delete(m.waiting, name)
		close(first)
		m.mu.Unlock()
		return nil
	}
	if m.waiting == nil {
		m.waiting = map[string]chan struct{}{}
	}
	second := make(chan struct{})
	m.waiting[name] = second
	m.mu.Unlock()
	select {
	case <-second:
		return nil
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting[name] == second {
		delete(m.waiting, name)
	}
	return context.Cause(ctx)
}

// buffer may be read while a script prints.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
