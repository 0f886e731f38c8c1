package vm

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"
)

const fileType = "FILE*"

// openIO opens the io library of Lua 5.1 without popen. Its calls release the
// lock. Failures are nil, message and errno as in the manual, except that a
// standard stream which cannot be written raises: a script seldom looks there.
func (v *VM) openIO(L *lua.LState) {
	mt := L.NewTypeMetatable(fileType)
	methods := L.NewTable()
	for name, fn := range map[string]lua.LGFunction{
		"close": fileClose, "flush": fileFlush, "lines": fileLines, "read": fileRead,
		"seek": fileSeek, "setvbuf": fileFlush, "write": fileWrite,
	} {
		methods.RawSetString(name, L.NewFunction(fn))
	}
	mt.RawSetString("__index", methods)
	mt.RawSetString("__name", lua.LString("file"))
	mt.RawSetString("__metatable", lua.LFalse)

	stdin := &file{standard: true}
	if v.opts.Stdin != nil {
		stdin.waiting = &interruptible{r: v.opts.Stdin}
		stdin.in = bufio.NewReader(stdin.waiting)
	} else {
		stdin.in = bufio.NewReader(strings.NewReader(""))
	}
	input := v.newFile(L, stdin)
	output := v.newFile(L, &file{standard: true, out: v.stdout})
	lib := L.NewTable()
	lib.RawSetString("stdin", input)
	lib.RawSetString("stdout", output)
	lib.RawSetString("stderr", v.newFile(L, &file{standard: true, out: v.stderr}))
	L.SetGlobal(lua.IoLibName, lib)
	loadedModules(L).RawSetString(lua.IoLibName, lib)

	// The current input and output are one for all tasks, as the streams are.
	withInput := func(fn lua.LGFunction) lua.LGFunction {
		return func(L *lua.LState) int { L.Insert(input, 1); return fn(L) }
	}
	withOutput := func(fn lua.LGFunction) lua.LGFunction {
		return func(L *lua.LState) int { L.Insert(output, 1); return fn(L) }
	}
	v.replace(L, lua.IoLibName, map[string]lua.LGFunction{
		"open":    v.ioOpen,
		"popen":   absent("io.popen is not available: a script runs programs in containers"),
		"tmpfile": v.ioTmpfile,
		"type":    ioType,
		"read":    withInput(fileRead),
		"write":   withOutput(fileWrite),
		"flush":   withOutput(fileFlush),
		"input":   func(L *lua.LState) int { return v.choose(L, &input, os.O_RDONLY) },
		"output":  func(L *lua.LState) int { return v.choose(L, &output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC) },
		"close": func(L *lua.LState) int {
			if L.GetTop() == 0 {
				L.Push(output)
			}
			return fileClose(L)
		},
		"lines": func(L *lua.LState) int { return v.ioLines(L, input) },
	})
}

func (v *VM) newFile(L *lua.LState, f *file) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = f
	ud.Metatable = L.GetTypeMetatable(fileType)
	return ud
}

func checkFile(L *lua.LState, n int) *file {
	f, ok := L.CheckUserData(n).Value.(*file)
	if !ok {
		L.ArgError(n, "file expected")
	}
	return f
}

// pushResult pushes true, or nil, message and errno.
func pushResult(L *lua.LState, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, errno := err.Error(), syscall.Errno(0)
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		message = pathError.Path + ": " + pathError.Err.Error()
	}
	errors.As(err, &errno)
	L.Push(lua.LNil)
	L.Push(lua.LString(message))
	L.Push(lua.LNumber(errno))
	return 3
}

// open opens a file with the lock released: a FIFO waits for its other end.
func (v *VM) open(L *lua.LState, path string, flag int) (*lua.LUserData, error) {
	var f *os.File
	err := Block(L, func(context.Context) (err error) {
		f, err = v.opts.Files().OpenFile(path, flag, 0o666)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.ownFile(f)
	return v.newFile(L, newDiskFile(f)), nil
}

func (v *VM) ioOpen(L *lua.LState) int {
	path, mode := L.CheckString(1), L.OptString(2, "r")
	flag := 0
	switch strings.Replace(mode, "b", "", 1) {
	case "r":
		flag = os.O_RDONLY
	case "w":
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	case "a":
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	case "r+":
		flag = os.O_RDWR
	case "w+":
		flag = os.O_RDWR | os.O_CREATE | os.O_TRUNC
	case "a+":
		flag = os.O_RDWR | os.O_CREATE | os.O_APPEND
	default:
		L.ArgError(2, "invalid mode '"+mode+"'")
	}
	f, err := v.open(L, path, flag)
	if err != nil {
		return pushResult(L, err)
	}
	L.Push(f)
	return 1
}

// choose is io.input and io.output: a name or a file becomes the current one.
func (v *VM) choose(L *lua.LState, current **lua.LUserData, flag int) int {
	switch L.Get(1).(type) {
	case lua.LString:
		f, err := v.open(L, L.CheckString(1), flag)
		if err != nil {
			Raise(L, err)
		}
		*current = f
	case *lua.LNilType:
	default:
		checkFile(L, 1)
		*current = L.CheckUserData(1)
	}
	L.Push(*current)
	return 1
}

func (v *VM) ioLines(L *lua.LState, input *lua.LUserData) int {
	if L.GetTop() == 0 {
		L.Push(input)
		return fileLines(L)
	}
	ud, err := v.open(L, L.CheckString(1), os.O_RDONLY)
	if err != nil {
		Raise(L, err)
	}
	f := ud.Value.(*file)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		n := readItem(L, f, "l", 0)
		if L.Get(-1) == lua.LNil {
			_ = f.close() // it was only read
		}
		return n
	}))
	return 1
}

func (v *VM) ioTmpfile(L *lua.LState) int {
	f, err := v.createTemp()
	if err == nil {
		err = v.opts.Files().Remove(f.Name())
	}
	if err != nil {
		return pushResult(L, err)
	}
	v.ownFile(f)
	L.Push(v.newFile(L, newDiskFile(f)))
	return 1
}

func ioType(L *lua.LState) int {
	ud, ok := L.CheckAny(1).(*lua.LUserData)
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	f, ok := ud.Value.(*file)
	switch {
	case !ok:
		L.Push(lua.LNil)
	case f.isClosed():
		L.Push(lua.LString("closed file"))
	default:
		L.Push(lua.LString("file"))
	}
	return 1
}
