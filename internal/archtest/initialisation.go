package archtest

import (
	"go/ast"
	"go/token"
)

// reexec is the one file that may have an init function: it turns a copy of the
// binary into the init process of a container.
const reexec = "driver/native/init.go"

// initialisation keeps package initialisation cheap and free of surprises: the
// binary runs once more at the start of every container.
func initialisation(s *source) []Violation {
	if s.test {
		return nil
	}
	var found []Violation
	inits := 0
	for _, decl := range s.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil || d.Name.Name != "init" {
				continue
			}
			if inits++; s.path != reexec || inits > 1 {
				found = append(found, s.violates(d.Pos(), "init function: only %s has one", reexec))
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				found = append(found, compiled(s, d)...)
			}
		}
	}
	return found
}

// compiled finds regular expressions that are compiled at package initialisation;
// those inside a function literal (sync.OnceValue) wait until somebody asks.
func compiled(s *source, d *ast.GenDecl) []Violation {
	var found []Violation
	ast.Inspect(d, func(n ast.Node) bool {
		if _, later := n.(*ast.FuncLit); later {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := fn.X.(*ast.Ident); ok && pkg.Name == "regexp" {
			found = append(found, s.violates(call.Pos(), "regexp.%s at package level: every container start pays for it", fn.Sel.Name))
		}
		return true
	})
	return found
}
