package luabind

import (
	"bytes"
	"context"
	"errors"
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
}

// output is the destination of one stream.
type output struct {
	io.Writer
	tail  *tail        // nil: nothing is kept
	flush func() error // delivers what is held back; may be nil
}

// text is what the result says of it.
func (o *output) text() (*string, bool) {
	if o == nil || o.tail == nil {
		return nil, false
	}
	text, truncated := o.tail.text()
	return &text, truncated
}

// end delivers the rest when the process has ended.
func (s *streams) end() error {
	var errs []error
	for _, o := range []*output{s.stdout, s.stderr} {
		if o != nil && o.flush != nil {
			errs = append(errs, o.flush())
		}
	}
	return errors.Join(errs...)
}

// streams opens what the options name. It is called with the lock held.
func (v *VM) streams(o *runOptions) (*streams, error) {
	s := &streams{}
	var err error
	if s.stdout, err = v.output(o.Stdout, "stdout", v.vm.Stdout()); err != nil {
		return nil, err
	}
	if s.stderr, err = v.output(o.Stderr, "stderr", v.vm.Stderr()); err != nil {
		return nil, err
	}
	if s.stdout != nil {
		s.pipes.Stdout = s.stdout
	}
	if s.stderr != nil {
		s.pipes.Stderr = s.stderr
	}
	s.pipes.Stdin, err = v.input(o)
	return s, err
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
		t := &tail{max: behindMax}
		return &output{Writer: io.MultiWriter(t, v.writer(value)), tail: t}, nil
	case *lua.LUserData:
		if sink, ok := value.Value.(*sink); ok {
			return v.sinkOutput(sink), nil
		}
		if w, ok := vm.Output(value); ok {
			return &output{Writer: w}, nil
		}
	}
	return nil, &bind.FieldError{Path: name, Message: `"inherit", "discard", "capture", an open file, a function, execlua.lines or execlua.buffer expected, got ` + describe(value)}
}

func (v *VM) sinkOutput(s *sink) *output {
	if s.lines == nil {
		t := &tail{max: int(s.buffer)}
		return &output{Writer: t, tail: t}
	}
	t, l := &tail{max: behindMax}, &lineWriter{w: v.writer(s.lines)}
	return &output{Writer: io.MultiWriter(t, l), tail: t, flush: l.flush}
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
		return io.NopCloser(&luaReader{v: v, fn: value}), nil
	case *lua.LUserData:
		if r, ok := vm.Input(value); ok {
			return io.NopCloser(r), nil
		}
	}
	return nil, &bind.FieldError{Path: "stdin", Message: `"discard", "inherit", an open file or a function expected, got ` + describe(o.Stdin) + `; data goes in input`}
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

// streamContext is the context of stream functions: they work to the last byte,
// after an interrupt too, like the PostStop hooks of a container that ends.
func streamContext() context.Context { return context.Background() }

// writer calls a Lua function with each chunk.
func (v *VM) writer(fn *lua.LFunction) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		chunk := lua.LString(p)
		err := v.vm.Call(streamContext(), fn, func(*lua.LState) []lua.LValue { return []lua.LValue{chunk} }, nil)
		if err != nil {
			return 0, err
		}
		return len(p), nil
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// luaReader asks a Lua function for chunks until it returns nil.
type luaReader struct {
	v    *VM
	fn   *lua.LFunction
	rest []byte
}

func (r *luaReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		end := false
		err := r.v.vm.Call(streamContext(), r.fn, nil, func(_ *lua.LState, out []lua.LValue) error {
			if len(out) == 0 || out[0] == lua.LNil {
				end = true
				return nil
			}
			r.rest = []byte(lua.LVAsString(out[0]))
			return nil
		})
		if err != nil {
			return 0, err
		}
		if end {
			return 0, io.EOF
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
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

// maxLine bounds a line that never ends; it is delivered in pieces.
const maxLine = 1 << 20

// lineWriter hands on whole lines.
type lineWriter struct {
	w    io.Writer
	rest []byte
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 && len(l.rest) < maxLine {
			return len(p), nil
		}
		line, next := l.rest, len(l.rest)
		if i >= 0 {
			line, next = l.rest[:i], i+1
		}
		if _, err := l.w.Write(line); err != nil {
			return 0, err
		}
		l.rest = l.rest[next:]
	}
}

// flush delivers a last line without its newline.
func (l *lineWriter) flush() error {
	if len(l.rest) == 0 {
		return nil
	}
	_, err := l.w.Write(l.rest)
	l.rest = nil
	return err
}
