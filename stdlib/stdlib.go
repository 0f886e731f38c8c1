// Package stdlib holds the modules that scripts require.
//
// To add one: declare it in a file of its own, and list it in Modules.
package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// Module is an embedded module.
type Module struct {
	bind.Module
	Classes []bind.Class // of the objects that its functions give
	Outside bool         // it reaches beyond the VM: files, network, programs, environment
}

// Modules lists the embedded modules, for the VM of one host.
func Modules(h Host) []Module {
	if h.Env == nil {
		h.Env = NewEnvironment(nil)
	}
	return []Module{
		argsModule(h),
		base64Module(),
		envModule(h),
		fsModule(h),
		hashModule(),
		hexModule(),
		httpModule(h),
		jsonModule(),
		logModule(h),
		netModule(h),
		pathModule(h),
		progressModule(h),
		regexpModule(),
		shModule(h),
		shellescapeModule(),
		stringsModule(),
		tableModule(),
		taskModule(),
		templateModule(),
		timeModule(),
		tomlModule(),
		unitsModule(),
		yamlModule(),
	}
}

// Loader makes what require calls.
func (m Module) Loader(b *bind.Binder) lua.LGFunction {
	return func(L *lua.LState) int {
		table, err := m.open(L, b)
		if err != nil {
			vm.Raise(L, err)
		}
		L.Push(table)
		return 1
	}
}

func (m Module) open(L *lua.LState, b *bind.Binder) (*lua.LTable, error) {
	for _, class := range m.Classes {
		mt, err := b.Class(L, class)
		if err != nil {
			return nil, err
		}
		L.SetField(L.Get(lua.RegistryIndex), registryName(class.Name), mt)
	}
	return b.Module(L, m.Module)
}

// registryName is where the metatable of a class is kept in the registry of its VM.
func registryName(class string) string { return "execlua." + class }

// object makes a value of a class that a module has opened.
func object(L *lua.LState, value any, class string) *lua.LUserData {
	return &lua.LUserData{Value: value, Metatable: L.GetTypeMetatable(registryName(class))}
}

// A Go function cannot be interrupted, and memory that is gone takes the process
// with it. So there is a limit to what one call reads and makes.
const (
	maxText    = 64 << 20 // bytes
	maxEntries = 1 << 19  // of all tables together
	maxDepth   = 128      // tables, one in another
)

// checkSize refuses text, an argument or a result, that is beyond a limit.
func checkSize(what string, size, limit int) error {
	if size > limit {
		return &bind.FieldError{Path: what, Message: fmt.Sprintf("%d bytes are too many, the limit is %d", size, limit)}
	}
	return nil
}
