package lint

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/internal/api"
)

// Session follows what is typed at a prompt, chunk by chunk, and explains
// expressions from the declarations. It never looks at a running VM.
type Session struct {
	*Checker
	types map[string]string // of the globals that chunks have set
}

// Session begins with the globals of the command line.
func (c *Checker) Session() *Session { return &Session{c, map[string]string{}} }

// Learn notes the globals that a chunk sets. What does not parse teaches nothing.
func (s *Session) Learn(source string) {
	f := s.file()
	stmts, err := parse.Parse(strings.NewReader(withoutShebang(source)), "chunk")
	if err != nil {
		return
	}
	f.resolve(stmts)
	f.depth = 0
	for name, v := range f.assigned {
		s.types[name] = f.typeOfVariable(v)
	}
}

func (s *Session) file() *file { return &file{Checker: s.Checker, known: s.types} }

// expression resolves one, or returns nil.
func (s *Session) expression(text string) (*file, ast.Expr) {
	f := s.file()
	stmts, err := parse.Parse(strings.NewReader("return "+text), "expression")
	if err != nil || len(stmts) != 1 {
		return nil, nil
	}
	result, ok := stmts[0].(*ast.ReturnStmt)
	if !ok || len(result.Exprs) != 1 {
		return nil, nil
	}
	f.resolve(stmts)
	f.depth = 0
	return f, result.Exprs[0]
}

// Explain finds the declaration of what an expression is: a function, a field, or
// the type of its value. A string is the name that it holds. There may be none.
func (s *Session) Explain(text string) []api.Entry {
	f, e := s.expression(text)
	if e == nil {
		return nil
	}
	if name, ok := e.(*ast.StringExpr); ok {
		found, _ := s.api.Find(name.Value) // a wrong name is like none
		return found
	}
	if owner, m := f.named(e); m != nil {
		return []api.Entry{{Owner: owner, Member: m}}
	}
	var found []api.Entry
	for _, owner := range f.owners(f.typeOf(e)) {
		found = append(found, api.Entry{Owner: owner})
	}
	return found
}

// API is what is declared.
func (s *Session) API() *api.API { return s.api }

// IsLua tells whether a name is one of Lua's own: "print", "string.format".
func (s *Session) IsLua(name string) bool {
	library, member, ok := strings.Cut(name, ".")
	if ok {
		return slices.Contains(s.globals.libraries[library], member)
	}
	return slices.Contains(s.globals.names, name) && !slices.Contains(hostNames(), name)
}
