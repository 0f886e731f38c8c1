package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// packages is what require knows.
type packages struct {
	table   *lua.LTable // the global package, whatever a script does with the name
	preload map[string]lua.LGFunction
	loading map[string]*loading
}

// loading is a module whose code runs. It may block, and another task require it
// meanwhile: that one waits.
type loading struct {
	task *Task
	done chan struct{}
}

// loadedModules is package.loaded.
func loadedModules(L *lua.LState) *lua.LTable {
	return L.G.Registry.RawGetString("_LOADED").(*lua.LTable)
}

// Preload makes a module of the host known to require. The loader is called at
// the next require with the name as its argument, and returns the module. Call
// it before scripts run, or with the lock held.
func (v *VM) Preload(name string, loader lua.LGFunction) {
	v.packages.preload[name] = loader
	loadedModules(v.main).RawSetString(name, lua.LNil)
}

// preparePackages makes what Preload needs, whether or not scripts have require.
func (v *VM) preparePackages(L *lua.LState) {
	v.packages = packages{
		table:   L.NewTable(),
		preload: make(map[string]lua.LGFunction),
		loading: make(map[string]*loading),
	}
	if !v.opts.Host || !v.hasLibrary(lua.LoadLibName) {
		L.SetGlobal("module", lua.LNil)
	}
}

func (v *VM) openPackage(L *lua.LState) {
	table := v.packages.table
	table.RawSetString("loaded", loadedModules(L))
	table.RawSetString("preload", L.NewTable())
	table.RawSetString("config", lua.LString("/\n;\n?\n!\n-\n"))
	if v.opts.Host {
		table.RawSetString("path", lua.LString(strings.Join(v.opts.Path, ";")))
		table.RawSetString("cpath", lua.LString(""))
		table.RawSetString("seeall", L.NewFunction(seeall))
	}
	L.SetGlobal(lua.LoadLibName, table)
	loadedModules(L).RawSetString(lua.LoadLibName, table)
	L.SetGlobal("require", L.NewFunction(v.require))
}

// require runs a module once, whichever task asks first. A module that failed
// may be required again.
func (v *VM) require(L *lua.LState) int {
	name := L.CheckString(1)
	loaded := loadedModules(L)
	for {
		if module := loaded.RawGetString(name); module != lua.LNil {
			L.Push(module)
			return 1
		}
		other := v.packages.loading[name]
		if other == nil {
			break
		}
		if other.task == v.current {
			L.RaiseError("module '%s' requires itself", name)
		}
		if err := v.await(L, other.task, other.done); err != nil {
			Raise(L, err)
		}
	}
	self := &loading{task: v.current, done: make(chan struct{})}
	v.packages.loading[name] = self
	defer func() {
		delete(v.packages.loading, name)
		close(self.done)
	}()
	results := call(L, v.findModule(L, name), []lua.LValue{lua.LString(name)})
	module := loaded.RawGetString(name) // module() stores it itself
	if len(results) > 0 && results[0] != lua.LNil {
		module = results[0]
	} else if module == lua.LNil {
		module = lua.LTrue
	}
	loaded.RawSetString(name, module)
	L.Push(module)
	return 1
}

// findModule returns the function that makes the module, or raises where it has looked.
func (v *VM) findModule(L *lua.LState, name string) *lua.LFunction {
	tried := []string{fmt.Sprintf("no field package.preload['%s']", name)}
	if preload, ok := v.packages.table.RawGetString("preload").(*lua.LTable); ok {
		if loader, ok := preload.RawGetString(name).(*lua.LFunction); ok {
			return loader
		}
	}
	if loader := v.packages.preload[name]; loader != nil {
		return L.NewFunction(loader)
	}
	tried = append(tried, fmt.Sprintf("no module '%s' of the host", name))
	if fn := v.sourceModule(L, name, &tried); fn != nil {
		return fn
	}
	if !v.opts.Host {
		L.RaiseError("module '%s' not found:\n\t%s", name, strings.Join(tried, "\n\t"))
	}
	path, ok := v.packages.table.RawGetString("path").(lua.LString)
	if !ok {
		L.RaiseError("package.path must be a string")
	}
	candidate, missing := SearchPath(name, strings.Split(string(path), ";"))
	if candidate == "" {
		L.RaiseError("module '%s' not found:\n\t%s", name, strings.Join(append(tried, missing...), "\n\t"))
	}
	fn, err := v.loadFile(L, candidate)
	if err != nil {
		L.RaiseError("cannot load module '%s': %s", name, err)
	}
	return fn
}

// SearchPath finds the file of a module as require does: it puts the name, with /
// for its dots, in the place of each ? of a pattern. It returns "" when there is
// none, and where it has looked in vain.
func SearchPath(module string, patterns []string) (file string, tried []string) {
	name := strings.ReplaceAll(module, ".", "/")
	for _, pattern := range patterns {
		if pattern == "" {
			continue
		}
		candidate := strings.ReplaceAll(pattern, "?", name)
		if info, err := os.Stat(candidate); err == nil && !info.IsDir() {
			return candidate, tried
		}
		tried = append(tried, fmt.Sprintf("no file '%s'", candidate))
	}
	return "", tried
}

// sourceModule looks for a module in Options.Source.
func (v *VM) sourceModule(L *lua.LState, name string, tried *[]string) *lua.LFunction {
	if v.opts.Source == nil {
		return nil
	}
	base := strings.ReplaceAll(name, ".", "/")
	for _, path := range []string{base + ".lua", base + "/init.lua"} {
		var text []byte
		err := Block(L, func(context.Context) (err error) {
			text, err = fs.ReadFile(v.opts.Source, path)
			return err
		})
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
			*tried = append(*tried, fmt.Sprintf("no file '%s' among the host's", path))
			continue
		case err != nil:
			Raise(L, err)
		}
		fn, err := v.Load(L, bytes.NewReader(text), path)
		if err != nil {
			L.RaiseError("cannot load module '%s': %s", name, err)
		}
		return fn
	}
	return nil
}

// seeall is package.seeall.
func seeall(L *lua.LState) int {
	module := L.CheckTable(1)
	mt, ok := module.Metatable.(*lua.LTable)
	if !ok {
		mt = L.NewTable()
		module.Metatable = mt
	}
	mt.RawSetString("__index", L.G.Global)
	return 0
}
