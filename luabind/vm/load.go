package vm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Load compiles a chunk; name stands in messages for its file. A first line that
// begins with # is skipped. The error is a *ScriptError, or why the script is over.
func (v *VM) Load(L *lua.LState, source io.Reader, name string) (*lua.LFunction, error) {
	fn, err := v.compileText(L, source, name)
	if err == nil {
		v.opts.Coverage.add(fn.Proto)
	}
	return fn, err
}

// compileText is Load for what is no file, whose lines nobody counts.
func (v *VM) compileText(L *lua.LState, source io.Reader, name string) (*lua.LFunction, error) {
	bound := v.maxSource()
	text, err := io.ReadAll(io.LimitReader(source, int64(bound)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > bound {
		return nil, (&ScriptError{Where: name}).say(fmt.Sprintf("the source is too long (the limit is %d bytes)", bound))
	}
	if bytes.HasPrefix(text, []byte("#")) {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			end = len(text)
		}
		text = text[end:] // the newline stays: lines keep their numbers
	}
	return v.compile(L, string(text), name)
}

// loadFile reads and compiles a file of the host.
func (v *VM) loadFile(L *lua.LState, path string) (*lua.LFunction, error) {
	var text []byte
	err := Block(L, func(context.Context) error {
		file, err := v.opts.Files().OpenFile(path, os.O_RDONLY, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		text, err = io.ReadAll(file)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.Load(L, bytes.NewReader(text), path)
}

// load takes text, as in Lua 5.2, or a function that returns it in pieces.
func (v *VM) load(L *lua.LState) int {
	if reader, ok := L.Get(1).(*lua.LFunction); ok {
		var text strings.Builder
		for {
			L.Push(reader)
			L.Call(0, 1)
			piece := L.Get(-1)
			L.Pop(1)
			if piece == lua.LNil || piece == lua.LString("") {
				break
			}
			if piece.Type() != lua.LTString {
				L.RaiseError("reader function must return a string")
			}
			text.WriteString(piece.String())
			if text.Len() > v.maxSource() {
				break // Load says so
			}
		}
		return v.loaded(L, text.String(), L.OptString(2, "=(load)"))
	}
	source := L.CheckString(1)
	return v.loaded(L, source, L.OptString(2, source))
}

// loaded pushes the function, or nil and the message.
func (v *VM) loaded(L *lua.LState, source, name string) int {
	fn, err := v.compileText(L, strings.NewReader(source), chunkName(name))
	return pushLoaded(L, fn, err)
}

func pushLoaded(L *lua.LState, fn *lua.LFunction, err error) int {
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(fn)
	return 1
}

// chunkName shortens the name of a chunk for messages: after = or @ it stands as
// it is, else the source itself is the name and its first line is shown.
func chunkName(name string) string {
	const limit = 40
	if strings.HasPrefix(name, "=") || strings.HasPrefix(name, "@") {
		return name[1:]
	}
	line, rest, _ := strings.Cut(name, "\n")
	if len(line) > limit {
		line, rest = line[:limit], "…"
	}
	if rest != "" {
		line += "..."
	}
	return `[string "` + line + `"]`
}

func (v *VM) dofile(L *lua.LState) int {
	fn, err := v.loadFile(L, L.CheckString(1))
	if err != nil {
		Raise(L, err)
	}
	results := call(L, fn, nil)
	for _, result := range results {
		L.Push(result)
	}
	return len(results)
}
