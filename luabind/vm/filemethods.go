package vm

import (
	"context"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// fileWrite returns the file, as in Lua 5.2, so that writes can be chained.
func fileWrite(L *lua.LState) int {
	f := checkFile(L, 1)
	var text strings.Builder
	for i := 2; i <= L.GetTop(); i++ {
		text.WriteString(L.CheckString(i))
	}
	err := Of(L).release(L, func() error { return f.write(text.String()) })
	if err != nil {
		if f.standard || errors.Is(err, errClosedFile) {
			Raise(L, err)
		}
		return pushResult(L, err)
	}
	L.Push(L.Get(1))
	return 1
}

// fileFlush has nothing to do: writes are not buffered.
func fileFlush(L *lua.LState) int {
	checkFile(L, 1)
	L.Push(lua.LTrue)
	return 1
}

func fileClose(L *lua.LState) int {
	f := checkFile(L, 1)
	err := Of(L).release(L, f.close)
	if errors.Is(err, errClosedFile) {
		Raise(L, err)
	}
	return pushResult(L, err)
}

func fileRead(L *lua.LState) int {
	f := checkFile(L, 1)
	top := L.GetTop()
	if top == 1 {
		return readItem(L, f, "l", 0)
	}
	for i := 2; i <= top; i++ {
		format, count := "", 0
		if n, ok := L.Get(i).(lua.LNumber); ok {
			count = max(int(n), 0)
		} else {
			format = strings.TrimPrefix(L.CheckString(i), "*")
			if len(format) != 1 || !strings.Contains("lLna", format) {
				L.ArgError(i, "invalid format")
			}
		}
		if n := readItem(L, f, format, count); n > 1 {
			return n
		}
		if L.Get(-1) == lua.LNil {
			break
		}
	}
	return L.GetTop() - top
}

// readItem pushes what was read, nil at the end of the file, or nil, message and
// errno. A read that was interrupted raises.
func readItem(L *lua.LState, f *file, format string, count int) int {
	var text string
	var failure error
	err := Block(L, func(ctx context.Context) error {
		text, failure = f.read(ctx, format, count)
		if failure != nil {
			return ctx.Err()
		}
		return nil
	})
	switch {
	case err != nil:
		Raise(L, err)
	case failure == io.EOF:
		L.Push(lua.LNil)
		return 1
	case errors.Is(failure, errClosedFile):
		Raise(L, failure)
	case failure != nil:
		return pushResult(L, failure)
	}
	if format == "n" {
		number, _ := parseNumber(text) // read has checked it
		L.Push(lua.LNumber(number))
	} else {
		L.Push(lua.LString(text))
	}
	return 1
}

func fileLines(L *lua.LState) int {
	f := checkFile(L, 1)
	L.Push(L.NewFunction(func(L *lua.LState) int { return readItem(L, f, "l", 0) }))
	return 1
}

func fileSeek(L *lua.LState) int {
	f := checkFile(L, 1)
	whence := 0
	switch L.OptString(2, "cur") {
	case "set":
		whence = io.SeekStart
	case "cur":
		whence = io.SeekCurrent
	case "end":
		whence = io.SeekEnd
	default:
		L.ArgError(2, "invalid option")
	}
	position, err := f.seek(L.OptInt64(3, 0), whence)
	if err != nil {
		return pushResult(L, err)
	}
	L.Push(lua.LNumber(position))
	return 1
}
