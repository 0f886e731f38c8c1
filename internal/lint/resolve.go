package lint

import "github.com/yuin/gopher-lua/ast"

// maxDepth bounds how deep the tree is looked into. What lies below is not checked.
const maxDepth = 5000

// variable is a local, or a global that the script sets.
type variable struct {
	name     string
	line     int
	local    bool // a parameter and a loop's variable are not, for a place needs them
	values   []value
	typ      string // known by its place
	reads    int
	behind   []*variable // declared by the same statement, behind it
	followed bool        // to the function that it is
}

// value is the n-th result of an expression, from 0. Without an expression it is unknown.
type value struct {
	expr ast.Expr
	n    int
}

type scope struct {
	outer *scope
	names map[string]*variable
}

func (f *file) resolve(stmts []ast.Stmt) {
	f.idents = map[*ast.IdentExpr]*variable{}
	f.assigned = map[string]*variable{}
	f.written = map[string]bool{}
	f.tested = map[ast.Expr]bool{}
	f.types = map[asked]string{}
	f.parameters = map[*ast.FunctionExpr][]*variable{}
	f.returns = map[*ast.FunctionExpr][]*ast.ReturnStmt{}
	f.block(stmts)
}

func (f *file) open()  { f.scope = &scope{f.scope, map[string]*variable{}} }
func (f *file) close() { f.scope = f.scope.outer }

func (f *file) declare(name string, line int, local bool) *variable {
	v := &variable{name: name, line: line, local: local}
	f.scope.names[name] = v
	f.variables = append(f.variables, v)
	return v
}

func (f *file) lookup(name string) *variable {
	for s := f.scope; s != nil; s = s.outer {
		if v := s.names[name]; v != nil {
			return v
		}
	}
	return nil
}

func (f *file) block(stmts []ast.Stmt) {
	f.open()
	f.statements(stmts)
	f.close()
}

func (f *file) statements(stmts []ast.Stmt) {
	if f.depth++; f.depth <= maxDepth {
		for _, s := range stmts {
			f.statement(s)
		}
	}
	f.depth--
}

func (f *file) statement(s ast.Stmt) {
	f.nodes = append(f.nodes, s)
	switch s := s.(type) {
	case *ast.AssignStmt:
		f.expressions(s.Rhs)
		for i, target := range s.Lhs {
			f.assign(target, valueAt(s.Rhs, i))
		}
	case *ast.LocalAssignStmt:
		f.locals(s)
	case *ast.FuncCallStmt:
		f.expression(s.Expr)
	case *ast.DoBlockStmt:
		f.block(s.Stmts)
	case *ast.WhileStmt:
		f.condition(s.Condition)
		f.block(s.Stmts)
	case *ast.RepeatStmt: // the condition sees the locals of the body
		f.open()
		f.statements(s.Stmts)
		f.condition(s.Condition)
		f.close()
	case *ast.IfStmt:
		f.condition(s.Condition)
		f.block(s.Then)
		f.block(s.Else)
	case *ast.FuncDefStmt:
		f.definition(s)
	case *ast.ReturnStmt:
		f.expressions(s.Exprs)
		if n := len(f.function); n > 0 {
			f.returns[f.function[n-1]] = append(f.returns[f.function[n-1]], s)
		}
	default:
		f.loop(s)
	}
}

func (f *file) loop(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.NumberForStmt:
		f.expression(s.Init)
		f.expression(s.Limit)
		f.expression(s.Step)
		f.open()
		f.declare(s.Name, s.Line(), false).typ = "number"
		f.statements(s.Stmts)
		f.close()
	case *ast.GenericForStmt:
		f.expressions(s.Exprs)
		f.open()
		for i, name := range s.Names {
			f.declare(name, s.Line(), false).values = []value{{&iteration{over: s.Exprs}, i}}
		}
		f.statements(s.Stmts)
		f.close()
	}
}

// iteration stands for what a loop goes over, as the value of its variables.
type iteration struct {
	ast.NilExpr
	over []ast.Expr
}

func (f *file) locals(s *ast.LocalAssignStmt) {
	if len(s.Names) == 1 && len(s.Exprs) == 1 {
		if fn, ok := s.Exprs[0].(*ast.FunctionExpr); ok { // for gopher-lua it is a local function, which knows itself
			f.declare(s.Names[0], s.Line(), true).values = []value{{fn, 0}}
			f.expression(fn)
			return
		}
	}
	f.expressions(s.Exprs)
	first := len(f.variables)
	for i, name := range s.Names {
		v := f.declare(name, s.Line(), true)
		if len(s.Exprs) > 0 {
			v.values = []value{valueAt(s.Exprs, i)}
		}
		for _, before := range f.variables[first : first+i] {
			before.behind = append(before.behind, v)
		}
	}
}

func (f *file) definition(s *ast.FuncDefStmt) {
	if s.Name.Method == "" {
		f.assign(s.Name.Func, value{s.Func, 0})
		f.expression(s.Func)
		return
	}
	f.expression(s.Name.Receiver)
	f.written[s.Name.Method] = true
	f.open()
	f.declare("self", s.Line(), false)
	f.expression(s.Func)
	f.close()
}

// assign notes what a target gets.
func (f *file) assign(target ast.Expr, v value) {
	switch target := target.(type) {
	case *ast.IdentExpr:
		known := f.lookup(target.Value)
		if known == nil {
			known = f.assigned[target.Value]
		}
		if known == nil {
			known = &variable{name: target.Value, line: target.Line()}
			f.assigned[target.Value] = known
		}
		known.values = append(known.values, v)
		f.idents[target] = known
	case *ast.AttrGetExpr:
		f.expression(target.Object)
		f.expression(target.Key)
		f.nodes = append(f.nodes, &store{AttrGetExpr: target, value: v})
		if key, ok := target.Key.(*ast.StringExpr); ok {
			f.written[key.Value] = true
			if isGlobal(f, target.Object, "_G") {
				f.assigned[key.Value] = &variable{name: key.Value, line: target.Line()}
			}
		} else if isGlobal(f, target.Object, "_G") {
			f.opaque = true
		}
	}
}

// store is an assignment to a field.
type store struct {
	*ast.AttrGetExpr
	value value
}

// valueAt is what the i-th target of an assignment gets.
func valueAt(exprs []ast.Expr, i int) value {
	switch last := len(exprs) - 1; {
	case i <= last:
		return value{exprs[i], 0}
	case last >= 0 && isMulti(exprs[last]):
		return value{exprs[last], i - last}
	}
	return value{&ast.NilExpr{}, 0}
}

// isMulti tells an expression that may have any number of values.
func isMulti(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}
