package lint

import "github.com/yuin/gopher-lua/ast"

func (f *file) expressions(exprs []ast.Expr) {
	for _, e := range exprs {
		f.expression(e)
	}
}

// expression resolves the names in an expression and lists its parts, the outer before the inner.
func (f *file) expression(e ast.Expr) {
	if f.depth++; f.depth <= maxDepth {
		f.part(e)
	}
	f.depth--
}

func (f *file) part(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		f.read(e)
	case *ast.AttrGetExpr:
		f.nodes = append(f.nodes, e)
		f.expression(e.Object)
		f.expression(e.Key)
	case *ast.TableExpr:
		for _, field := range e.Fields {
			f.expression(field.Key)
			f.expression(field.Value)
		}
	case *ast.FuncCallExpr:
		f.nodes = append(f.nodes, e)
		f.expression(e.Func)
		f.expression(e.Receiver)
		f.expressions(e.Args)
		f.reflection(e)
	case *ast.FunctionExpr:
		f.body(e)
	default:
		f.operation(e)
	}
}

func (f *file) operation(e ast.Expr) {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		f.condition(e.Lhs)
		f.expression(e.Rhs)
	case *ast.RelationalOpExpr:
		if isNil(e.Lhs) || isNil(e.Rhs) {
			f.tested[e.Lhs], f.tested[e.Rhs] = true, true
		}
		f.expression(e.Lhs)
		f.expression(e.Rhs)
	case *ast.StringConcatOpExpr:
		f.expression(e.Lhs)
		f.expression(e.Rhs)
	case *ast.ArithmeticOpExpr:
		f.expression(e.Lhs)
		f.expression(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		f.expression(e.Expr)
	case *ast.UnaryNotOpExpr:
		f.condition(e.Expr)
	case *ast.UnaryLenOpExpr:
		f.expression(e.Expr)
	}
}

func isNil(e ast.Expr) bool {
	_, ok := e.(*ast.NilExpr)
	return ok
}

// condition is an expression that is looked at: what may be missing is asked for this way.
func (f *file) condition(e ast.Expr) {
	f.tested[e] = true
	f.expression(e)
}

func (f *file) read(id *ast.IdentExpr) {
	v := f.lookup(id.Value)
	if v == nil {
		f.reads = append(f.reads, id)
		return
	}
	v.reads++
	f.idents[id] = v
}

func (f *file) body(e *ast.FunctionExpr) {
	f.function = append(f.function, e)
	f.open()
	for _, name := range e.ParList.Names {
		f.parameters[e] = append(f.parameters[e], f.declare(name, e.Line(), false))
	}
	f.statements(e.Stmts)
	f.close()
	f.function = f.function[:len(f.function)-1]
}

// reflection looks for calls that set globals in ways that do not show.
func (f *file) reflection(call *ast.FuncCallExpr) {
	id, ok := call.Func.(*ast.IdentExpr)
	if !ok || f.idents[id] != nil {
		return
	}
	switch id.Value {
	case "setfenv", "module":
		f.opaque = true
	case "setmetatable", "rawset":
		if len(call.Args) > 0 && isGlobal(f, call.Args[0], "_G") {
			f.opaque = true
		}
	}
}

// isGlobal tells whether an expression is a global of Lua that the script leaves alone.
func isGlobal(f *file, e ast.Expr, name string) bool {
	id, ok := e.(*ast.IdentExpr)
	return ok && id.Value == name && f.idents[id] == nil && f.assigned[name] == nil
}
