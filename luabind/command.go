package luabind

import (
	"errors"
	"fmt"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// processFields are the process_config's fields that a Command table may hold
// itself. working_dir is not among them: a Command has its own.
var processFields = []string{"privileged", "user", "tty", "entrypoint", "arguments", "env", "console_size"}

// shorthands are the namespaces that a word can stand for.
var shorthands = []struct{ field, word, flag string }{
	{"network", "host", "host_networking"},
	{"network", "none", ""},
	{"ipc", "host", "host_ipc"},
	{"ipc", "private", ""},
	{"pid", "host", "host_pid"},
	{"pid", "private", ""},
	{"uts", "host", "host_uts"},
	{"uts", "private", ""},
}

// newCommand is execlua.command{…}.
func (v *VM) newCommand(L *lua.LState, fields lua.LValue) (lua.LValue, error) {
	cmd, err := v.decodeCommand(L, fields, &driver.Command{})
	if err != nil {
		return nil, err
	}
	if err := validate(cmd); err != nil {
		return nil, err
	}
	return v.record(L, cmd, false), nil
}

// validate is driver.Validate for a Command whose id may be drawn later.
func validate(cmd *driver.Command) error {
	named := cmd.Clone()
	if named.ID == "" {
		named.ID = "drawn-at-start"
	}
	return driver.Validate(named)
}

// record makes the live record of a Command.
func (v *VM) record(L *lua.LState, cmd *driver.Command, readOnly bool) *lua.LUserData {
	aliases := make(map[string]string, len(processFields)+1)
	for _, f := range processFields {
		aliases[f] = "process_config." + f
	}
	aliases["process"] = "process_config"
	with := L.NewFunction(func(L *lua.LState) int {
		derived, err := v.decodeCommand(L, L.CheckTable(2), cmd.Clone())
		if err == nil {
			err = validate(derived)
		}
		if err != nil {
			v.binder.Raise(L, err)
		}
		L.Push(v.record(L, derived, false))
		return 1
	})
	return v.binder.Record(L, cmd, "command", bind.RecordOptions{
		ReadOnly: readOnly, Aliases: aliases, Methods: map[string]*lua.LFunction{"with": with},
	})
}

// command reads a Command, a handle's, or a table that stands for one. The result
// is a copy.
func (v *VM) command(L *lua.LState, value lua.LValue) (*driver.Command, error) {
	if ptr, ok := bind.RecordValue(value); ok {
		if cmd, ok := ptr.(*driver.Command); ok {
			return cmd.Clone(), nil
		}
	}
	if _, ok := value.(*lua.LTable); !ok {
		return nil, &bind.FieldError{Path: "command", Message: "a Command or a table expected, got " + value.Type().String()}
	}
	return v.decodeCommand(L, value, &driver.Command{})
}

// decodeCommand reads a table over what is in base.
func (v *VM) decodeCommand(L *lua.LState, value lua.LValue, base *driver.Command) (*driver.Command, error) {
	table, ok := value.(*lua.LTable)
	if !ok {
		return nil, &bind.FieldError{Path: "command", Message: "a table expected, got " + value.Type().String()}
	}
	plain, err := rewrite(L, table)
	if err != nil {
		return nil, err
	}
	if err := v.binder.Decode(plain, base, ""); err != nil {
		return nil, err
	}
	return base, nil
}

// rewrite turns what a script may write into what the fields of a Command are:
// the argv of the array part or of process, the process's fields, and words for
// namespaces. The table itself stays as it is.
func rewrite(L *lua.LState, table *lua.LTable) (*lua.LTable, error) {
	out, argv, err := split(L, table, "")
	if err != nil {
		return nil, err
	}
	process, err := processPart(L, out, argv)
	if err != nil {
		return nil, err
	}
	for _, name := range processFields {
		value := out.RawGetString(name)
		if value == lua.LNil {
			continue
		}
		if process.RawGetString(name) != lua.LNil {
			return nil, twice(name)
		}
		process.RawSetString(name, value)
		out.RawSetString(name, lua.LNil)
	}
	if process.Len() > 0 || !empty(process) {
		out.RawSetString("process_config", process)
	}
	for _, s := range shorthands {
		if out.RawGetString(s.field) == lua.LString(s.word) {
			record := L.NewTable()
			if s.flag != "" {
				record.RawSetString(s.flag, lua.LTrue)
			}
			out.RawSetString(s.field, record)
		}
	}
	return out, nil
}

func twice(name string) error {
	return &bind.FieldError{Path: name, Message: "set twice: for the command and for its process"}
}

func empty(t *lua.LTable) bool {
	key, _ := t.Next(lua.LNil)
	return key == lua.LNil
}

// processPart is a fresh table of the process's fields.
func processPart(L *lua.LState, out *lua.LTable, argv []lua.LValue) (*lua.LTable, error) {
	process := L.NewTable()
	for _, name := range []string{"process", "process_config"} {
		value := out.RawGetString(name)
		if value == lua.LNil {
			continue
		}
		if !empty(process) {
			return nil, twice("process")
		}
		fields, more, err := processTable(L, value, name)
		if err != nil {
			return nil, err
		}
		if len(argv) > 0 && len(more) > 0 {
			return nil, twice("process")
		}
		process, argv = fields, append(argv, more...)
		out.RawSetString(name, lua.LNil)
	}
	if len(argv) == 0 {
		return process, nil
	}
	if process.RawGetString("entrypoint") != lua.LNil || process.RawGetString("arguments") != lua.LNil {
		return nil, &bind.FieldError{Path: "process", Message: "a list of words is the whole argv; leave out entrypoint and arguments"}
	}
	process.RawSetString("entrypoint", argv[0])
	arguments := L.NewTable()
	for _, word := range argv[1:] {
		arguments.Append(word)
	}
	process.RawSetString("arguments", arguments)
	return process, nil
}

// processTable splits a process into its fields and its argv.
func processTable(L *lua.LState, value lua.LValue, name string) (*lua.LTable, []lua.LValue, error) {
	if ptr, ok := bind.RecordValue(value); ok {
		if process, ok := ptr.(*driver.ProcessConfig); ok && process != nil {
			return bind.Encode(L, process).(*lua.LTable), nil, nil
		}
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		return nil, nil, &bind.FieldError{Path: name, Message: "a list expected, got " + value.Type().String() + `: { "program", "argument", … }`}
	}
	return split(L, table, name)
}

// split copies a table's named fields and takes its list, which is an argv, apart.
func split(L *lua.LState, table *lua.LTable, path string) (*lua.LTable, []lua.LValue, error) {
	fields, length := L.NewTable(), table.Len()
	var words []lua.LValue
	var errs []error
	for i := 1; i <= length; i++ {
		word := table.RawGetInt(i)
		switch word.(type) {
		case lua.LString:
			words = append(words, word)
		case lua.LNumber:
			words = append(words, lua.LString(word.String()))
		default:
			errs = append(errs, &bind.FieldError{
				Path:    path + "[" + strconv.Itoa(i) + "]",
				Message: "an argument is text or a number, got " + word.Type().String(),
			})
		}
	}
	table.ForEach(func(key, value lua.LValue) {
		if n, ok := key.(lua.LNumber); ok {
			if n < 1 || int(n) > length || lua.LNumber(int(n)) != n {
				errs = append(errs, &bind.FieldError{Path: fmt.Sprintf("%s[%v]", path, n), Message: "the list has holes; an argv is a list without nil"})
			}
			return
		}
		fields.RawSet(key, value)
	})
	return fields, words, errors.Join(errs...)
}

// process reads what exec runs: shaped like command{}, with process fields only.
func (v *VM) process(L *lua.LState, value lua.LValue) (*driver.ProcessConfig, error) {
	fields, argv, err := processTable(L, value, "process")
	if err != nil {
		return nil, err
	}
	holder := L.NewTable()
	holder.RawSetString("process", fields)
	process, err := processPart(L, holder, argv)
	if err != nil {
		return nil, err
	}
	out := &driver.ProcessConfig{}
	return out, v.binder.Decode(process, out, "process")
}
