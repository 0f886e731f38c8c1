package bind

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"

	lua "github.com/yuin/gopher-lua"
)

// Binder makes script functions and records for one kind of VM.
type Binder struct {
	// Block runs f with the VM lock released and returns its error. The context is the task's.
	Block func(L *lua.LState, f func(ctx context.Context) error) error
	// Raise raises err as a script's error value at the line of the call. It does not return.
	Raise func(L *lua.LState, err error)
	// Words maps what other tools call a field to our name for it, for "did you
	// mean"; it returns "" for words that it does not know. May be nil.
	Words func(name string) string
}

// Module makes the table of a module's functions and values.
func (b *Binder) Module(L *lua.LState, m Module) (*lua.LTable, error) {
	t := L.CreateTable(0, len(m.Funcs)+len(m.Values))
	for _, f := range m.Funcs {
		fn, err := b.Func(L, f)
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", m.Name, err)
		}
		t.RawSetString(f.Name, fn)
	}
	for _, v := range m.Values {
		t.RawSetString(v.Name, v.Make(L))
	}
	return t, nil
}

// Func makes the script function of a declaration. It fails if the declaration
// does not pass Check.
func (b *Binder) Func(L *lua.LState, f Func) (*lua.LFunction, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	s, _ := signatureOf(f.Fn) // Check has looked
	c := &call{Binder: b, signature: s, decl: f, fn: reflect.ValueOf(f.Fn)}
	if raw, ok := f.Fn.(func(*lua.LState) int); ok {
		return L.NewFunction(func(L *lua.LState) int { return c.runRaw(L, raw) }), nil
	}
	return L.NewFunction(c.run), nil
}

// call is a bound function.
type call struct {
	*Binder
	signature
	decl Func
	fn   reflect.Value
}

func (c *call) runRaw(L *lua.LState, fn func(*lua.LState) int) int {
	params := len(c.decl.Params)
	if params > 0 && c.decl.Params[params-1].Name == "..." {
		params = L.GetTop()
	} else if c.decl.Method {
		params++
	}
	n, err := 0, c.surplus(L, params)
	if err != nil {
		c.Raise(L, err)
	}
	func() {
		defer c.recovered(&err)
		n = fn(L)
	}()
	if err != nil {
		c.Raise(L, err)
	}
	return n
}

func (c *call) run(L *lua.LState) int {
	args, err := c.arguments(L)
	if err != nil {
		c.Raise(L, err)
	}
	out, err := c.invoke(L, args)
	if err != nil {
		c.Raise(L, err)
	}
	if len(out) == 1 && out[0].Type() == resultsType {
		results := out[0].Interface().(Results)
		for _, v := range results {
			L.Push(v)
		}
		return len(results)
	}
	for _, v := range out {
		L.Push(encode(L, v, stylePlain))
	}
	return len(out)
}

// arguments decodes what the script passed. The place of a context or state, which
// is no argument of the script, is left for invoke.
func (c *call) arguments(L *lua.LState) ([]reflect.Value, error) {
	given := L.GetTop()
	if !c.variadic {
		if err := c.surplus(L, len(c.in)); err != nil {
			return nil, err
		}
		given = min(given, len(c.in))
	}
	args := make([]reflect.Value, 0, 1+max(given, len(c.in)))
	if c.blocks || c.locked {
		args = append(args, reflect.Value{})
	}
	for i := range max(given, len(c.in)) {
		t := c.in[min(i, len(c.in)-1)]
		if c.variadic && i >= len(c.in)-1 && i >= given {
			break
		}
		arg := reflect.New(t).Elem()
		if err := c.argument(L, i, arg); err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// surplus tells whether the script passed more than so many things. Further nils are nothing.
func (c *call) surplus(L *lua.LState, expected int) error {
	for i := L.GetTop(); i > expected; i-- {
		if L.Get(i) != lua.LNil {
			n := len(c.decl.Params)
			return &ArgError{Func: c.decl.Name, Index: n + 1, Err: fmt.Errorf("no more than %d expected", n)}
		}
	}
	return nil
}

// argument decodes the i-th thing, from 0, that the script passed.
func (c *call) argument(L *lua.LState, i int, dst reflect.Value) error {
	lv := L.Get(i + 1)
	param := i
	if c.decl.Method {
		param--
	}
	var p Param // of the receiver: nameless
	if param >= 0 {
		p = c.decl.Params[min(param, len(c.decl.Params)-1)]
	}
	var err error
	switch {
	case lv == lua.LNil && p.Optional:
		if dst.Type() == lvalueType {
			dst.Set(reflect.ValueOf(lua.LNil))
		}
	case i >= L.GetTop():
		err = mismatch(LuaType(dst.Type()), "no value").under(p.Name)
	case lv == lua.LNil && dst.Kind() == reflect.Pointer:
		err = mismatch(LuaType(dst.Type()), "nil").under(p.Name)
	default:
		err = c.decode(lv, dst, stylePlain, p.Name)
	}
	if err != nil {
		return &ArgError{Func: c.decl.Name, Index: param + 1, Err: err}
	}
	return nil
}

// invoke runs the Go function, without the lock if it takes a context.
func (c *call) invoke(L *lua.LState, args []reflect.Value) ([]reflect.Value, error) {
	if !c.blocks {
		if c.locked {
			args[0] = reflect.ValueOf(L)
		}
		return c.protected(args)
	}
	var out []reflect.Value
	err := c.Block(L, func(ctx context.Context) (err error) {
		args[0] = reflect.ValueOf(ctx)
		out, err = c.protected(args)
		return err
	})
	return out, err
}

func (c *call) protected(args []reflect.Value) (out []reflect.Value, err error) {
	defer c.recovered(&err)
	out = c.fn.Call(args)
	if !c.fails {
		return out, nil
	}
	last := len(out) - 1
	err, _ = out[last].Interface().(error)
	return out[:last], err
}

// recovered, deferred, makes an error of a panic. An error that Lua is raising
// through the Go function is a panic too, and passes.
func (c *call) recovered(err *error) {
	switch r := recover(); r := r.(type) {
	case nil:
	case *lua.ApiError:
		panic(r)
	default:
		*err = &PanicError{Func: c.decl.Name, Value: r, Stack: debug.Stack()}
	}
}
