// Package archtest holds the laws of the house that a compiler does not check:
// who may import whom, what runs at package initialisation, how large a file or
// a function may grow. Its test applies them to the whole module.
//
// The laws are read off the source text alone, without build tags, so that one
// machine sees the files of every platform.
package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

const module = "github.com/execlua/execlua"

// Violation is one broken law.
type Violation struct {
	File string // slash-separated, relative to the root of the module
	Line int
	Law  string
}

func (v Violation) String() string { return fmt.Sprintf("%s:%d: %s", v.File, v.Line, v.Law) }

// source is one parsed file.
type source struct {
	path string // as Violation.File
	dir  string // "." for the root
	test bool
	file *ast.File
	fset *token.FileSet
}

func (s *source) line(p token.Pos) int { return s.fset.Position(p).Line }

func (s *source) violates(p token.Pos, law string, args ...any) Violation {
	return Violation{s.path, s.line(p), fmt.Sprintf(law, args...)}
}

// Check applies every law to the Go files below root, the root of the module.
func Check(root fs.FS) ([]Violation, error) {
	sources, err := load(root)
	if err != nil {
		return nil, err
	}
	var all []Violation
	for _, s := range sources {
		all = append(all, imports(s)...)
		all = append(all, initialisation(s)...)
		all = append(all, sizes(s)...)
	}
	return append(all, confined(sources)...), nil
}

func load(root fs.FS) ([]*source, error) {
	var sources []*source
	fset := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		sources = append(sources, &source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), file, fset})
		return nil
	})
	return sources, err
}

// skip leaves out the directories that go itself leaves out of ./..., and what is built.
func skip(dir string) error {
	base := path.Base(dir)
	if dir != "." && (base == "testdata" || base == "bin" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
		return fs.SkipDir
	}
	return nil
}
