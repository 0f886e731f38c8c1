package luabind

import (
	"errors"
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// Decoder reads tables as the calls of a script do, without a VM: tools that look
// at the source of a script say what would be said at run time.
type Decoder struct {
	vm    *VM
	state *lua.LState
	types map[string]reflect.Type
}

// NewDecoder makes a Decoder, for one goroutine at a time.
func NewDecoder() *Decoder {
	d := &Decoder{
		vm:    &VM{binder: &bind.Binder{Words: otherWords}},
		state: lua.NewState(lua.Options{SkipOpenLibs: true, MinimizeStackMemory: true}),
		types: map[string]reflect.Type{},
	}
	for _, r := range Declare().Records {
		d.types[r.Name] = r.Go
	}
	for _, r := range Declare().Records {
		d.reach(r.Go)
	}
	return d
}

// reach enters the records below the fields of another: they have the names of their Go types.
func (d *Decoder) reach(record reflect.Type) {
	for _, f := range bind.Fields(record) {
		t := f.Go
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		name := "execlua." + t.Name()
		if t.Kind() == reflect.Struct && d.types[name] == nil && len(bind.Fields(t)) > 0 {
			d.types[name] = t
			d.reach(t)
		}
	}
}

// Decode tells what is wrong with a table that stands for a record: one of
// Declare's, or one below it. The error is a *bind.FieldError or a
// *driver.FieldError. A type that is not known, or not written by scripts, has no errors.
func (d *Decoder) Decode(record string, table *lua.LTable) error {
	var err error
	switch record {
	case "execlua.Command":
		_, err = d.vm.decodeCommand(d.state, table, &driver.Command{})
	case "execlua.ProcessConfig":
		_, err = d.vm.process(d.state, table)
	case "execlua.RunOptions":
		_, err = d.vm.options(table)
		var field *bind.FieldError
		if errors.As(err, &field) { // the path begins with the parameter
			field.Path = strings.TrimPrefix(strings.TrimPrefix(field.Path, "options"), ".")
		}
	default:
		if t := d.types[record]; t != nil {
			err = d.vm.binder.Decode(table, reflect.New(t).Interface(), "")
		}
	}
	return err
}

// Validate tells what is wrong with a table that is a whole Command, once Decode
// has found nothing.
func (d *Decoder) Validate(table *lua.LTable) error {
	cmd, err := d.vm.decodeCommand(d.state, table, &driver.Command{})
	if err != nil {
		return err
	}
	return validate(cmd)
}

// OtherWord is our name for what other tools call by this one, or "".
func OtherWord(name string) string { return otherWords(name) }
