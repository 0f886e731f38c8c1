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
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// Root is a directory that scripts reach, with what is below it.
type Root = stdlib.Root

// Engine opens an engine, at most once in a VM, when a script first names it.
type Engine = func() (driver.Driver, error)

// Options say what a script can reach.
type Options struct {
	Engines map[string]Engine // what execlua.driver(name) can name; nothing else exists
	Engine  string            // the name behind execlua.driver(); "native" when empty
	Force   string            // an engine that every execlua.driver(…) gets, whatever it names

	// Modules lists the embedded modules that scripts may require, without the
	// "execlua." in front. nil is all of them with Host, and without it those that
	// reach nothing outside the VM. Without Host a module touches what the next
	// four list, and nil is nothing; the rest raises denied.
	Modules []string
	// FS are the directories for fs, the files of tls options and load_spec. No
	// link leads out of them, and none may be below another.
	FS []Root
	// Hosts are what http and net may connect to: "example.com:443",
	// "*.example.com:443", "10.0.0.0/8:5432", "[::1]:*", "unix:/run/app.sock". A name
	// leads to public addresses; others must be listed, too, as addresses or networks. What
	// counts is the address that is dialled, for redirects and proxies as well.
	Hosts []string
	// Listen are the addresses that http.serve and net.listen may take, as scripts
	// write them; "127.0.0.1:*" is every port.
	Listen []string
	// Programs are those that sh may run, by their absolute paths. Their environment
	// is Env, whatever a script sets.
	Programs []string
	// Host opens the machine to the script: io, os, dofile, loadfile and modules
	// on disk. It is for scripts of the machine's owner.
	Host bool
	Path []string // with Host: where require looks, patterns in which ? stands for the module
	// Libraries lists those of Lua that scripts have: "coroutine", "table", "string",
	// "math", "debug", "os", "io", "package". nil is all of them; the base library
	// is always there.
	Libraries []string
	Limits    Limits

	// Env is the environment that scripts see, as KEY=value; nil is that of the
	// process with Host, and empty without it.
	Env []string
	// Preempt lets the end of a context end loops that never block, too, which makes
	// tight loops up to 1.9 times slower.
	Preempt bool

	// Admit decides about everything that a script wants to start, before anything
	// of it exists. It sees the final Command of each run and start; for an exec the
	// container's Command with the process in the place of its own; for an update
	// that with the new limits. Of a container that this VM has not started it
	// sees, beside the process or the limits, the id only. An error denies: the
	// script gets its text with the code "denied". It gets a copy, with the lock of the VM
	// free, and may be called by several tasks at once.
	Admit func(ctx context.Context, c *driver.Command) error

	// Detach lets scripts start containers that go on without them, and without this
	// VM, and stay after their end. Without it an attempt is denied.
	Detach bool

	// Source is where RunFile finds scripts, and require, before all else, name.lua
	// and name/init.lua. nil is the machine's file system for RunFile, and nothing
	// for require. os.DirFS follows symbolic links out of its directory; an os.Root
	// does not.
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

	// Record gets what scripts would change beyond containers, in its order, and it is
	// not done: the writes of fs, io and os, and the calls of http, net and sh, which are answered
	// as if all went well. Files are read as the script has left them, and names are
	// looked up. What Admit and the lists above deny is denied. It may be called by any
	// goroutine, by one at a time, and must not use the VM. nil: all is done.
	Record func(Change)

	tests    *testRun         // of RunTests: the script is a file of tests
	recorder *stdlib.Recorder // of RunTests: that of the test
	clock    *clock.Clock     // of RunTests: that of its tests; nil is the machine's
}

// Coverage counts lines, those of several VMs when they share it.
type Coverage = vm.Coverage

