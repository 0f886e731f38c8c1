package luabind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// How much of an output a result holds: all that was asked for, and of an output
// that a function got enough to explain a failure.
const (
	captureMax = 1 << 20
	behindMax  = 64 << 10
)

// sink is what execlua.lines and execlua.buffer give.
type sink struct {
	lines  *lua.LFunction
	buffer int64
}

func (v *VM) sinkClass() bind.Class {
	return bind.Class{Name: "sink", Doc: "A destination for stdout or stderr."}
}

// streams are the pipes of one process and what is kept of its output.
type streams struct {
	pipes          driver.Pipes
	stdout, stderr *output
	terminal       *terminal               // the host's, for a process that is driven from it; else nil
	follows        bool                    // and has its size
	input          func() error            // what a stdin function raised; may be nil
	stop           context.CancelCauseFunc // set by watch
}

// watch gives ctx an end when a destination fails: a program that can no longer
// be heard is stopped. It would only see EPIPE, and the first process of a
// container is immune to the signal that comes with it.
func (s *streams) watch(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, s.stop = context.WithCancelCause(ctx)
	return ctx, s.stop
}

// output is the destination of one stream.
type output struct {
	io.Writer
	of   *streams
	tail *tail        // nil: nothing is kept
	end  func() error // delivers what is held back and returns what a function raised; may be nil
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil {
		o.of.stop(err)
	}
	return n, err
}

// text is what the result says of it.
func (o *output) text() (*string, bool) {
	if o == nil || o.tail == nil {
		return nil, false
	}
	text, truncated := o.tail.text()
	return &text, truncated
}

// end delivers the rest when the process has ended, and adds to the engine's
// error what functions raised. An engine may have told it already, or not: for
// some a writer that fails is merely a broken pipe of the program.
func (s *streams) end(err error) error {
	ends := []func() error{s.input}
	for _, o := range []*output{s.stdout, s.stderr} {
		if o != nil {
			ends = append(ends, o.end)
		}
	}
	errs := []error{err}
	for _, end := range ends {
		if end == nil {
			continue
		}
		if failure := end(); failure != nil && !errors.Is(err, failure) {
			errs = append(errs, failure)
		}
	}
	return unjoin(errors.Join(errs...))
}

// streamWords are what stdin, stdout and stderr can be as text.
func streamWords() map[string][]string {
	output := []string{"inherit", "discard", "capture"}
	return map[string][]string{"stdin": {"discard", "inherit"}, "stdout": output, "stderr": output}
}

// wrongStream is a stream that is none. others are what it can be besides a word.
func wrongStream(name, others string, value lua.LValue) error {
	words := streamWords()[name]
	message := `"` + strings.Join(words, `", "`) + `", ` + others + " expected, got " + describe(value)
	if word, ok := value.(lua.LString); ok {
		if meant := bind.Suggest(string(word), words, nil); meant != "" {
			message += ` (did you mean "` + meant + `"?)`
		}
	}
	if name == "stdin" {
		message += "; data goes in input"
	}
	return &bind.FieldError{Path: name, Message: message}
}

// streams opens what the options name for a process. It is called with the lock held.
func (v *VM) streams(o *runOptions, process *driver.ProcessConfig) (*streams, error) {
	s := &streams{}
	var err error
	if s.stdout, err = v.output(o.Stdout, "stdout", v.vm.Stdout()); err != nil {
		return nil, err
	}
	if s.stderr, err = v.output(o.Stderr, "stderr", v.vm.Stderr()); err != nil {
		return nil, err
	}
	if s.stdout != nil {
		s.stdout.of, s.pipes.Stdout = s, s.stdout
	}
	if s.stderr != nil {
		s.stderr.of, s.pipes.Stderr = s, s.stderr
	}
	if s.pipes.Stdin, err = v.input(o); err != nil {
		return nil, err
	}
	if r, ok := s.pipes.Stdin.(*luaReader); ok {
		s.input = r.failure
	}
	if process.Tty && o.Stdin == lua.LString("inherit") && v.terminal != nil {
		s.terminal = v.terminal
		if s.follows = process.ConsoleSize == [2]int{}; s.follows {
			process.ConsoleSize = v.terminal.size()
		}
	}
	return s, nil
}

