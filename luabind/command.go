package luabind

import (
	"errors"
	"reflect"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// processFields are the process_config's fields that a Command table may hold
// itself. working_dir is not among them: a Command has its own.
var processFields = []string{"privileged", "user", "tty", "entrypoint", "arguments", "env", "no_new_privs", "console_size"}

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
	for field := range shorthandWords() {
		word, ok := plain.RawGetString(field).(lua.LString)
		if !ok {
			continue
		}
		if _, err := setWord(base, field, string(word)); err != nil {
			return nil, err
		}
		plain.RawSetString(field, lua.LNil)
	}
	if err := v.binder.Decode(plain, base, ""); err != nil {
		return nil, suggest(err)
	}
	return base, nil
}

// suggest looks for the name that was probably meant among those that rewrite
// knows, too: the decoder sees only what it leaves.
func suggest(err error) error {
	var field *bind.FieldError
	if errors.As(err, &field) && field.Unknown != "" && field.Path == "" {
		names := append([]string{"process"}, processFields...)
		for _, f := range bind.Fields(reflect.TypeFor[driver.Command]()) {
			names = append(names, f.Name)
		}
		field.Suggestion = bind.Suggest(field.Unknown, names, otherWords)
	}
	return err
}

// rewrite turns what a script may write into what the fields of a Command are:
// the argv of the array part or of process, and the process's fields. The table
// itself stays as it is.
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
	if out.RawGetString("process") != lua.LNil && out.RawGetString("process_config") != lua.LNil {
		return nil, &bind.FieldError{Path: "process", Message: "set twice: process_config is its other name"}
	}
	process := L.NewTable()
	for _, name := range []string{"process", "process_config"} {
		value := out.RawGetString(name)
		if value == lua.LNil {
			continue
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
	words := make([]lua.LValue, 0, min(length, 64))
	for i := 1; i <= length; i++ {
		switch word := table.RawGetInt(i).(type) {
		case lua.LString:
			words = append(words, word)
		case lua.LNumber:
			words = append(words, lua.LString(word.String()))
		case *lua.LNilType:
			return nil, nil, hole(path, lua.LNumber(i))
		default:
			return nil, nil, &bind.FieldError{
				Path:    path + "[" + strconv.Itoa(i) + "]",
				Message: "an argument is text or a number, got " + word.Type().String(),
			}
		}
	}
	var err error
	table.ForEach(func(key, value lua.LValue) {
		n, isNumber := key.(lua.LNumber)
		switch {
		case !isNumber:
			fields.RawSet(key, value)
		case n < 1 || int(n) > length || lua.LNumber(int(n)) != n:
			err = hole(path, n)
		}
	})
	return fields, words, err
}

func hole(path string, index lua.LNumber) error {
	return &bind.FieldError{Path: path + "[" + index.String() + "]", Message: "the list has holes; an argv is a list without nil"}
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
