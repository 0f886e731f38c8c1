package luabind

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// PublishValue makes a Go value known to scripts, under a name as of Publish.
//
//   - A pointer to a struct is a live record: scripts read and assign its fields
//     by json tag, a wrong name or value raises, and the struct changes. Go code
//     may look into it while no script runs.
//   - A struct is a strict record, too, but read-only and a copy.
//   - Maps and slices are tables, copies; the rest is as the package comment says.
//   - A pointer to a struct without json tags is an object that scripts can only
//     hand back to published functions.
func (v *VM) PublishValue(name string, value any) error {
	err := v.vm.Run(context.Background(), "publish", func(L *lua.LState) error {
		lv, err := v.scriptValue(L, name, reflect.ValueOf(value))
		if err != nil {
			return err
		}
		return v.publish(L, name, lv)
	})
	if err != nil {
		return fmt.Errorf("luabind: publish %q: %w", name, err)
	}
	return nil
}

func (v *VM) scriptValue(L *lua.LState, name string, value reflect.Value) (lua.LValue, error) {
	switch value.Kind() {
	case reflect.Func, reflect.Chan:
		return nil, fmt.Errorf("scripts have no %s; functions are published by Publish", value.Type())
	case reflect.Struct:
		if len(bind.Fields(value.Type())) == 0 {
			break
		}
		record := reflect.New(value.Type())
		record.Elem().Set(reflect.ValueOf(bind.CloneAny(value.Interface())))
		return v.binder.Record(L, record.Interface(), name, bind.RecordOptions{ReadOnly: true}), nil
	case reflect.Pointer:
		switch {
		case value.IsNil() || value.Type().Elem().Kind() != reflect.Struct:
		case len(bind.Fields(value.Type().Elem())) > 0:
			return v.binder.Record(L, value.Interface(), name, bind.RecordOptions{}), nil
		default:
			return &lua.LUserData{Value: value.Interface()}, nil
		}
	}
	if !value.IsValid() {
		return lua.LNil, nil
	}
	return bind.Encode(L, value.Interface()), nil
}

// publish sets what scripts find under a name.
func (v *VM) publish(L *lua.LState, name string, value lua.LValue) error {
	if !bind.IsModuleName(name) {
		return fmt.Errorf("%q is no name for a module", name)
	}
	if !strings.Contains(name, ".") {
		L.SetGlobal(name, value)
	}
	v.vm.Preload(name, func(L *lua.LState) int {
		L.Push(value)
		return 1
	})
	return nil
}