// wait waits for a process, and lets it be driven from the host's terminal until
// then, if it is to be.
func (s *streams) wait(process driver.Process) (driver.ExitStatus, error) {
	if s.terminal != nil {
		detach, err := s.terminal.attach(process, s.follows)
		if err != nil {
			s.stop(fmt.Errorf("stdin: %w", err))
		} else {
			defer detach()
		}
	}
	return process.Wait(context.Background())
}

func (v *VM) output(value lua.LValue, name string, own io.Writer) (*output, error) {
	switch value := value.(type) {
	case nil, *lua.LNilType:
		return &output{Writer: own}, nil
	case lua.LString:
		switch value {
		case "inherit":
			return &output{Writer: own}, nil
		case "discard":
			return nil, nil
		case "capture":
			t := &tail{max: captureMax}
			return &output{Writer: t, tail: t}, nil
		}
	case *lua.LFunction:
		t, w := &tail{max: behindMax}, &luaWriter{vm: v.vm, fn: value}
		return &output{Writer: io.MultiWriter(t, w), tail: t, end: w.failure}, nil
	case *lua.LUserData:
		if sink, ok := value.Value.(*sink); ok {
			return v.sinkOutput(sink), nil
		}
		if w, ok := vm.Output(value); ok {
			return &output{Writer: w}, nil
		}
	}
	return nil, wrongStream(name, "an open file, a function, execlua.lines or execlua.buffer", value)
}

func (v *VM) sinkOutput(s *sink) *output {
	if s.lines == nil {
		t := &tail{max: int(s.buffer)}
		return &output{Writer: t, tail: t}
	}
	t, l := &tail{max: behindMax}, &lineWriter{w: &luaWriter{vm: v.vm, fn: s.lines}}
	return &output{Writer: io.MultiWriter(t, l), tail: t, end: l.flush}
}

func describe(value lua.LValue) string {
	if s, ok := value.(lua.LString); ok {
		return `"` + string(s) + `"`
	}
	return value.Type().String()
}

func (v *VM) input(o *runOptions) (io.ReadCloser, error) {
	unset := o.Stdin == nil || o.Stdin == lua.LNil
	if o.Input != nil {
		if !unset {
			return nil, &bind.FieldError{Path: "input", Message: "stdin is set too; one of them"}
		}
		return io.NopCloser(strings.NewReader(*o.Input)), nil
	}
	if unset {
		return nil, nil
	}
	switch value := o.Stdin.(type) {
	case lua.LString:
		switch value {
		case "discard":
			return nil, nil
		case "inherit":
			return keepOpen(v.opts.Stdin), nil
		}
	case *lua.LFunction:
		return newLuaReader(v.vm, value), nil
	case *lua.LUserData:
		if r, ok := vm.Input(value); ok {
			return io.NopCloser(r), nil
		}
	}
	return nil, wrongStream("stdin", "an open file or a function", o.Stdin)
}

// keepOpen hands the VM's own stdin to an engine: a file as it is, since engines
// poll files and leave them open; another reader shielded from Close.
func keepOpen(r io.Reader) io.ReadCloser {
	switch r := r.(type) {
	case nil:
		return nil
	case interface {
		io.ReadCloser
		Fd() uintptr
	}:
		return r
	}
	return io.NopCloser(r)
}

// tail keeps the last max bytes.
type tail struct {
	mu    sync.Mutex
	max   int
	buf   []byte
	total int64
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total += int64(len(p))
	t.buf = append(t.buf, p...)
	// Cutting at twice the size copies each byte once.
	if len(t.buf) > 2*t.max {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-t.max:]...)
	}
	return len(p), nil
}

func (t *tail) text() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf[max(0, len(t.buf)-t.max):]), t.total > int64(t.max)
}
