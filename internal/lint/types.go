package lint

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/internal/api"
)

// typeOf is the type of an expression's first value, as annotations write it, or
// "" when it is not certain.
func (f *file) typeOf(e ast.Expr) string { return f.typeAt(e, 0) }

// maxFollow bounds how far a value is followed.
const maxFollow = 100

// asked is a question for the type of an expression's n-th value.
type asked struct {
	expr ast.Expr
	n    int
}

// typeAt answers each question once: what leads back to itself is not certain.
func (f *file) typeAt(e ast.Expr, n int) string {
	question := asked{e, n}
	if typ, ok := f.types[question]; ok || f.depth >= maxFollow {
		return typ
	}
	f.types[question] = ""
	f.depth++
	f.types[question] = f.find(e, n)
	f.depth--
	return f.types[question]
}

func (f *file) find(e ast.Expr, n int) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return f.typeOfName(e)
	case *ast.AttrGetExpr:
		return f.typeOfMember(e)
	case *ast.FuncCallExpr:
		return f.typeOfCall(e, n)
	case *iteration:
		return f.typeOfIteration(e, n)
	case *ast.LogicalOpExpr:
		if left := f.typeOf(e.Lhs); e.Operator == "or" && left == f.typeOf(e.Rhs) {
			return left
		}
		return ""
	}
	return literalType(e)
}

// literalType is the type of what the source says itself.
func literalType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StringExpr, *ast.StringConcatOpExpr: // .. on objects is not used in the API
		return "string"
	case *ast.NumberExpr:
		return "number"
	case *ast.UnaryMinusOpExpr:
		return literalType(e.Expr)
	case *ast.TrueExpr, *ast.FalseExpr, *ast.UnaryNotOpExpr, *ast.RelationalOpExpr:
		return "boolean"
	case *ast.TableExpr:
		return "table"
	case *ast.FunctionExpr:
		return "function"
	}
	return ""
}

func (f *file) typeOfName(id *ast.IdentExpr) string {
	v := f.idents[id]
	if v == nil {
		v = f.assigned[id.Value]
	}
	switch {
	case v != nil:
		return f.typeOfVariable(v)
	case f.known[id.Value] != "":
		return f.known[id.Value]
	case id.Value == "execlua":
		return "execlua"
	}
	return ""
}

// typeOfVariable is certain when all its values are of one type.
func (f *file) typeOfVariable(v *variable) string {
	if v.typ != "" || len(v.values) == 0 {
		return v.typ
	}
	typ := ""
	for i, value := range v.values {
		if isNil(value.expr) {
			continue
		}
		t := f.typeAt(value.expr, value.n)
		if t == "" || i > 0 && typ != "" && t != typ {
			return ""
		}
		typ = t
	}
	return typ
}

func (f *file) typeOfMember(e *ast.AttrGetExpr) string {
	object := f.typeOf(e.Object)
	if key, ok := e.Key.(*ast.StringExpr); ok {
		if owner := f.api.One(object); owner != nil {
			if m := owner.Member(key.Value); m != nil {
				return m.Type
			}
			return ""
		}
	}
	return entryType(object)
}

// entryType is that of the entries of a list or map.
func entryType(typ string) string {
	if entry, ok := strings.CutSuffix(typ, "[]"); ok && !strings.Contains(entry, "|") {
		return entry
	}
	if inner, ok := strings.CutPrefix(typ, "table<"); ok {
		if _, entry, ok := strings.Cut(strings.TrimSuffix(inner, ">"), ", "); ok {
			return entry
		}
	}
	return ""
}

func (f *file) typeOfCall(call *ast.FuncCallExpr, n int) string {
	if name, ok := f.required(call); ok {
		if f.api.Owner(name) != nil && n == 0 {
			return name
		}
		return ""
	}
	if isGlobal(f, call.Func, "assert") && len(call.Args) > 0 && n == 0 {
		return f.typeOf(call.Args[0])
	}
	if fn := f.functionOf(call.Func); fn != nil {
		return f.typeOfReturns(fn, n)
	}
	if _, m := f.callee(call); m != nil && m.Call != nil && n < len(m.Call.Returns) && m.Call.Returns[n].Name != "..." {
		return m.Call.Returns[n].Type
	}
	return ""
}

// required is the name in require("…").
func (f *file) required(call *ast.FuncCallExpr) (string, bool) {
	if call.Func == nil || !isGlobal(f, call.Func, "require") || len(call.Args) != 1 {
		return "", false
	}
	name, ok := call.Args[0].(*ast.StringExpr)
	if !ok {
		return "", false
	}
	return name.Value, true
}

// functionOf is the function of the script that a name stands for.
func (f *file) functionOf(e ast.Expr) *ast.FunctionExpr {
	id, ok := e.(*ast.IdentExpr)
	if !ok {
		return nil
	}
	v := f.idents[id]
	if v == nil {
		v = f.assigned[id.Value]
	}
	if v == nil || len(v.values) != 1 {
		return nil
	}
	fn, _ := v.values[0].expr.(*ast.FunctionExpr)
	return fn
}

func (f *file) typeOfReturns(fn *ast.FunctionExpr, n int) string {
	typ := ""
	for _, r := range f.returns[fn] {
		v := valueAt(r.Exprs, n)
		t := f.typeAt(v.expr, v.n)
		if t == "" || typ != "" && t != typ {
			return ""
		}
		typ = t
	}
	return typ
}

// typeOfIteration is the type of the n-th variable of a loop.
func (f *file) typeOfIteration(i *iteration, n int) string {
	if len(i.over) == 0 {
		return ""
	}
	call, ok := i.over[0].(*ast.FuncCallExpr)
	if !ok {
		return ""
	}
	if (isGlobal(f, call.Func, "ipairs") || isGlobal(f, call.Func, "pairs")) && len(call.Args) == 1 {
		if n == 1 {
			return entryType(f.typeOf(call.Args[0]))
		}
		return ""
	}
	if _, returns, ok := api.Function(f.typeOf(call)); ok && n == 0 {
		return strings.TrimSuffix(returns, "?")
	}
	return ""
}

// callee is the declared function that a call means; the owner is that of its name.
func (f *file) callee(call *ast.FuncCallExpr) (*api.Owner, *api.Member) {
	if call.Func == nil {
		return f.member(f.typeOf(call.Receiver), call.Method)
	}
	return f.named(call.Func)
}

// named is the declared function that an expression is: execlua.driver, or a
// local that was set to it.
func (f *file) named(e ast.Expr) (*api.Owner, *api.Member) {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return f.member(f.typeOf(e.Object), key.Value)
		}
	case *ast.IdentExpr:
		if v := f.idents[e]; v != nil && len(v.values) == 1 && !v.followed {
			v.followed = true
			defer func() { v.followed = false }()
			return f.named(v.values[0].expr)
		}
	}
	return nil, nil
}

func (f *file) member(typ, name string) (*api.Owner, *api.Member) {
	owner := f.api.One(typ)
	if owner == nil {
		return nil, nil
	}
	return owner, owner.Member(name)
}

// owners are those that a value of a type can be; nil if it can be anything else.
func (f *file) owners(typ string) []*api.Owner {
	var owners []*api.Owner
	for _, t := range f.api.Types(typ) {
		o := f.api.Owner(t)
		if o == nil {
			return nil
		}
		if !slices.Contains(owners, o) {
			owners = append(owners, o)
		}
	}
	return owners
}
