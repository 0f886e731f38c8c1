package vm

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/parse"
)

// Bounds of a source text. gopher-lua parses and compiles by recursion, has no
// bounds of its own, and takes quadratic time for what is nested.
const (
	maxSource = 16 << 20 // bytes
	maxDepth  = 200      // blocks and brackets, one in another, as LUAI_MAXCCALLS
	maxChain  = 10_000   // operators, calls and indices in one expression, and elseifs
	// A text up to this size cannot nest deep enough to hurt, and needs no look.
	harmless = 8 << 10
	// Parsing takes up to 150 bytes for each of the source.
	parseCost = 128
)

// maxSource is how long a source may be, in bytes.
func (v *VM) maxSource() int {
	if limit := v.opts.Limits.Memory; limit > 0 {
		return int(min(limit/parseCost, maxSource))
	}
	return maxSource
}

// checkNesting refuses a text that would take too much to compile. One that has
// an error passes: the parser finds it.
func checkNesting(text, name string) *ScriptError {
	if len(text) <= harmless {
		return nil
	}
	scanner, lexer := parse.NewScanner(strings.NewReader(text), name), &parse.Lexer{}
	n := nesting{chains: []int{0}}
	for {
		token, err := scanner.Scan(lexer)
		if err != nil || token.Type == parse.EOF {
			return nil
		}
		if complaint := n.token(token.Type); complaint != "" {
			e := &ScriptError{Where: fmt.Sprintf("%s:%d", name, token.Pos.Line)}
			return e.say(complaint)
		}
	}
}

// nesting follows a text token by token.
type nesting struct {
	chains  []int // for each open block or bracket, the length of the present expression
	operand bool  // the last token ends an operand
}

func (n *nesting) token(kind int) string {
	operand := n.operand
	n.operand = false
	switch kind {
	case '(', '{', '[':
		n.grow()
		n.open()
	case ')', '}', ']', parse.TEnd:
		n.close()
		n.operand = true
	case parse.TFunction:
		if operand {
			n.reset()
		}
		n.open()
	case parse.TIdent:
		if operand { // two operands in a row: a new statement
			n.reset()
		}
		n.operand = true
	case parse.TString: // after an operand it is a call's argument
		n.grow()
		n.operand = true
	case parse.TNumber, parse.TNil, parse.TTrue, parse.TFalse, parse.T3Comma, parse.TBreak:
		n.operand = true
	case parse.TDo, parse.TThen, parse.TRepeat:
		n.reset()
		n.open()
	case parse.TElseIf:
		n.close()
		n.grow()
	case parse.TElse:
		n.close()
		n.open()
	case parse.TUntil:
		n.close()
	case ',', ';', '=', parse.TLocal, parse.TReturn, parse.TIf, parse.TWhile, parse.TFor, parse.TIn, parse.TGoto:
		n.reset()
	default:
		n.grow()
	}
	switch {
	case len(n.chains) > maxDepth:
		return fmt.Sprintf("too many nested blocks and brackets (the limit is %d)", maxDepth)
	case n.chains[len(n.chains)-1] > maxChain:
		return fmt.Sprintf("expression too long (the limit is %d operators)", maxChain)
	}
	return ""
}

func (n *nesting) open()  { n.chains = append(n.chains, 0) }
func (n *nesting) grow()  { n.chains[len(n.chains)-1]++ }
func (n *nesting) reset() { n.chains[len(n.chains)-1] = 0 }

func (n *nesting) close() {
	if len(n.chains) > 1 {
		n.chains = n.chains[:len(n.chains)-1]
	}
}
