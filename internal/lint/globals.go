package lint

import (
	"context"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// globals are the names that a script of the command line finds, as a VM has them.
type globals struct {
	names     []string
	libraries map[string][]string // of a table: "string", "io", …
}

// hostNames are globals that the host adds to those of the VM: its module, and
// the arguments of the command line.
func hostNames() []string { return []string{"execlua", "arg"} }

func readGlobals() (*globals, error) {
	g := &globals{names: hostNames(), libraries: map[string][]string{}}
	v := vm.New(vm.Options{Host: true})
	defer v.Close()
	err := v.Run(context.Background(), "names", func(L *lua.LState) error {
		L.G.Global.ForEach(func(key, value lua.LValue) {
			name, ok := key.(lua.LString)
			if !ok {
				return
			}
			g.names = append(g.names, string(name))
			if table, ok := value.(*lua.LTable); ok && table != L.G.Global {
				table.ForEach(func(key, _ lua.LValue) {
					g.libraries[string(name)] = append(g.libraries[string(name)], key.String())
				})
			}
		})
		return nil
	})
	return g, err
}

// fewest says how many arguments functions of Lua cannot do without; the rest
// have no use for a number: Lua's own functions ignore what is too much.
// (Lua 5.1 reference manual, chapter 5.)
func fewest(name string) int {
	switch name {
	case "assert", "getmetatable", "ipairs", "next", "pairs", "pcall", "require", "select", "tonumber", "tostring", "type", "unpack",
		"string.byte", "string.format", "string.len", "string.lower", "string.reverse", "string.upper",
		"table.concat", "table.remove", "table.sort", "table.unpack",
		"math.abs", "math.ceil", "math.floor", "math.max", "math.min", "math.sqrt",
		"os.getenv", "os.remove", "io.open",
		"coroutine.create", "coroutine.resume", "coroutine.status", "coroutine.wrap":
		return 1
	case "rawequal", "rawget", "setmetatable", "xpcall", "setfenv",
		"string.find", "string.gmatch", "string.match", "string.rep", "string.sub",
		"table.insert", "math.fmod", "math.pow", "os.rename":
		return 2
	case "rawset", "string.gsub":
		return 3
	}
	return 0
}

// all are the names that a global can have been meant for.
func (f *file) all() []string {
	return slices.Concat(f.globals.names, f.extra, slices.Sorted(maps.Keys(f.assigned)), slices.Sorted(maps.Keys(f.known)))
}
