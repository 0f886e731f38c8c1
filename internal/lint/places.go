package lint

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// places finds the columns that the tree does not have: it knows lines only.
type places struct {
	lines map[int][]place
	taken map[place]bool // an earlier finding stands there
}

type place struct {
	line, column int
	text         string
	member       bool // stands behind a dot or colon
}

func newPlaces(source string) *places {
	p := &places{lines: map[int][]place{}, taken: map[place]bool{}}
	scanner, lexer := parse.NewScanner(strings.NewReader(withoutShebang(source)), ""), &parse.Lexer{}
	member := false
	for {
		token, err := scanner.Scan(lexer)
		if err != nil || token.Type == parse.EOF {
			return p
		}
		line := token.Pos.Line
		p.lines[line] = append(p.lines[line], place{line, token.Pos.Column, token.Str, member})
		member = token.Type == '.' || token.Type == ':'
	}
}

// column finds a token on a line; member says whether it stands behind a dot or colon.
// Of several alike, each finding gets the next.
func (p *places) column(line int, text string, member bool) int {
	if p == nil || text == "" {
		return 0
	}
	for _, at := range p.lines[line] {
		if at.text == text && !p.taken[at] && at.member == member {
			p.taken[at] = true
			return at.column
		}
	}
	return 0
}

// method finds the line of a method's name: the tree has only that of the call,
// and a chain of calls may stand on many.
func (p *places) method(call *ast.FuncCallExpr) int {
	if p == nil {
		return call.Line()
	}
	for line := call.Line(); line < call.Line()+100; line++ {
		for _, at := range p.lines[line] {
			if at.text == call.Method && at.member {
				return line
			}
		}
	}
	return call.Line()
}
