package bind

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Class declares a kind of object: a userdata whose Value is a Go value that
// scripts hold, hand back and call methods of, and never look into.
type Class struct {
	Name    string // "driver"
	Doc     string
	Methods []Func // each with Method set
	// Fields are read without a call: methods without parameters, which take no context.
	Fields []Func
}

func (c Class) members() []Func { return slices.Concat(c.Methods, c.Fields) }

func (c Class) names() []string {
	var names []string
	for _, f := range c.members() {
		names = append(names, f.Name)
	}
	return names
}

// Check says whether the declarations fit their Go functions.
func (c Class) Check() error {
	members := c.members()
	errs := []error{Module{Name: c.Name, Funcs: members}.Check()}
	for _, f := range members {
		s, err := signatureOf(f.Fn)
		switch {
		case !f.Method:
			errs = append(errs, fmt.Errorf("%s.%s: not declared as a method", c.Name, f.Name))
		case err == nil && len(s.in) > 0 && !s.raw && !isOpaque(s.in[0]):
			errs = append(errs, fmt.Errorf("%s.%s: %s is data, a script could forge it", c.Name, f.Name, s.in[0]))
		}
	}
	for _, f := range c.Fields {
		if s, err := signatureOf(f.Fn); err == nil && (s.blocks || len(s.in) != 1) {
			errs = append(errs, fmt.Errorf("%s.%s: a field takes the object alone", c.Name, f.Name))
		}
	}
	return errors.Join(errs...)
}

// isOpaque tells a type whose values only Go makes.
func isOpaque(t reflect.Type) bool {
	t = stripped(t)
	return isObject(t) || t.Kind() == reflect.Interface && t.NumMethod() > 0 && !t.Implements(lvalueType)
}

// Class makes the metatable of a class's objects in one VM:
//
//	&lua.LUserData{Value: v, Metatable: metatable}
//
// A name that does not exist, and any assignment, raises. pairs visits the fields
// that are not nil. tostring is that of the Go value if it is a fmt.Stringer, else
// the name of the class.
func (b *Binder) Class(L *lua.LState, c Class) (*lua.LTable, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	methods, err := b.Module(L, Module{Name: c.Name, Funcs: c.Methods})
	if err != nil {
		return nil, err
	}
	fields, err := b.Module(L, Module{Name: c.Name, Funcs: c.Fields})
	if err != nil {
		return nil, err
	}
	o := objects{binder: b, class: c, methods: methods, fields: fields}
	mt := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"__index": o.index, "__newindex": o.newIndex, "__tostring": o.toString,
	})
	if len(c.Fields) > 0 {
		mt.RawSetString("__pairs", L.NewFunction(o.pairs))
	}
	mt.RawSetString("__name", lua.LString(c.Name))
	mt.RawSetString("__metatable", lua.LFalse)
	return mt, nil
}

// objects are the metamethods of a class in one VM.
type objects struct {
	binder          *Binder
	class           Class
	methods, fields *lua.LTable
}

func (o objects) index(L *lua.LState) int {
	name := lua.LVAsString(L.Get(2))
	if method := o.methods.RawGetString(name); method != lua.LNil {
		L.Push(method)
		return 1
	}
	field := o.fields.RawGetString(name)
	if field == lua.LNil {
		o.binder.Raise(L, unknownField(name, o.class.names(), o.binder.Words).under(o.class.Name))
	}
	L.Push(read(L, field, L.Get(1)))
	return 1
}

// read calls the function of a field.
func read(L *lua.LState, field, object lua.LValue) lua.LValue {
	L.Push(field)
	L.Push(object)
	L.Call(1, 1)
	value := L.Get(-1)
	L.Pop(1)
	return value
}

// pairs reads each field when its turn comes.
func (o objects) pairs(L *lua.LState) int {
	object := L.Get(1)
	rest := o.class.Fields
	L.Push(L.NewFunction(func(L *lua.LState) int {
		for len(rest) > 0 {
			name := rest[0].Name
			rest = rest[1:]
			if value := read(L, o.fields.RawGetString(name), object); value != lua.LNil {
				L.Push(lua.LString(name))
				L.Push(value)
				return 2
			}
		}
		L.Push(lua.LNil)
		return 1
	}))
	return 1
}

func (o objects) newIndex(L *lua.LState) int {
	o.binder.Raise(L, invalidf("fields cannot be assigned").under(o.class.Name))
	return 0
}

func (o objects) toString(L *lua.LState) int {
	text := o.class.Name
	if s, ok := L.CheckUserData(1).Value.(fmt.Stringer); ok {
		text = s.String()
	}
	L.Push(lua.LString(text))
	return 1
}
