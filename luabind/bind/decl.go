package bind

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Module is a table of functions, as a script gets it from require.
type Module struct {
	Name   string // "execlua.task"
	Doc    string
	Funcs  []Func
	Values []Value
}

// Value is an entry of a module that is no function.
type Value struct {
	Name string
	Doc  string
	Type string                         // as annotations write it
	Make func(L *lua.LState) lua.LValue // called once in a VM, when the module is opened
}

// Func declares a script function. The reference and the annotations for
// editors are generated from it.
type Func struct {
	Name    string
	Doc     string // first line: one sentence
	Params  []Param
	Returns []Return
	// Errors are the classes of failure, the codes that scripts see. What every
	// function can fail with (a wrong argument, a cancelled task) is not among them.
	Errors []string
	// Fn is the Go function; its signature says how it runs, see the package comment.
	// A trailing error is raised. A variadic parameter is declared as one Param.
	// A function that takes a context may keep *lua.LFunction and lua.LValue
	// arguments, but look into them only with the lock held.
	Fn any
	// Method: the function is called with a colon. Its receiver is Fn's first
	// parameter after context or state, and is not listed in Params.
	Method bool
}

// Param is one parameter of a script function.
type Param struct {
	Name     string
	Doc      string
	Type     string // as annotations write it; "" derives it from the Go type
	Optional bool   // may be nil or missing: the Go function gets the zero value
}

// Return is one result of a script function.
type Return struct {
	Name string // may be empty
	Doc  string
	Type string // "" derives it from the Go type
}

// Results, as the one result of a Go function, are as many results of the script function.
type Results []lua.LValue

var (
	contextType = reflect.TypeFor[context.Context]()
	stateType   = reflect.TypeFor[*lua.LState]()
	errorType   = reflect.TypeFor[error]()
	resultsType = reflect.TypeFor[Results]()
	lvalueType  = reflect.TypeFor[lua.LValue]()
)

// signature is a Go function as a script calls it.
type signature struct {
	raw      bool // func(*lua.LState) int
	blocks   bool // the first parameter is a context
	locked   bool // the first parameter is the state
	variadic bool
	fails    bool           // the last result is an error
	in       []reflect.Type // what a script passes; the last is the element type if variadic
	out      []reflect.Type // without the error
}

func signatureOf(fn any) (signature, error) {
	t := reflect.TypeOf(fn)
	if t == nil || t.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil() {
		return signature{}, fmt.Errorf("a Go function expected, got %v", t)
	}
	s := signature{variadic: t.IsVariadic()}
	for i := range t.NumIn() {
		switch in := t.In(i); {
		case i == 0 && in == contextType:
			s.blocks = true
		case i == 0 && in == stateType:
			s.locked = true
		case s.variadic && i == t.NumIn()-1:
			s.in = append(s.in, in.Elem())
		default:
			s.in = append(s.in, in)
		}
	}
	for i := range t.NumOut() {
		s.out = append(s.out, t.Out(i))
	}
	if n := len(s.out); n > 0 && s.out[n-1] == errorType {
		s.fails, s.out = true, s.out[:n-1]
	}
	s.raw = s.locked && len(s.in) == 0 && !s.fails && len(s.out) == 1 && s.out[0].Kind() == reflect.Int
	return s, nil
}

// WithParams returns the declaration with its parameters named arg1, arg2, …
// when it declares none, for functions that are published in passing.
func (f Func) WithParams() Func {
	s, err := signatureOf(f.Fn)
	if err != nil || s.raw || len(f.Params) > 0 {
		return f
	}
	for i := range s.in {
		f.Params = append(f.Params, Param{Name: fmt.Sprintf("arg%d", i+1)})
	}
	return f
}

// Fails tells whether the Go function can return an error.
func (f Func) Fails() bool {
	s, err := signatureOf(f.Fn)
	return err == nil && (s.fails || s.raw)
}

// Check says whether the declarations of a module fit their Go functions.
func (m Module) Check() error {
	var errs []error
	seen := make(map[string]bool, len(m.Funcs))
	for _, f := range m.Funcs {
		if seen[f.Name] {
			errs = append(errs, fmt.Errorf("%s: declared twice", f.Name))
		}
		seen[f.Name] = true
		errs = append(errs, f.Check())
	}
	for _, value := range m.Values {
		if seen[value.Name] {
			errs = append(errs, fmt.Errorf("%s: declared twice", value.Name))
		}
		seen[value.Name] = true
		if !isIdentifier(value.Name) || value.Type == "" || value.Make == nil {
			errs = append(errs, fmt.Errorf("%q: a value needs a name, a type and what makes it", value.Name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("module %s: %w", m.Name, err)
	}
	return nil
}

// IsModuleName tells whether name is one for a module: words with dots between.
func IsModuleName(name string) bool {
	for word := range strings.SplitSeq(name, ".") {
		if !isIdentifier(word) {
			return false
		}
	}
	return true
}

// Check says whether the declaration fits the Go function.
func (f Func) Check() error {
	if !isIdentifier(f.Name) {
		return fmt.Errorf("%q is no name for a function", f.Name)
	}
	s, err := signatureOf(f.Fn)
	if err == nil {
		err = f.checkParams(s)
	}
	if err == nil && !s.raw && len(f.Returns) > 0 && len(f.Returns) != len(s.out) {
		err = fmt.Errorf("%d results declared, the Go function has %d", len(f.Returns), len(s.out))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

func (f Func) checkParams(s signature) error {
	optional := false
	for i, p := range f.Params {
		if p.Name == "" {
			return fmt.Errorf("parameter %d has no name", i+1)
		}
		variadic := s.variadic && i == len(f.Params)-1
		if optional && !p.Optional && !variadic {
			return fmt.Errorf("%s: a required parameter after an optional one", p.Name)
		}
		optional = optional || p.Optional
	}
	if s.raw {
		return nil
	}
	params := len(f.Params)
	if f.Method {
		params++
	}
	if params != len(s.in) {
		return fmt.Errorf("%d parameters declared, the Go function takes %d", params, len(s.in))
	}
	for i, t := range s.in {
		if k := t.Kind(); k == reflect.Chan || k == reflect.Func || k == reflect.Complex128 {
			return fmt.Errorf("parameter %d: scripts have no %s", i+1, t)
		}
	}
	return nil
}
