package vm

import (
	"context"
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"
)

// Output gives the stream behind an open file of the io library, for a Go
// function that writes to it with the lock released.
func Output(value lua.LValue) (io.Writer, bool) {
	f, ok := fileOf(value)
	if !ok || f.out == nil {
		return nil, false
	}
	return stream{f}, true
}

// Input is to reading what Output is to writing.
func Input(value lua.LValue) (io.Reader, bool) {
	f, ok := fileOf(value)
	if !ok || f.in == nil {
		return nil, false
	}
	return stream{f}, true
}

func fileOf(value lua.LValue) (*file, bool) {
	ud, ok := value.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	f, ok := ud.Value.(*file)
	return f, ok
}

// stream is a file as Go code sees it.
type stream struct{ f *file }

func (s stream) Write(p []byte) (int, error) {
	if err := s.f.write(string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s stream) Read(p []byte) (int, error) {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.f.closed {
		return 0, errClosedFile
	}
	if s.f.in == nil {
		return 0, os.ErrPermission
	}
	if s.f.waiting != nil { // the last reader's context may have ended
		s.f.waiting.ctx = context.Background()
	}
	return s.f.in.Read(p)
}
