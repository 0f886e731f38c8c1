package luabind

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// ExitError is the error of Call when the function has called os.exit.
type ExitError = vm.ExitError

// Call calls a function that a script has left in the globals: "price", or
// "handlers.price" for one in a table. Arguments become Lua values as those of
// hooks do: plain copies, structs as tables by json tag. Errors, the context and
// cleaning up are as of RunFile: a container that the function has started and
// not waited for is stopped when Call returns.
//
// With the context that a published function or Admit was given, Call is a call
// within the script that runs, and cleans up nothing.
func (v *VM) Call(ctx context.Context, name string, args ...any) (Results, error) {
	if v.vm.Within(ctx) {
		values, err := v.callGlobal(ctx, name, args)
		if err != nil {
			err = v.scriptError(err)
		}
		return Results{v, values}, err
	}
	end, err := v.begin(name)
	if err != nil {
		return Results{}, err
	}
	defer end()
	var values []lua.LValue
	if err = context.Cause(v.life); err == nil {
		values, err = v.callGlobal(ctx, name, args)
		err = v.vm.Join(err)
	}
	var exit *ExitError
	exited := errors.As(err, &exit)
	if _, err = v.conclude(0, err); err == nil && exited {
		err = exit
	}
	return Results{v, values}, err
}

func (v *VM) callGlobal(ctx context.Context, name string, args []any) (results []lua.LValue, err error) {
	err = v.vm.Run(ctx, name, func(L *lua.LState) error {
		fn := lua.LValue(L.G.Global)
		for step := range strings.SplitSeq(name, ".") {
			if fn.Type() != lua.LTTable {
				fn = lua.LNil
				break
			}
			fn = L.GetField(fn, step)
		}
		if fn.Type() != lua.LTFunction {
			return &Error{Code: "not_found", Message: fmt.Sprintf("no function %q", name), cause: driver.ErrNotFound}
		}
		L.Push(fn)
		for _, arg := range args {
			L.Push(bind.Encode(L, arg))
		}
		L.Call(len(args), lua.MultRet)
		for i := 1; i <= L.GetTop(); i++ {
			results = append(results, L.Get(i))
		}
		return nil
	})
	return results, err
}

// Results are what a Lua function has returned.
type Results struct {
	vm     *VM
	values []lua.LValue
}

// Len is how many there are.
func (r Results) Len() int { return len(r.values) }

// Decode fills what dst points to with the results, one each. What is missing is
// nil, and what is left over is dropped, as in an assignment of Lua. A result
// that does not fit its Go type is a *bind.FieldError; the package comment has
// the table of types. After Close there is nothing to decode any more.
func (r Results) Decode(dst ...any) error {
	if r.vm == nil {
		return errors.New("luabind: results of no call")
	}
	return r.vm.vm.Run(context.Background(), "decode", func(*lua.LState) error {
		for i, d := range dst {
			value := lua.LValue(lua.LNil)
			if i < len(r.values) {
				value = r.values[i]
			}
			if err := r.vm.binder.Decode(value, d, fmt.Sprintf("results[%d]", i+1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// begin claims the VM for one script.
func (v *VM) begin(name string) (end func(), err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.occupied {
		return nil, &Error{Code: "busy", Message: "another script runs in this VM", cause: driver.ErrBusy}
	}
	v.occupied, v.name, v.script = true, name, idPart(name)
	unmeter := v.vm.Meter()
	return func() {
		unmeter()
		v.mu.Lock()
		defer v.mu.Unlock()
		v.occupied = false
	}, nil
}
