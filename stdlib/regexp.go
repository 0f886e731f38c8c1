package stdlib

import (
	"context"
	"fmt"
	"regexp"
	"regexp/syntax"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

const (
	maxPattern = 8 << 10 // bytes
	// maxWork bounds one match, which takes up to the length of the text times that
	// of the program: about a second.
	maxWork = 1 << 28
)

// pattern is a compiled regular expression.
type pattern struct {
	*regexp.Regexp
	size int // instructions
}

func regexpModule() Module {
	return Module{
		Module: bind.Module{Name: "execlua.regexp", Doc: "Regular expressions in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), which take linear time.", Funcs: []bind.Func{
			{
				Name: "compile", Doc: "Makes a regular expression.",
				Params:  []bind.Param{{Name: "pattern", Doc: "In Lua best written in [[…]]: \\ then needs no \\."}},
				Returns: []bind.Return{{Type: "execlua.Regexp"}},
				Fn:      compile,
			},
			{
				Name: "escape", Doc: "Makes a pattern that matches a text and nothing else.",
				Params: []bind.Param{{Name: "text"}}, Returns: []bind.Return{{}}, Fn: onText(regexp.QuoteMeta),
			},
		}},
		Classes: []bind.Class{{Name: "regexp", Doc: "A compiled regular expression.", Methods: append(matchMethods(), allMethods()...)}},
	}
}

func matchMethods() []bind.Func {
	text := bind.Param{Name: "text"}
	from := bind.Param{Name: "init", Optional: true, Doc: "Where to begin, from 1; what is before does not exist for ^ and \\b."}
	return []bind.Func{
		{
			Name: "test", Doc: "Tells whether there is a match in a text.", Method: true,
			Params: []bind.Param{text}, Returns: []bind.Return{{}},
			Fn: func(p *pattern, text string) (bool, error) {
				if err := p.affordable(text); err != nil {
					return false, err
				}
				return p.MatchString(text), nil
			},
		},
		{
			Name: "find", Doc: "Finds the first match, as string.find does.", Method: true,
			Params:  []bind.Param{text, from},
			Returns: []bind.Return{{Name: "...", Type: "any", Doc: "First and last position and the captures; nil without a match. A group that has no part in the match is nil."}},
			Fn:      func(p *pattern, text string, from *int) (bind.Results, error) { return p.first(text, from, true) },
		},
		{
			Name: "match", Doc: "Gives the captures of the first match, as string.match does.", Method: true,
			Params:  []bind.Param{text, from},
			Returns: []bind.Return{{Name: "...", Type: "any", Doc: "The captures, or the match if there are no groups; nil without a match."}},
			Fn:      func(p *pattern, text string, from *int) (bind.Results, error) { return p.first(text, from, false) },
		},
		{
			Name: "captures", Doc: "Gives the captures of the first match by number and, for (?P<name>…), by name.", Method: true,
			Params: []bind.Param{text}, Returns: []bind.Return{{Type: "table?", Doc: "[0] is the match; nil without one."}},
			Fn: captures,
		},
	}
}

func compile(L *lua.LState, source string) (lua.LValue, error) {
	if err := checkSize("pattern", len(source), maxPattern); err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, &bind.FieldError{Path: "pattern", Message: err.Error()}
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, &bind.FieldError{Path: "pattern", Message: err.Error()}
	}
	compiled, err := regexp.Compile(source)
	if err != nil {
		return nil, &bind.FieldError{Path: "pattern", Message: err.Error()}
	}
	return object(L, &pattern{compiled, len(program.Inst)}, "regexp"), nil
}

// affordable refuses a text that one match could take long for.
func (p *pattern) affordable(text string) error {
	if limit := maxWork / p.size; len(text) > limit {
		return &bind.FieldError{Path: "text", Message: fmt.Sprintf("%d bytes are too many for this pattern, the limit is %d (go line by line)", len(text), limit)}
	}
	return nil
}

// first finds the first match from a position on.
func (p *pattern) first(text string, from *int, positions bool) (bind.Results, error) {
	start := 0
	if from != nil {
		start = max(*from-1, 0)
	}
	if start > len(text) {
		return bind.Results{lua.LNil}, nil
	}
	text = text[start:]
	if err := p.affordable(text); err != nil {
		return nil, err
	}
	at := p.FindStringSubmatchIndex(text)
	if at == nil {
		return bind.Results{lua.LNil}, nil
	}
	var out bind.Results
	if positions {
		out = append(out, lua.LNumber(start+at[0]+1), lua.LNumber(start+at[1]))
	}
	if !positions || len(at) > 2 {
		out = append(out, capturesOf(text, at)...)
	}
	return out, nil
}

// capturesOf gives the groups of a match, or the match if there are none.
func capturesOf(text string, at []int) []lua.LValue {
	if len(at) == 2 {
		return []lua.LValue{submatch(text, at, 0)}
	}
	var out []lua.LValue
	for i := 1; i < len(at)/2; i++ {
		out = append(out, submatch(text, at, i))
	}
	return out
}

// submatch is a part of a match; nil if it has none in it.
func submatch(text string, at []int, n int) lua.LValue {
	if at[2*n] < 0 {
		return lua.LNil
	}
	return lua.LString(text[at[2*n]:at[2*n+1]])
}

func captures(L *lua.LState, p *pattern, text string) (lua.LValue, error) {
	if err := p.affordable(text); err != nil {
		return nil, err
	}
	at := p.FindStringSubmatchIndex(text)
	if at == nil {
		return lua.LNil, nil
	}
	table := L.CreateTable(0, 1)
	for i, name := range p.SubexpNames() {
		table.RawSetInt(i, submatch(text, at, i))
		if name != "" {
			table.RawSetString(name, submatch(text, at, i))
		}
	}
	return table, nil
}

// all finds the matches of a text, most of them at most. Many matches may take
// quadratic time (x.*y|x in a text of x), and only between calls can it be ended:
// each looks for four times as many as the one before, from the beginning, so the
// last one takes about as long as all the others did.
func (p *pattern) all(ctx context.Context, text string, most int) ([][]int, error) {
	if err := p.affordable(text); err != nil {
		return nil, err
	}
	for n := 1; ; n *= 4 {
		n = min(n, most)
		found := p.FindAllStringSubmatchIndex(text, n)
		if len(found) < n || n == most {
			return found, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}
