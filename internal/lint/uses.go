package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/bind"
)

// uses checks the calls and fields that the script was found to have.
func (f *file) uses() {
	f.depth = 0
	for _, n := range f.nodes {
		switch n := n.(type) {
		case *store:
			f.store(n)
		case *ast.AttrGetExpr:
			f.field(n)
		case *ast.FuncCallExpr:
			f.call(n)
		}
	}
}

// field checks a name that is read.
func (f *file) field(e *ast.AttrGetExpr) {
	key, ok := e.Key.(*ast.StringExpr)
	if !ok {
		return
	}
	if library := f.library(e.Object); library != "" {
		f.inLibrary(library, key.Value, key.Line(), f.tested[e])
		return
	}
	f.has(f.typeOf(e.Object), key.Value, key.Line(), f.tested[e])
}

// library is the name of a table of Lua's own that an expression stands for.
func (f *file) library(e ast.Expr) string {
	id, ok := e.(*ast.IdentExpr)
	if ok && f.globals.libraries[id.Value] != nil && isGlobal(f, e, id.Value) {
		return id.Value
	}
	return ""
}

func (f *file) inLibrary(library, name string, line int, tested bool) {
	names := f.globals.libraries[library]
	if tested || f.written[name] || slices.Contains(names, name) || library == "package" {
		return
	}
	f.unknown(library, name, line, names)
}

// has checks that the values of a type have a member. What is a plain table may
// have got more from the script, and a missing name may be asked for.
func (f *file) has(typ, name string, line int, tested bool) bool {
	owners := f.owners(typ)
	if len(owners) == 0 {
		return false
	}
	var names []string
	for _, o := range owners {
		if o.Member(name) != nil {
			return true
		}
		if (o.Kind == api.Given || o.Kind == api.Module) && (tested || f.written[name]) {
			return false
		}
		names = append(names, o.Names()...)
	}
	where := owners[0].Short()
	if owners[0].Kind == api.Module {
		where = owners[0].Name
	}
	f.unknown(where, name, line, names)
	return false
}

func (f *file) unknown(where, name string, line int, names []string) {
	f.report(Finding{
		Line: line, Column: f.places.column(line, name, true), Code: Field,
		Message: fmt.Sprintf("no field %q in %s", name, where),
	}.suggesting(bind.Suggest(name, names, luabind.OtherWord)))
}

// store checks an assignment to a field.
func (f *file) store(s *store) {
	key, ok := s.Key.(*ast.StringExpr)
	owner := f.api.One(f.typeOf(s.Object))
	if !ok || owner == nil {
		return
	}
	switch owner.Kind {
	case api.Class:
		f.report(Finding{
			Line: key.Line(), Column: f.places.column(key.Line(), key.Value, true), Code: Field,
			Message: fmt.Sprintf("fields of a %s cannot be assigned", owner.Short()),
		})
	case api.Record:
		if f.has(owner.Name, key.Value, key.Line(), false) && s.value.n == 0 {
			field := &ast.Field{Key: key, Value: s.value.expr}
			f.record(owner, &ast.TableExpr{Fields: []*ast.Field{field}}, false)
		}
	}
}

// call checks a call of a declared function, or of one of Lua's.
func (f *file) call(call *ast.FuncCallExpr) {
	if name, ok := f.required(call); ok {
		f.module(call, name)
		return
	}
	if call.Func == nil {
		f.methodCall(call)
		return
	}
	if name := f.libraryFunction(call.Func); name != "" {
		f.enough(call, name, call.Args)
		return
	}
	owner, m := f.callee(call)
	if m == nil || m.Call == nil {
		return
	}
	args := call.Args
	if m.Call.Method {
		if f.withoutObject(call, owner, m) {
			return
		}
		args = args[1:]
	}
	f.arguments(call, owner, m, args)
}

// module checks a name that is required: those below execlua are the host's.
func (f *file) module(call *ast.FuncCallExpr, name string) {
	if !strings.HasPrefix(name, api.Prefix) {
		return
	}
	var names []string
	for _, o := range f.api.Owners {
		if o.Kind == api.Module && o.Name == name {
			return
		}
		if o.Kind == api.Module {
			names = append(names, o.Short())
		}
	}
	suggestion := bind.Suggest(strings.TrimPrefix(name, api.Prefix), names, nil)
	if suggestion != "" {
		suggestion = api.Prefix + suggestion
	}
	f.report(Finding{
		Line: call.Line(), Column: f.places.column(call.Line(), name, false), Code: Undefined,
		Message: fmt.Sprintf("no module %q", name),
	}.suggesting(suggestion))
}

// libraryFunction is the name of one of Lua's functions: "tonumber", "string.rep".
func (f *file) libraryFunction(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if isGlobal(f, e, e.Value) && slices.Contains(f.globals.names, e.Value) {
			return e.Value
		}
	case *ast.AttrGetExpr:
		key, ok := e.Key.(*ast.StringExpr)
		if library := f.library(e.Object); ok && library != "" {
			return library + "." + key.Value
		}
	}
	return ""
}

// enough checks that a function of Lua gets what it cannot do without.
func (f *file) enough(call *ast.FuncCallExpr, name string, args []ast.Expr) {
	least := fewest(name)
	if n, exact := count(args); exact && n < least && !f.written[name[strings.LastIndexByte(name, '.')+1:]] {
		f.report(Finding{Line: call.Line(), Code: Argument, Message: fmt.Sprintf("%q takes at least %s, got %d", name, arguments(least), n)})
	}
}

// count is how many arguments there are, and whether that is exact.
func count(args []ast.Expr) (n int, exact bool) {
	n = len(args)
	return n, n == 0 || !isMulti(args[n-1])
}

func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

func (f *file) methodCall(call *ast.FuncCallExpr) {
	line := f.places.method(call)
	typ := f.typeOf(call.Receiver)
	if library := f.library(call.Receiver); library != "" { // string:rep passes the table on
		f.inLibrary(library, call.Method, line, false)
		return
	}
	if typ == "string" {
		f.inLibrary("string", call.Method, line, false)
		f.enough(call, "string."+call.Method, append([]ast.Expr{call.Receiver}, call.Args...))
		return
	}
	if !f.has(typ, call.Method, line, false) {
		return
	}
	owner, m := f.callee(call)
	switch {
	case m == nil: // one of several owners
	case m.Call == nil && callable(m.Type):
	case m.Call == nil:
		f.say(line, m.Name, Field, fmt.Sprintf("%q of a %s is a field (write .%s)", m.Name, owner.Short(), m.Name))
	case !m.Call.Method:
		f.say(line, m.Name, Argument, fmt.Sprintf("%q is a function, no method (write %s.%s)", m.Name, owner.Name, m.Name))
	default:
		f.arguments(call, owner, m, call.Args)
	}
}

func callable(typ string) bool {
	return strings.Contains(typ, "fun") || typ == "any"
}

func (f *file) say(line int, name, code, message string) {
	f.report(Finding{Line: line, Column: f.places.column(line, name, true), Code: code, Message: message})
}
