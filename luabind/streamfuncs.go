package luabind

import (
	"bytes"
	"context"
	"io"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// streamContext is the context of stream functions: they work to the last byte,
// after an interrupt too, like the PostStop hooks of a container that ends.
func streamContext() context.Context { return context.Background() }

// luaWriter calls a Lua function with each chunk, up to the first that it raises
// an error for. It is written to by one goroutine at a time.
type luaWriter struct {
	vm  *vm.VM
	fn  *lua.LFunction
	err error
}

func (w *luaWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	chunk := lua.LString(p)
	w.err = w.vm.Call(streamContext(), w.fn, func(*lua.LState) []lua.LValue { return []lua.LValue{chunk} }, nil)
	if w.err != nil {
		return 0, w.err
	}
	return len(p), nil
}

// failure is valid when nobody writes any more.
func (w *luaWriter) failure() error { return w.err }

// luaReader asks a Lua function for chunks until it returns nil.
type luaReader struct {
	vm   *vm.VM
	fn   *lua.LFunction
	rest []byte

	ctx context.Context
	end context.CancelFunc

	mu  sync.Mutex
	err error
}

func newLuaReader(v *vm.VM, fn *lua.LFunction) *luaReader {
	r := &luaReader{vm: v, fn: fn}
	r.ctx, r.end = context.WithCancel(streamContext())
	return r
}

func (r *luaReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		end := false
		err := r.vm.Call(r.ctx, r.fn, nil, func(_ *lua.LState, out []lua.LValue) error {
			if len(out) == 0 || out[0] == lua.LNil {
				end = true
				return nil
			}
			r.rest = []byte(lua.LVAsString(out[0]))
			return nil
		})
		if end || r.ctx.Err() != nil {
			return 0, io.EOF
		}
		if err != nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.err = err
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close ends the waits of the function: nobody needs its answer any more.
func (r *luaReader) Close() error {
	r.end()
	return nil
}

// failure is what the function raised, nil while it has not.
func (r *luaReader) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// maxLine bounds a line that never ends; it is delivered in pieces.
const maxLine = 1 << 20

// lineWriter hands on whole lines.
type lineWriter struct {
	w    *luaWriter
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
	if len(l.rest) > 0 {
		_, _ = l.w.Write(l.rest) // luaWriter remembers its error
		l.rest = nil
	}
	return l.w.failure()
}
