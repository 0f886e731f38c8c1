package vm

import (
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Libraries are the names for Options.Libraries. The base library, which has no
// name, is always open.
func Libraries() []string {
	return []string{
		lua.CoroutineLibName, lua.TabLibName, lua.StringLibName, lua.MathLibName, utf8LibName,
		lua.DebugLibName, lua.OsLibName, lua.IoLibName, lua.LoadLibName,
	}
}

// openLibraries opens one library after the other. What would block the whole
// VM, end the process or reach around Options is replaced or left out: channel,
// newproxy, _printregs, os.execute, io.popen, most of debug.
func (v *VM) openLibraries(L *lua.LState) {
	v.openBase(L)
	v.preparePackages(L)
	for _, name := range Libraries() {
		if !v.hasLibrary(name) {
			continue
		}
		switch name {
		case lua.CoroutineLibName:
			v.openCoroutine(L)
		case lua.TabLibName:
			v.openTable(L)
		case lua.StringLibName:
			v.openString(L)
		case lua.MathLibName:
			library(L, lua.OpenMath, lua.MathLibName)
		case utf8LibName:
			v.openUTF8(L)
		case lua.DebugLibName:
			v.openDebug(L)
		case lua.OsLibName:
			v.openOS(L)
		case lua.IoLibName:
			if v.opts.Host {
				v.openIO(L)
			}
		case lua.LoadLibName:
			v.openPackage(L)
		}
	}
}

func (v *VM) hasLibrary(name string) bool {
	return v.opts.Libraries == nil || slices.Contains(v.opts.Libraries, name)
}

// library opens one of gopher-lua's libraries and returns its table.
func library(L *lua.LState, open lua.LGFunction, name string) *lua.LTable {
	L.Push(L.NewFunction(open))
	L.Push(lua.LString(name))
	L.Call(1, 1)
	table := L.CheckTable(-1)
	L.Pop(1)
	return table
}

// replace puts functions into the global table of that name.
func (v *VM) replace(L *lua.LState, name string, functions map[string]lua.LGFunction) {
	table := L.GetGlobal(name).(*lua.LTable)
	for name, fn := range functions {
		table.RawSetString(name, L.NewFunction(fn))
	}
}

// restrict leaves only the named entries in a library.
func restrict(L *lua.LState, library string, names ...string) *lua.LTable {
	from, to := L.GetGlobal(library).(*lua.LTable), L.NewTable()
	for _, name := range names {
		to.RawSetString(name, from.RawGetString(name))
	}
	L.SetGlobal(library, to)
	loadedModules(L).RawSetString(library, to)
	return to
}

func (v *VM) openBase(L *lua.LState) {
	library(L, lua.OpenBase, lua.BaseLibName)
	for _, name := range []string{"_GOPHER_LUA_VERSION", "_printregs", "newproxy", "dofile", "loadfile", "require"} {
		L.SetGlobal(name, lua.LNil)
	}
	v.replace(L, "_G", map[string]lua.LGFunction{
		"assert":         assert,
		"collectgarbage": v.collectgarbage,
		"error":          luaError,
		"getmetatable":   getmetatable,
		"load":           v.load,
		"loadstring":     v.load,
		"pcall":          pcall,
		"print":          v.print,
		"setmetatable":   setmetatable,
		"tostring":       func(L *lua.LState) int { L.Push(lua.LString(v.tostring(L, L.CheckAny(1)))); return 1 },
		"unpack":         unpack,
		"xpcall":         xpcall,
	})
	v.guardGaps(L, L.G.Global, "rawset")
	next := L.GetGlobal("next")
	L.SetGlobal("pairs", L.NewClosure(pairs, next))
	L.SetGlobal("ipairs", L.NewClosure(ipairs, L.NewFunction(ipairsNext)))
	if v.opts.Host {
		v.replace(L, "_G", map[string]lua.LGFunction{
			"dofile": v.dofile,
			"loadfile": func(L *lua.LState) int {
				fn, err := v.loadFile(L, L.CheckString(1))
				return pushLoaded(L, fn, err)
			},
		})
	}
}

// openDebug leaves what shows the stack. The rest of the library reaches into
// functions and metatables that a script has no business in.
func (v *VM) openDebug(L *lua.LState) {
	library(L, lua.OpenDebug, lua.DebugLibName)
	names := []string{"traceback"}
	if v.opts.Host {
		names = append(names, "getinfo")
	}
	debug := restrict(L, lua.DebugLibName, names...)
	original := debug.RawGetString("traceback").(*lua.LFunction).GFunction
	debug.RawSetString("traceback", L.NewFunction(traceback(original)))
}

// print writes one line at once. It is no blocking call in the sense of Block: a
// cancelled task may still say so. A write that fails is raised.
func (v *VM) print(L *lua.LState) int {
	texts := make([]string, L.GetTop())
	size := 0
	for i := range texts {
		texts[i] = v.tostring(L, L.Get(i+1))
		size += len(texts[i])
		v.checkSize(L, "print", size)
	}
	line := strings.Join(texts, "\t") + "\n"
	err := v.release(L, func() error {
		_, err := io.WriteString(v.stdout, line)
		return err
	})
	if err != nil {
		Raise(L, err)
	}
	return 0
}

// tostring honours __tostring and __name. Objects are told apart by a keyed hash
// of their address: the address itself is the host's business.
func (v *VM) tostring(L *lua.LState, value lua.LValue) string {
	switch value.Type() {
	case lua.LTNil, lua.LTBool, lua.LTNumber, lua.LTString:
		return value.String()
	}
	if fn := L.GetMetaField(value, "__tostring"); fn != lua.LNil {
		L.Push(fn)
		L.Push(value)
		L.Call(1, 1)
		text := L.Get(-1)
		L.Pop(1)
		if !lua.LVCanConvToString(text) {
			L.RaiseError("'__tostring' must return a string")
		}
		return text.String()
	}
	name := value.Type().String()
	if custom, ok := L.GetMetaField(value, "__name").(lua.LString); ok {
		name = string(custom)
	}
	return fmt.Sprintf("%s: 0x%016x", name, maphash.Comparable(v.seed, value))
}

// pairs honours __pairs, as in Lua 5.2, which the host's objects have.
func pairs(L *lua.LState) int {
	value := L.CheckAny(1)
	if fn := L.GetMetaField(value, "__pairs"); fn != lua.LNil {
		L.SetTop(0)
		L.Push(fn)
		L.Push(value)
		L.Call(1, 3)
		return 3
	}
	table := L.CheckTable(1)
	L.Push(L.Get(lua.UpvalueIndex(1)))
	L.Push(table)
	L.Push(lua.LNil)
	return 3
}

// ipairs honours __index, as in Lua 5.3, and takes userdata.
func ipairs(L *lua.LState) int {
	value := L.Get(1)
	if value.Type() != lua.LTUserData {
		L.CheckTable(1)
	}
	L.Push(L.Get(lua.UpvalueIndex(1)))
	L.Push(value)
	L.Push(lua.LNumber(0))
	return 3
}

func ipairsNext(L *lua.LState) int {
	i := L.CheckInt(2) + 1
	value := L.GetTable(L.Get(1), lua.LNumber(i))
	if value == lua.LNil {
		return 0
	}
	L.Push(lua.LNumber(i))
	L.Push(value)
	return 2
}

// getmetatable returns the metatables of tables only. Those of strings and of
// userdata are the host's: __metatable or false stands for them.
func getmetatable(L *lua.LState) int {
	value := L.CheckAny(1)
	mt := L.GetMetatable(value)
	if value.Type() != lua.LTTable && mt != lua.LNil && L.GetMetaField(value, "__metatable") == lua.LNil {
		mt = lua.LFalse
	}
	L.Push(mt)
	return 1
}

// setmetatable is for tables. gopher-lua's changes the metatable that all
// numbers, or all functions, share.
func setmetatable(L *lua.LState) int {
	table := L.CheckTable(1)
	mt := L.Get(2)
	if mt != lua.LNil || L.GetTop() < 2 {
		L.CheckTable(2)
	}
	if L.GetMetaField(table, "__metatable") != lua.LNil {
		L.RaiseError("cannot change a protected metatable")
	}
	table.Metatable = mt
	L.SetTop(1)
	return 1
}

// collectgarbage knows "count", which is the Go heap of the process in KiB. A
// collection stops the whole process for a moment, so it needs Host.
func (v *VM) collectgarbage(L *lua.LState) int {
	result := 0.0
	switch L.OptString(1, "collect") {
	case "count":
		result = float64(heapSize()) / 1024
	case "collect":
		if v.opts.Host {
			Unlocked(L, runtime.GC)
		}
	}
	L.Push(lua.LNumber(result))
	return 1
}

// maxText bounds what one library function builds, in bytes: it cannot be
// interrupted, and memory that is gone takes the process with it.
const maxText = 256 << 20

// checkSize raises unless function may build a text of that size.
func (v *VM) checkSize(L *lua.LState, function string, size int) {
	bound := maxText
	if limit := v.opts.Limits.Memory; limit > 0 {
		bound = int(min(limit/2, maxText)) // some build a text twice
	}
	if size > bound {
		L.RaiseError("%s: result is too long (the limit is %d bytes)", function, bound)
	}
}
