package vm

import (
	"crypto/rand"
	"os"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"
)

// maxDate bounds the format of os.date, whose result is up to ten times as long.
const maxDate = 4096

// openOS leaves clock and calendar and adds, with Host, environment and files.
// Programs of the host are not run from here.
func (v *VM) openOS(L *lua.LState) {
	library(L, lua.OpenOs, lua.OsLibName)
	library := restrict(L, lua.OsLibName, "clock", "date", "difftime", "time")
	date, moment := library.RawGetString("date").(*lua.LFunction).GFunction, library.RawGetString("time").(*lua.LFunction).GFunction
	v.replace(L, lua.OsLibName, map[string]lua.LGFunction{
		"date": func(L *lua.LState) int {
			if format := L.OptString(1, ""); len(format) > maxDate {
				L.RaiseError("os.date: format is too long (the limit is %d bytes)", maxDate)
			}
			if L.GetTop() < 2 {
				L.SetTop(1)
				if L.Get(1) == lua.LNil {
					L.Replace(1, lua.LString("%c"))
				}
				L.Push(lua.LNumber(v.opts.Clock.Now().Unix()))
			}
			return date(L)
		},
		"time": func(L *lua.LState) int {
			if L.GetTop() > 0 {
				return moment(L)
			}
			L.Push(lua.LNumber(v.opts.Clock.Now().Unix()))
			return 1
		},
		"exit":    exit,
		"execute": absent("os.execute is not available: a script runs programs in containers"),
	})
	if !v.opts.Host {
		return
	}
	v.replace(L, lua.OsLibName, map[string]lua.LGFunction{
		"getenv": func(L *lua.LState) int {
			value, ok := v.opts.Getenv(L.CheckString(1))
			if !ok {
				L.Push(lua.LNil)
				return 1
			}
			L.Push(lua.LString(value))
			return 1
		},
		"remove": func(L *lua.LState) int { return pushResult(L, v.opts.Files().Remove(L.CheckString(1))) },
		"rename": func(L *lua.LState) int {
			return pushResult(L, v.opts.Files().Rename(L.CheckString(1), L.CheckString(2)))
		},
		"tmpname": v.tmpname,
	})
}

// exit ends the script, never the process: true and nothing are code 0, false is
// 1. Deferred functions run.
func exit(L *lua.LState) int {
	code := 0
	switch value := L.Get(1).(type) {
	case lua.LBool:
		if !value {
			code = 1
		}
	case *lua.LNilType:
	default:
		code = L.CheckInt(1)
	}
	err := &ExitError{Code: code}
	Abort(L, err)
	Raise(L, err)
	return 0
}

// tmpname creates the file, so that the name is the caller's.
func (v *VM) tmpname(L *lua.LState) int {
	f, err := v.createTemp()
	if err != nil {
		Raise(L, err)
	}
	L.Push(lua.LString(f.Name()))
	if err := f.Close(); err != nil {
		Raise(L, err)
	}
	return 1
}

// createTemp makes a file of a name that nobody can guess.
func (v *VM) createTemp() (*os.File, error) {
	name := filepath.Join(os.TempDir(), "lua_"+rand.Text())
	return v.opts.Files().OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// absent stands for a function that the manual has and we do not.
func absent(message string) lua.LGFunction {
	return func(L *lua.LState) int {
		L.RaiseError("%s", message)
		return 0
	}
}
