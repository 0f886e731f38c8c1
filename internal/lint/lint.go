// Package lint finds mistakes in scripts without running them: what the parser
// refuses, names that nobody defines or uses, and calls and tables that do not
// fit the declarations.
//
// It follows values only where that is certain: a local that is assigned in one
// way, a required module, the result of a declared function. Where it does not
// know, it is silent.
package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/vm"
)

// Codes of findings.
const (
	Syntax    = "syntax"    // the script cannot be loaded
	Undefined = "undefined" // a global that nothing sets, a module that is not there
	Unused    = "unused"    // a local that nothing reads
	Field     = "field"     // a name that its owner does not have
	Argument  = "argument"  // too few, too many, or of the wrong type
	Value     = "value"     // in a table that stands for a record
)

// Finding is one mistake.
type Finding struct {
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column,omitempty"` // in bytes, from 1; 0 is unknown
	Code       string `json:"code"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"` // the name that was probably meant; the message has it too
}

func (f Finding) String() string {
	at := fmt.Sprintf("%s:%d:", f.File, f.Line)
	if f.Column > 0 {
		at += fmt.Sprintf("%d:", f.Column)
	}
	return at + " " + f.Message
}

// Checker checks one script after the other.
type Checker struct {
	api     *api.API
	decoder *luabind.Decoder
	globals *globals
	extra   []string
}

// New makes a Checker. extra are globals that the host of the scripts sets.
func New(extra ...string) (*Checker, error) {
	names, err := readGlobals()
	if err != nil {
		return nil, err
	}
	return &Checker{api: api.Load(), decoder: luabind.NewDecoder(), globals: names, extra: extra}, nil
}

// Check finds the mistakes of a script, in the order of its lines. name stands
// for the file. A line with the comment "-- execlua: ignore" has none.
func (c *Checker) Check(name, source string) []Finding {
	f := &file{Checker: c, name: name}
	stmts, err := parsed(name, source)
	if err != nil {
		f.syntax(err, 1+strings.Count(source, "\n"))
		return f.findings
	}
	f.places = newPlaces(source)
	f.resolve(stmts)
	f.unused()
	f.undefined()
	f.uses()
	return f.sorted(ignored(source))
}

// parsed compiles a script as a VM does, with its bounds and its messages, and
// returns the tree.
func parsed(name, source string) ([]ast.Stmt, error) {
	v := vm.New(vm.Options{})
	defer v.Close()
	err := v.Run(context.Background(), "check", func(L *lua.LState) error {
		_, err := v.Load(L, strings.NewReader(source), name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return parse.Parse(strings.NewReader(withoutShebang(source)), name)
}

// withoutShebang leaves the newline of a first line that is for the kernel.
func withoutShebang(source string) string {
	if strings.HasPrefix(source, "#") {
		return source[len(strings.SplitN(source, "\n", 2)[0]):]
	}
	return source
}

// ignored are the lines that the script has taken out.
func ignored(source string) map[int]bool {
	lines := map[int]bool{}
	n := 0
	for line := range strings.Lines(source) {
		n++
		if _, comment, ok := strings.Cut(line, "--"); ok && strings.Contains(comment, "execlua: ignore") {
			lines[n] = true
		}
	}
	return lines
}

// file is the check of one script.
type file struct {
	*Checker
	name     string
	places   places
	findings []Finding

	scope      *scope
	variables  []*variable
	idents     map[*ast.IdentExpr]*variable
	assigned   map[string]*variable // globals that the script sets
	known      map[string]string    // types of globals that stand outside, at a prompt
	written    map[string]bool      // names of fields that the script sets somewhere
	tested     map[ast.Expr]bool    // only looked at, to see whether it is there
	parameters map[*ast.FunctionExpr][]*variable
	returns    map[*ast.FunctionExpr][]*ast.ReturnStmt
	function   []*ast.FunctionExpr // that are open, the innermost last
	opaque     bool                // globals are set in ways that do not show
	reads      []*ast.IdentExpr    // of globals
	nodes      []ast.PositionHolder
	types      map[asked]string
	depth      int // of the tree while it is resolved, then of a value that is followed
}

// maxFindings bounds what is said of one script, and what it costs to say it.
const maxFindings = 1000

func (f *file) report(finding Finding) {
	finding.File = f.name
	if len(f.findings) < maxFindings {
		f.findings = append(f.findings, finding)
	}
}

// syntax splits the position off the message of a VM, which may be behind the last line.
func (f *file) syntax(err error, lines int) {
	finding := Finding{Code: Syntax, Line: 1, Message: strings.TrimPrefix(err.Error(), f.name+": ")}
	var script *vm.ScriptError
	if errors.As(err, &script) {
		if rest, ok := strings.CutPrefix(script.Error(), script.Where+": "); ok {
			finding.Message = rest
		}
		_, _ = fmt.Sscanf(strings.TrimPrefix(script.Where, f.name+":"), "%d", &finding.Line) // without one it is 1
	}
	finding.Line = min(finding.Line, lines)
	f.report(finding)
}

func (f *file) sorted(ignored map[int]bool) []Finding {
	found := slices.DeleteFunc(f.findings, func(x Finding) bool { return ignored[x.Line] })
	slices.SortStableFunc(found, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column), cmp.Compare(x.Message, y.Message))
	})
	return slices.Compact(found)
}
