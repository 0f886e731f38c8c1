package luabind

import (
	"context"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// Eval runs source as RunString does, and leaves alone what that has started:
// containers and tasks live on, whether it fails or not, so that one chunk can
// follow the other as at a prompt. Close ends them. The end of ctx ends the
// chunk only; what it starts besides hangs on ctx until then, so end it for that.
//
// values are the results as text for a person. The error is an *Error, also for
// what a task raised that nobody waits for, or a *vm.ExitError after os.exit,
// which ends the VM, as a panic of a Go function does.
func (v *VM) Eval(ctx context.Context, name, source string) (values []string, err error) {
	end, err := v.begin(name)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := context.Cause(v.life); err != nil {
		return nil, v.scriptError(err)
	}
	err = v.vm.Run(ctx, "chunk", func(L *lua.LState) error {
		fn, err := v.vm.Load(L, strings.NewReader(source), name)
		if err != nil {
			return err
		}
		v.setArgs(L, name)
		L.Push(fn)
		for _, a := range v.opts.Args {
			L.Push(lua.LString(a))
		}
		L.Call(len(v.opts.Args), lua.MultRet)
		for i := 1; i <= L.GetTop(); i++ {
			values = append(values, v.vm.Inspect(L, L.Get(i)))
		}
		return nil
	})
	if err == nil {
		err = v.vm.Failed()
	}
	var exit *vm.ExitError
	var panicked *bind.PanicError
	exited := errors.As(err, &exit)
	if exited || errors.As(err, &panicked) {
		v.end(err)
	}
	if err == nil || exited {
		return values, err
	}
	failure := v.scriptError(err)
	if script, ok := failure.(*Error); ok && errors.Is(err, ErrInterrupted) { // also between two instructions, in the words of gopher-lua
		script.Code, script.Message = "interrupted", ErrInterrupted.Error()
	}
	return values, failure
}
