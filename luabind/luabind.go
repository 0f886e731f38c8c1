package luabind

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// Engine opens an engine, at most once in a VM, when a script first names it.
type Engine = func() (driver.Driver, error)

// Options say what a script can reach.
type Options struct {
	Engines map[string]Engine // what execlua.driver(name) can name; nothing else exists
	Engine  string            // the name behind execlua.driver(); "native" when empty
	Force   string            // an engine that every execlua.driver(…) gets, whatever it names

	// Modules lists the embedded modules that scripts may require, without the
	// "execlua." in front. nil is all of them: none reaches outside the VM.
	Modules []string
	// Host opens the machine to the script: io, os, dofile, loadfile and modules
	// on disk. It is for scripts of the machine's owner.
	Host bool
	Path []string // with Host: where require looks, patterns in which ? stands for the module

	// Source is where RunFile finds scripts, and require modules: a.b is a/b.lua or
	// a/b/init.lua. With Host require goes on to Path. nil is the machine's file
	// system for scripts, and no modules.
	Source fs.FS
	Args   []string // the script's arguments: arg[1] on, and ...

	// Coverage counts the lines of scripts and modules that run; nil counts none.
	Coverage *Coverage

	// Stdin is what stdin = "inherit" and io.read read; nil is empty. A terminal is
	// set to raw mode while a process with a terminal of its own inherits it; see Resized.
	Stdin          io.Reader
	Stdout, Stderr io.Writer     // print, and what "inherit" means for a container; nil discards
	Logger         hclog.Logger  // nil drops
	Grace          time.Duration // how long cleaning up may take after the end; 10 s when 0

	tests *testRun // of RunTests: the script is a file of tests
}

// Coverage counts lines, those of several VMs when they share it.
type Coverage = vm.Coverage

// VM runs scripts.
type VM struct {
	opts   Options
	vm     *vm.VM
	binder *bind.Binder

	terminal *terminal // Options.Stdin; nil when that is none

	life context.Context // ends with Interrupt and Close: containers that scripts started hang on it
	end  context.CancelCauseFunc

	mu        sync.Mutex
	live      map[*tracked]bool // containers of the script that may run
	listening map[*subscription]bool
	broken    []*handle // whose callbacks have failed
	script    string    // base name of the running script, for ids
	drivers   map[string]*scriptDriver
	classes   map[string]*lua.LTable    // metatables by class
	methods   map[string]*lua.LFunction // of Commands
}

// tracked is a container that the script owns.
type tracked struct {
	engine driver.Driver
	cmd    *driver.Command
	handle *handle         // nil for a run
	over   <-chan struct{} // closed when it is gone and its output delivered
}

const defaultGrace = 10 * time.Second

// New makes a VM.
func New(o Options) (*VM, error) {
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.Engine == "" {
		o.Engine = "native"
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	v := &VM{opts: o, live: map[*tracked]bool{}, drivers: map[string]*scriptDriver{}, classes: map[string]*lua.LTable{}}
	v.terminal = newTerminal(o.Stdin)
	v.life, v.end = context.WithCancelCause(context.Background())
	v.vm = vm.New(vm.Options{
		Stdout: o.Stdout, Stderr: o.Stderr, Stdin: o.Stdin,
		Host: o.Host, Path: o.Path, Modules: o.Source, Coverage: o.Coverage,
		Grace: o.Grace, ErrorValue: v.errorValue,
	})
	v.binder = &bind.Binder{Block: vm.Block, Raise: raise, Words: otherWords}
	err := v.vm.Run(context.Background(), "set-up", func(L *lua.LState) error {
		if err := v.openClasses(L); err != nil {
			return err
		}
		return v.openModules(L)
	})
	if err != nil {
		v.vm.Close()
		return nil, fmt.Errorf("luabind: %w", err)
	}
	return v, nil
}

func (v *VM) openModules(L *lua.LState) error {
	root, err := v.rootModule(L)
	if err != nil {
		return err
	}
	L.SetGlobal("execlua", root)
	v.vm.Preload("execlua", func(L *lua.LState) int {
		L.Push(root)
		return 1
	})
	modules := stdlib.Modules()
	for _, name := range v.opts.Modules {
		if !slices.ContainsFunc(modules, func(m stdlib.Module) bool { return m.Name == "execlua."+name }) {
			return fmt.Errorf("no embedded module %q", name)
		}
	}
	for _, m := range modules {
		if v.opts.Modules == nil || slices.Contains(v.opts.Modules, strings.TrimPrefix(m.Name, "execlua.")) {
			v.vm.Preload(m.Name, m.Loader(v.binder))
		}
	}
	return v.openTests(L)
}

// Func is a Go function for scripts; see package bind for what its signature means.
type Func = bind.Func

// Param describes one parameter of a Func.
type Param = bind.Param

// Publish makes Go functions known to scripts, as the global table of that name
// and for require. Parameters that are not described are named arg1, arg2, ….
func (v *VM) Publish(name string, funcs ...Func) error {
	module := bind.Module{Name: name}
	for _, f := range funcs {
		module.Funcs = append(module.Funcs, f.WithParams())
	}
	if err := module.Check(); err != nil {
		return fmt.Errorf("luabind: publish %q: %w", name, err)
	}
	return v.vm.Run(context.Background(), "publish", func(L *lua.LState) error {
		table, err := v.binder.Module(L, module)
		if err != nil {
			return err
		}
		L.SetGlobal(name, table)
		v.vm.Preload(name, func(L *lua.LState) int {
			L.Push(table)
			return 1
		})
		return nil
	})
}

// otherWords maps what other tools call a thing to our name for it.
func otherWords(word string) string {
	switch word {
	case "name", "container_name":
		return "id"
	case "command", "cmd", "argv":
		return "process"
	case "args":
		return "arguments"
	case "environment", "envs":
		return "env"
	case "cwd", "workdir", "dir":
		return "working_dir"
	case "mem_limit", "memory", "mem":
		return "resources.memory"
	case "memswap_limit":
		return "resources.memory_swap"
	case "cpus", "cpu_shares", "cpuset_cpus", "cpu_quota", "cpu_period":
		return "resources." + word
	case "pids_limit":
		return "resources.pids"
	case "ulimits":
		return "resources.rlimits"
	case "network_mode", "net":
		return "network"
	case "ipc_mode":
		return "ipc"
	case "pid_mode":
		return "pid"
	case "volumes", "binds", "bind":
		return "mounts"
	case "devices":
		return "autocreated_devices"
	case "read_only":
		return "readonly_rootfs"
	case "group_adds", "groups":
		return "group_add"
	case "stop_timeout":
		return "stop_grace"
	case "target", "destination", "dst":
		return "destination"
	case "src":
		return "source"
	}
	return ""
}
