package luabind

import (
	"context"
	"encoding/json"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// record makes the live record of a Command.
func (v *VM) record(L *lua.LState, cmd *driver.Command, readOnly bool) *lua.LUserData {
	return v.binder.Record(L, cmd, "command", bind.RecordOptions{
		ReadOnly: readOnly, Aliases: commandAliases(), Methods: v.methods,
		Word: func(field, word string) (bool, error) { return setWord(cmd, field, word) },
	})
}

// commandAliases are the names of a Command for what belongs to its process.
func commandAliases() map[string]string {
	aliases := make(map[string]string, len(processFields)+1)
	for _, f := range processFields {
		aliases[f] = "process_config." + f
	}
	aliases["process"] = "process_config"
	return aliases
}

// commandMethods declares what a Command offers besides its fields. The Go
// functions get a copy of it.
func (v *VM) commandMethods() []bind.Func {
	return []bind.Func{
		{
			Name: "with", Doc: "Derives a variant: records and maps are merged, lists and scalars replaced.", Method: true,
			Params:  []bind.Param{{Name: "fields", Type: "execlua.Command", Doc: "What is different."}},
			Returns: []bind.Return{{Type: "execlua.Command", Doc: "A new record; the Command itself stays as it is."}},
			Errors:  []string{"invalid", "not_found", "unsupported"},
			Fn:      v.deriveCommand,
		},
		{
			Name: "spec", Doc: "Tells what would be started, as an OCI runtime specification. Nothing is created; an id that is left out is the script's name.", Method: true,
			Params:  []bind.Param{{Name: "driver", Optional: true, Type: "execlua.Driver", Doc: "Whose specification; nil is execlua.driver()."}},
			Returns: []bind.Return{{Type: "table", Doc: "In the names of config.json."}},
			Errors:  []string{"invalid", "not_found", "unsupported"},
			Fn:      v.commandSpec,
		},
	}
}

// openCommandMethods makes the methods once for all Commands of the VM.
func (v *VM) openCommandMethods(L *lua.LState) error {
	v.methods = map[string]*lua.LFunction{}
	for _, f := range v.commandMethods() {
		fn, err := v.binder.Func(L, f)
		if err != nil {
			return err
		}
		v.methods[f.Name] = fn
	}
	return nil
}

// deriveCommand is cmd:with{…}.
func (v *VM) deriveCommand(L *lua.LState, cmd *driver.Command, fields *lua.LTable) (lua.LValue, error) {
	derived, err := v.decodeCommand(L, fields, cmd)
	if err != nil {
		return nil, err
	}
	if err := validate(derived); err != nil {
		return nil, err
	}
	return v.record(L, derived, false), nil
}

// commandSpec is cmd:spec([driver]). Its id is not drawn: a specification is
// read, and compared with the last one.
func (v *VM) commandSpec(L *lua.LState, cmd *driver.Command, d *scriptDriver) (any, error) {
	if d == nil {
		opened, err := v.openDriver(L, "")
		if err != nil {
			return nil, err
		}
		d = opened.(*lua.LUserData).Value.(*scriptDriver)
	}
	speccer, ok := d.engine.(driver.Speccer)
	if !ok {
		return nil, unsupported("spec", d.engine)
	}
	if cmd.ID == "" {
		v.mu.Lock()
		cmd.ID = v.script
		v.mu.Unlock()
	}
	var spec any
	err := vm.Block(L, func(ctx context.Context) error {
		data, err := speccer.Spec(ctx, cmd)
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &spec)
	})
	return spec, err
}
