package lint

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// places finds the columns that the tree does not have: it knows lines only.
type places map[place][]int

// place is a token's text on a line.
type place struct {
	line   int
	text   string
	member bool // it stands behind a dot or colon
}

func newPlaces(source string) places {
	p := places{}
	scanner, lexer := parse.NewScanner(strings.NewReader(withoutShebang(source)), ""), &parse.Lexer{}
	member := false
	for {
		token, err := scanner.Scan(lexer)
		if err != nil || token.Type == parse.EOF {
			return p
		}
		at := place{token.Pos.Line, token.Str, member}
		p[at] = append(p[at], token.Pos.Column)
		member = token.Type == '.' || token.Type == ':'
	}
}

// column finds a token on a line, or returns 0. Of several alike, each call gets the next.
func (p places) column(line int, text string, member bool) int {
	at := place{line, text, member}
	columns := p[at]
	if text == "" || len(columns) == 0 {
		return 0
	}
	p[at] = columns[1:]
	return columns[0]
}

// method finds the line of a method's name: the tree has only that of the call,
// and a chain of calls may stand on several.
func (p places) method(call *ast.FuncCallExpr) int {
	for line := call.Line(); line < call.Line()+20; line++ {
		if len(p[place{line, call.Method, true}]) > 0 {
			return line
		}
	}
	return call.Line()
}
