package stdlib

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// Environment is the environment of a script. What the script sets is seen by it
// and by the commands of the host that it runs; the process keeps its own.
type Environment struct {
	mu   sync.Mutex
	vars map[string]string
}

// NewEnvironment takes KEY=value as of os.Environ.
func NewEnvironment(environ []string) *Environment {
	e := &Environment{vars: make(map[string]string, len(environ))}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			e.vars[name] = value
		}
	}
	return e
}

// Lookup is to the script what os.LookupEnv is to the process.
func (e *Environment) Lookup(name string) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	value, ok := e.vars[name]
	return value, ok
}

// All is a copy of it.
func (e *Environment) All() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.vars)
}

// environ is the environment as a process gets it, with changes on top.
func (e *Environment) environ(changes map[string]string) []string {
	vars := e.All()
	maps.Copy(vars, changes)
	entries := make([]string, 0, len(vars))
	for name, value := range vars {
		entries = append(entries, name+"="+value)
	}
	slices.Sort(entries)
	return entries
}

func (e *Environment) set(name string, value *string) error {
	if err := checkVariable("name", name, value); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if value == nil {
		delete(e.vars, name)
	} else {
		e.vars[name] = *value
	}
	return nil
}

// checkVariable refuses what execve(2) cannot pass on.
func checkVariable(path, name string, value *string) error {
	switch {
	case name == "" || strings.ContainsAny(name, "=\x00"):
		return invalid(path, fmt.Sprintf("%q is no name for a variable", name))
	case value != nil && strings.ContainsRune(*value, 0):
		return invalid(path, fmt.Sprintf("the value of %s has a zero byte", name))
	}
	return nil
}

// envModule is execlua.env.
func envModule(h Host) Module {
	env := h.Env
	return Module{Outside: true, Module: bind.Module{Name: "execlua.env", Doc: "The environment as the script sees it. os.getenv sees the same.", Funcs: []bind.Func{
		{
			Name: "get", Doc: "Gives the value of a variable.",
			Params:  []bind.Param{{Name: "name"}, {Name: "default", Optional: true, Doc: "What to give when it is not set."}},
			Returns: []bind.Return{{Type: "string?"}},
			Fn: func(name string, def *string) *string {
				if value, ok := env.Lookup(name); ok {
					return &value
				}
				return def
			},
		},
		{
			Name: "require", Doc: "Gives the value of a variable; raises not_found when it is not set or empty.",
			Params: []bind.Param{{Name: "name"}},
			Fn: func(name string) (string, error) {
				value, _ := env.Lookup(name)
				if value == "" {
					return "", failed("env.require", name, fmt.Errorf("%w: the environment has no such variable", driver.ErrNotFound))
				}
				return value, nil
			},
		},
		{Name: "all", Doc: "Gives all variables as a table, a copy.", Fn: func() map[string]string { return env.All() }},
		{
			Name: "set", Doc: "Sets a variable for this script and the host commands that it runs; nil removes it. Containers have environments of their own.",
			Params: []bind.Param{{Name: "name"}, {Name: "value", Optional: true, Type: "string"}},
			Fn:     func(name string, value *string) error { return env.set(name, value) },
		},
	}}}
}
