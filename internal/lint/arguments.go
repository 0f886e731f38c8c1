package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/internal/api"
)

// withoutObject finds driver.run(…), where driver:run(…) was meant.
func (f *file) withoutObject(call *ast.FuncCallExpr, owner *api.Owner, m *api.Member) bool {
	if len(call.Args) > 0 {
		typ := f.typeOf(call.Args[0])
		if typ == "" || slices.Contains(f.api.Types(typ), owner.Name) {
			return false
		}
	}
	line := call.Line()
	if get, ok := call.Func.(*ast.AttrGetExpr); ok {
		line = get.Key.Line()
	}
	f.say(line, m.Name, Argument, fmt.Sprintf("calling %q without its object (write object:%s(…))", m.Name, m.Name))
	return true
}

// arguments checks how many there are, and those whose type is certain.
func (f *file) arguments(call *ast.FuncCallExpr, owner *api.Owner, m *api.Member, args []ast.Expr) {
	params := m.Call.Params
	variadic := len(params) > 0 && params[len(params)-1].Name == "..."
	least := 0
	for _, p := range params {
		if !p.Optional && p.Name != "..." {
			least++
		}
	}
	line := call.Line()
	if call.Func == nil {
		line = f.places.method(call)
	}
	title := api.Entry{Owner: owner, Member: m}.Title()
	n, exact := count(args)
	for exact && n > 0 && isNil(args[n-1]) && n > len(params) {
		n--
	}
	switch {
	case exact && n < least:
		f.say(line, m.Name, Argument, fmt.Sprintf("%s(%s) takes at least %s, got %d", title, api.Signature(params), arguments(least), n))
	case n > len(params) && !variadic && (exact || n > len(params)+1):
		f.say(line, m.Name, Argument, fmt.Sprintf("%s(%s) takes no more than %s, got %d", title, api.Signature(params), arguments(len(params)), n))
	}
	for i, arg := range args[:min(len(args), len(params))] {
		if params[i].Name != "..." {
			f.argument(arg, params[i], i, title, wholeCommand(owner, m))
		}
	}
	f.shifted(args, params)
}

// shifted gives a callback its types when the options before it are left out.
func (f *file) shifted(args []ast.Expr, params []api.Param) {
	if last := len(params) - 1; last > 0 && len(args) == last {
		if fn, ok := args[last-1].(*ast.FunctionExpr); ok {
			f.callback(fn, params[last].Type)
		}
	}
}

// wholeCommand tells where a Command must be complete.
func wholeCommand(owner *api.Owner, m *api.Member) bool {
	switch owner.Name + "." + m.Name {
	case "execlua.command", "execlua.Driver.run", "execlua.Driver.start":
		return true
	}
	return false
}

func (f *file) argument(arg ast.Expr, p api.Param, i int, title string, whole bool) {
	types := f.api.Types(p.Type)
	switch arg := arg.(type) {
	case *ast.TableExpr:
		if record := f.recordAmong(types); record != nil {
			f.record(record, arg, whole && record.Name == "execlua.Command")
			return
		}
	case *ast.FunctionExpr:
		f.callback(arg, p.Type)
	}
	f.word(arg, p.Type, fmt.Sprintf("argument %d of %s (%s)", i+1, title, p.Name))
	given := plain(f.typeOf(arg))
	if given == "" || f.accepts(types, given) || p.Optional && i > 0 && given == "function" {
		return // a callback may stand before its place when options are left out
	}
	f.report(Finding{
		Line: arg.Line(), Column: f.literalColumn(arg), Code: Argument,
		Message: fmt.Sprintf("argument %d of %s (%s): %s expected, got %s", i+1, title, p.Name, api.Prose(p.Type), given),
	})
}

func (f *file) literalColumn(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.StringExpr:
		return f.places.column(e.Line(), e.Value, false)
	case *ast.NumberExpr:
		return f.places.column(e.Line(), e.Value, false)
	case *ast.IdentExpr:
		return f.places.column(e.Line(), e.Value, false)
	}
	return 0
}

// recordAmong is the one record among the types that a table can stand for.
func (f *file) recordAmong(types []string) *api.Owner {
	var record *api.Owner
	for _, t := range types {
		switch o := f.api.Owner(t); {
		case o == nil && t == "any", strings.HasPrefix(t, "{"), strings.HasPrefix(t, "table"):
			return nil
		case o != nil && o.Kind == api.Record:
			record = o
		}
	}
	return record
}

// plain is the type as Lua's type() tells it, or "" for what this does not decide.
func plain(typ string) string {
	switch typ {
	case "string", "number", "boolean", "table", "function":
		return typ
	case "integer":
		return "number"
	}
	if strings.HasPrefix(typ, "fun(") {
		return "function"
	}
	return ""
}

// accepts tells whether a value may be one of the types; of those it does not know, it is.
func (f *file) accepts(types []string, given string) bool {
	return slices.ContainsFunc(types, func(t string) bool {
		switch {
		case t == "string" || t == "boolean":
			return t == given
		case t == "integer" || t == "number":
			return given == "number"
		case strings.HasPrefix(t, `"`):
			return given == "string"
		case t == "function" || strings.HasPrefix(t, "fun("):
			return given == "function"
		case strings.HasSuffix(t, "[]") || strings.HasPrefix(t, "table") || strings.HasPrefix(t, "{"):
			return given == "table"
		case t == "file" || t == "file*" || t == "userdata":
			return false
		}
		o := f.api.Owner(t)
		return o == nil || o.Kind != api.Class && given == "table"
	})
}

// callback gives the parameters of a function the types that it is called with.
func (f *file) callback(fn *ast.FunctionExpr, typ string) {
	for _, t := range f.api.Types(typ) {
		for _, t := range f.api.Types(strings.TrimSuffix(t, "[]")) {
			params, _, ok := api.Function(t)
			if !ok {
				continue
			}
			for i, v := range f.parameters[fn] {
				if i < len(params) && len(v.values) == 0 && params[i].Type != "any" {
					v.typ = params[i].Type
				}
			}
		}
	}
}
