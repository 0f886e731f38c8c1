package stdlib

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	units "github.com/docker/go-units"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// argsModule is execlua.args.
func argsModule(h Host) Module {
	return Module{Module: bind.Module{
		Name: "execlua.args", Doc: "The script's command line.", Funcs: []bind.Func{ArgsFunc("parse", h)},
	}}
}

// ArgsFunc declares the function that reads a command line, which scripts have
// under two names.
func ArgsFunc(name string, h Host) bind.Func {
	return bind.Func{
		Name: name, Doc: "Reads the script's command line into a table by the names of the flags, with _ for -. --help prints the usage and ends the script; a wrong command line ends it with code 2.",
		Params: []bind.Param{
			{Name: "flags", Type: "execlua.Flag[]", Doc: `Each is { "--name", "-n", … }; a name without dashes is an argument by its place.`},
			{Name: "opts", Optional: true, Type: "execlua.ArgsOptions"},
		},
		Returns: []bind.Return{{Type: "table<string, any>"}},
		Fn: func(L *lua.LState, flags *lua.LTable, o *ArgsOptions) (lua.LValue, error) {
			p, err := newArgParser(h, flags, o)
			if err != nil {
				return nil, err
			}
			values, err := p.parse(L)
			if err != nil {
				return nil, p.end(L, err)
			}
			return values, nil
		},
	}
}

// ArgsOptions are the second argument of args.parse.
type ArgsOptions struct {
	Description string   `json:"description"` // what the script does, for --help
	Argv        []string `json:"argv"`        // what to read; nil is the script's own arguments
}

// Flag is a flag or an argument of a script. Its names stand in front as a list.
type Flag struct {
	Help     string     `json:"help"`
	Type     string     `json:"type"`              // "string", "integer", "number", "boolean", "duration" (gives seconds) or "size" (gives bytes); "" is that of the default
	Required bool       `json:"required"`          // the command line is wrong without it
	Default  lua.LValue `json:"default" lua:"any"` // what is given when it is missing
	Choices  []string   `json:"choices"`           // nothing else is accepted
	List     bool       `json:"list"`              // may be repeated, and gives a list; the last argument takes all that are left

	key   string // in the table
	names []string
}

func (f *Flag) positional() bool { return !strings.HasPrefix(f.names[0], "-") }

// helpError is a command line with --help.
type helpError struct{}

func (helpError) Error() string { return "help" }

// end ends the script as a program ends after a look at its command line.
func (p *argParser) end(L *lua.LState, err error) error {
	exit, out, text := &vm.ExitError{}, p.host.Stdout, p.usage()
	if _, asked := err.(helpError); !asked {
		exit.Code, out = 2, p.host.Stderr
		text = fmt.Sprintf("%s: %v\ntry: %s --help\n", p.name, err, p.name)
	}
	if out != nil {
		vm.Unlocked(L, func() { _, _ = io.WriteString(out, text) }) // the exit code says it, too
	}
	vm.Abort(L, exit)
	return exit
}

func newArgParser(h Host, flags *lua.LTable, o *ArgsOptions) (*argParser, error) {
	p := &argParser{host: h, name: "script", argv: h.Args}
	if h.Script != nil {
		p.name = filepath.Base(h.Script())
	}
	if o != nil {
		p.description = o.Description
		if o.Argv != nil {
			p.argv = o.Argv
		}
	}
	for i := 1; i <= flags.Len(); i++ {
		path := fmt.Sprintf("flags[%d]", i)
		entry, ok := flags.RawGetInt(i).(*lua.LTable)
		if !ok {
			return nil, invalid(path, `a table expected: { "--name", help = "…" }`)
		}
		f, err := readFlag(entry, path)
		if err != nil {
			return nil, err
		}
		if other := p.byKey(f.key); other != nil {
			return nil, invalid(path, fmt.Sprintf("%s and %s would both be %s", other.names[0], f.names[0], f.key))
		}
		p.flags = append(p.flags, f)
	}
	return p, nil
}

// readFlag takes names and fields apart, which one table holds.
func readFlag(entry *lua.LTable, path string) (*Flag, error) {
	f := &Flag{}
	fields := &lua.LTable{Metatable: lua.LNil}
	for k, v := entry.Next(lua.LNil); k != lua.LNil; k, v = entry.Next(k) {
		if _, isIndex := k.(lua.LNumber); !isIndex {
			fields.RawSet(k, v)
		}
	}
	if err := (&bind.Binder{}).Decode(fields, f, path); err != nil {
		return nil, err
	}
	for i := 1; i <= entry.Len(); i++ {
		name, ok := entry.RawGetInt(i).(lua.LString)
		if !ok || strings.Trim(string(name), "-") == "" || strings.ContainsAny(string(name), " =\n") {
			return nil, invalid(fmt.Sprintf("%s[%d]", path, i), "a name expected, such as --name, -n or name")
		}
		f.names = append(f.names, string(name))
	}
	if len(f.names) == 0 {
		return nil, invalid(path, `a name expected: { "--name", … }`)
	}
	f.key = strings.ReplaceAll(strings.TrimLeft(f.names[0], "-"), "-", "_")
	return f, f.check(path)
}

var flagTypes = []string{"string", "integer", "number", "boolean", "duration", "size"}

func (f *Flag) check(path string) error {
	if f.Type == "" {
		f.Type = "string"
		switch f.Default.(type) {
		case lua.LBool:
			f.Type = "boolean"
		case lua.LNumber:
			f.Type = "number"
		}
	}
	switch {
	case !slices.Contains(flagTypes, f.Type):
		return invalid(path+".type", fmt.Sprintf("%q is none of %s", f.Type, strings.Join(flagTypes, ", ")))
	case f.positional() && f.Type == "boolean":
		return invalid(path+".type", "an argument by its place cannot be boolean")
	case f.List && f.Default != nil && f.Default != lua.LNil:
		return invalid(path+".default", "a list is empty when it is missing")
	}
	switch def := f.Default.(type) {
	case nil, *lua.LNilType:
	case lua.LString, lua.LNumber:
		value, err := f.value(def.String())
		if err != nil {
			return invalid(path+".default", err.Error())
		}
		f.Default = value
	default:
		if _, ok := def.(lua.LBool); !ok || f.Type != "boolean" {
			return invalid(path+".default", f.Type+" expected, got "+def.Type().String())
		}
	}
	return nil
}

// value reads one word of the command line.
func (f *Flag) value(text string) (lua.LValue, error) {
	if len(f.Choices) > 0 && !slices.Contains(f.Choices, text) {
		return nil, fmt.Errorf("%q is none of %s", text, strings.Join(f.Choices, ", "))
	}
	wrong := fmt.Errorf("%q is no %s", text, f.Type)
	switch f.Type {
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n > 1<<53 || n < -1<<53 {
			return nil, wrong
		}
		return lua.LNumber(n), nil
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n-n != 0 { // nor NaN nor infinite
			return nil, wrong
		}
		return lua.LNumber(n), nil
	case "boolean":
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, wrong
		}
		return lua.LBool(b), nil
	case "duration":
		if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n-n == 0 {
			return lua.LNumber(n), nil
		}
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return nil, wrong
		}
		return lua.LNumber(d.Seconds()), nil
	case "size":
		n, err := units.RAMInBytes(text)
		if err != nil || n < 0 || n > 1<<53 {
			return nil, wrong
		}
		return lua.LNumber(n), nil
	}
	return lua.LString(text), nil
}
