package luabind

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// RunFile runs a script and cleans up behind it. The code is the script's
// integer result, 0 without one, 1 with an error; a code other than 0 is not an
// error. The error is an *Error for what the script raised, joined with what
// went wrong in cleaning up.
func (v *VM) RunFile(ctx context.Context, path string) (code int, err error) {
	open := func() (io.ReadCloser, error) {
		if v.opts.Source != nil {
			return v.opts.Source.Open(path)
		}
		if v.opts.Host { // a test may have recorded the script that it runs
			return v.access.Files().OpenFile(path, os.O_RDONLY, 0)
		}
		return os.Open(path)
	}
	file, err := open()
	if err != nil {
		return 1, openError(path, err)
	}
	defer file.Close()
	if stat, ok := file.(fs.File); ok {
		if info, err := stat.Stat(); err == nil && info.IsDir() {
			return 1, &Error{Code: "invalid", Message: path + " is a directory, not a script"}
		}
	}
	return v.run(ctx, path, file)
}

// openError words the commonest mistake of a command line.
func openError(path string, err error) error {
	code := "error"
	if errors.Is(err, fs.ErrNotExist) {
		code = "not_found"
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return &Error{Code: code, Message: "cannot open " + path + ": " + err.Error(), cause: err}
}

// RunString runs source as RunFile runs a file. name stands for the file in
// messages and in arg[0].
func (v *VM) RunString(ctx context.Context, name, source string) (code int, err error) {
	return v.run(ctx, name, strings.NewReader(source))
}

func (v *VM) run(ctx context.Context, name string, source io.Reader) (code int, err error) {
	end, err := v.begin(name)
	if err != nil {
		return 1, err
	}
	defer end()
	if err = context.Cause(v.life); err == nil {
		err = v.vm.Run(ctx, "script", func(L *lua.LState) error {
			fn, err := v.vm.Load(L, source, name)
			if err != nil {
				return err
			}
			v.setArgs(L, name)
			code, err = v.main(L, fn)
			return err
		})
		err = v.vm.Join(err)
	}
	return v.conclude(code, err)
}

// conclude cleans up and tells how a script ended. One that ended the VM ends
// what is run afterwards in the same way.
func (v *VM) conclude(code int, err error) (int, error) {
	var exit *vm.ExitError
	var panicked *bind.PanicError
	exited := errors.As(err, &exit)
	if exited || errors.As(err, &panicked) || errors.Is(err, ErrLimit) && v.vm.Exceeded() {
		defer v.end(err)
	}
	switch {
	case exited:
		code, err = exit.Code, nil
	case err != nil:
		err = v.scriptError(err)
	}
	if err = unjoin(errors.Join(err, v.cleanUp())); err != nil {
		code = 1
	}
	return code, err
}

// setArgs sets arg as lua(1) does.
func (v *VM) setArgs(L *lua.LState, name string) {
	arg := L.NewTable()
	arg.RawSetInt(0, lua.LString(name))
	for i, a := range v.opts.Args {
		arg.RawSetInt(i+1, lua.LString(a))
	}
	L.SetGlobal("arg", arg)
}

// main calls the main chunk and reads its exit code.
func (v *VM) main(L *lua.LState, fn *lua.LFunction) (int, error) {
	L.Push(fn)
	for _, a := range v.opts.Args {
		L.Push(lua.LString(a))
	}
	L.Call(len(v.opts.Args), 1)
	result := L.Get(-1)
	L.Pop(1)
	n, ok := result.(lua.LNumber)
	if !ok {
		return 0, nil
	}
	if f := float64(n); f != math.Trunc(f) || f < 0 || f > 255 {
		return 1, &Error{Code: "invalid", Message: "the script returned " + result.String() + "; an exit code is an integer from 0 to 255"}
	}
	return int(n), nil
}

// Interrupt ends the script as a first Ctrl-C does: blocking calls raise
// "interrupted", its containers get their stop signal, then SIGKILL after their
// grace period, and what was deferred runs. It returns at once.
func (v *VM) Interrupt(cause error) {
	interrupt := &interruptError{cause}
	v.end(interrupt)
	v.vm.Interrupt(interrupt)
}

// Kill sends SIGKILL to the containers of the script, and to the programs of the
// host that are being stopped, and waits until the containers are gone: a second
// Ctrl-C. The terminal is put back first.
func (v *VM) Kill() {
	v.terminal.close()
	v.vm.Kill()
	ctx, cancel := context.WithTimeout(context.Background(), v.opts.Grace)
	defer cancel()
	var wait sync.WaitGroup
	for _, t := range v.owned() {
		if isClosed(t.over) {
			continue // its id may be another's by now
		}
		wait.Go(func() {
			// It may have ended by itself, and nobody is left to be told of more.
			_ = t.engine.Terminate(ctx, t.cmd)
		})
	}
	wait.Wait()
}

// Close ends what runs, removes the containers of the script, but for detached
// ones, and frees the VM. Closing twice is no error.
func (v *VM) Close() error {
	v.end(vm.ErrClosed)
	v.vm.Interrupt(vm.ErrClosed)
	err := v.cleanUp()
	v.terminal.close()
	v.vm.Close()
	v.access.Close()
	return err
}

// cleanUp stops the containers that the script has left running, waits for the
// functions that listen to them, and closes what else it has left open: after the
// containers, which may use it.
func (v *VM) cleanUp() error {
	errs := v.buryAll()
	v.joinSubscriptions()
	if err := v.vm.Release(); err != nil {
		errs = append(errs, v.scriptError(err))
	}
	errs = append(errs, v.buryAll()...) // what the last calls of functions have started
	return errors.Join(append(errs, v.untold()...)...)
}

// idPart makes the first half of a container's id of a script's name.
func idPart(name string) string {
	name = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	clean := bytes.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, []byte(name))
	text := strings.TrimLeft(string(clean[:min(len(clean), 48)]), "_-")
	if text == "" {
		return "script"
	}
	return text
}