// VM runs scripts.
type VM struct {
	opts   Options
	vm     *vm.VM
	binder *bind.Binder
	env    *stdlib.Environment
	access *stdlib.Access
	host   stdlib.Host // the modules' view of this VM

	terminal *terminal // Options.Stdin; nil when that is none

	life context.Context // ends with Interrupt and Close: containers that scripts started hang on it
	end  context.CancelCauseFunc

	mu        sync.Mutex
	occupied  bool              // a script runs
	live      map[*tracked]bool // containers that the script has started and that may run
	listening map[*subscription]bool
	broken    []*handle // whose callbacks have failed
	name      string    // of the running script
	script    string    // what ids have of it
	drivers   map[string]*scriptDriver
	classes   map[string]*lua.LTable    // metatables by class
	methods   map[string]*lua.LFunction // of Commands
}

// tracked is a container that the script has started.
type tracked struct {
	engine driver.Driver
	cmd    *driver.Command
	handle *handle         // nil for a run
	over   <-chan struct{} // closed when it is gone and its output delivered

	detached bool // it goes on without the script
}

const defaultGrace = 10 * time.Second

// New makes a VM.
func New(o Options) (*VM, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
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
	var err error
	if v.access, err = access(o); err != nil {
		return nil, err
	}
	v.access.Recorder = recorder(o)
	v.terminal = newTerminal(o.Stdin)
	v.env = environment(o)
	v.life, v.end = context.WithCancelCause(clock.With(context.Background(), o.clock))
	v.vm = vm.New(vm.Options{
		Stdout: o.Stdout, Stderr: o.Stderr, Stdin: o.Stdin,
		Host: o.Host, Path: o.Path, Libraries: o.Libraries, Source: o.Source, Getenv: v.env.Lookup, Files: v.access.Files, Grace: o.Grace, ErrorValue: v.errorValue,
		Preempt: o.Preempt || o.preempt(), Limits: vm.Limits{Time: o.Limits.Time, Steps: o.Limits.Steps, Memory: o.Limits.Memory},
		Coverage: o.Coverage, Clock: o.clock,
	})
	v.host = v.stdlibHost()
	v.binder = &bind.Binder{Block: vm.Block, Raise: raise, Words: otherWords}
	err = v.vm.Run(context.Background(), "set-up", func(L *lua.LState) error {
		if err := v.openClasses(L); err != nil {
			return err
		}
		return v.openModules(L)
	})
	if err != nil {
		v.vm.Close()
		v.access.Close()
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
	modules := stdlib.Modules(v.host)
	for _, name := range v.opts.Modules {
		if !slices.ContainsFunc(modules, func(m stdlib.Module) bool { return m.Name == "execlua."+name }) {
			return fmt.Errorf("no embedded module %q", name)
		}
	}
	for _, m := range modules {
		if v.offers(m) {
			v.vm.Preload(m.Name, m.Loader(v.binder))
		}
	}
	return v.openTests(L)
}

// offers tells whether scripts may require a module.
func (v *VM) offers(m stdlib.Module) bool {
	if v.opts.Modules == nil {
		return v.opts.Host || !m.Outside
	}
	return slices.Contains(v.opts.Modules, strings.TrimPrefix(m.Name, "execlua."))
}

// Func is a Go function for scripts; see package bind for what its signature means.
type Func = bind.Func

// Param describes one parameter of a Func.
type Param = bind.Param

// Publish makes Go functions known to scripts: require gives the table of them,
// and so does the global of that name, unless there is a dot in it. What was
// published under the name before is replaced. Parameters that are not described
// are named arg1, arg2, ….
func (v *VM) Publish(name string, funcs ...Func) error {
	module := bind.Module{Name: name}
	for _, f := range funcs {
		module.Funcs = append(module.Funcs, f.WithParams())
	}
	err := module.Check()
	if err == nil {
		err = v.vm.Run(context.Background(), "publish", func(L *lua.LState) error {
			table, err := v.binder.Module(L, module)
			if err != nil {
				return err
			}
			return v.publish(L, name, table)
		})
	}
	if err != nil {
		return fmt.Errorf("luabind: publish %q: %w", name, err)
	}
	return nil
}
