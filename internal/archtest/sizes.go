package archtest

import "go/ast"

// A file has one subject and a function one task. Tests are longer: a table has many rows.
const (
	maxFile, maxFunc         = 300, 60
	maxTestFile, maxTestFunc = 400, 100
)

// sizes counts lines. Generated files are as long as what they are generated from.
func sizes(s *source) []Violation {
	if ast.IsGenerated(s.file) {
		return nil
	}
	fileLimit, funcLimit := maxFile, maxFunc
	if s.test {
		fileLimit, funcLimit = maxTestFile, maxTestFunc
	}
	var found []Violation
	if n := s.line(s.file.FileEnd - 1); n > fileLimit {
		found = append(found, s.violates(s.file.Package, "file of %d lines: %d at most", n, fileLimit))
	}
	for _, decl := range s.file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := s.line(fn.End()) - s.line(fn.Pos()) + 1; n > funcLimit {
			found = append(found, s.violates(fn.Pos(), "%s has %d lines: %d at most", fn.Name.Name, n, funcLimit))
		}
	}
	return found
}
