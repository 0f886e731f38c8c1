package stdlib

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// allMethods are those that look for more than one match. Other tasks run
// meanwhile, and the end of the task ends them.
func allMethods() []bind.Func {
	text := bind.Param{Name: "text"}
	most := bind.Param{Name: "max", Type: "integer", Optional: true, Doc: "All when nil."}
	return []bind.Func{
		{
			Name: "find_all", Doc: "Lists the matches in a text, without captures.", Method: true,
			Params: []bind.Param{text, most}, Returns: []bind.Return{{}}, Fn: findAll,
		},
		{
			Name: "gmatch", Doc: "Iterates over the captures of all matches, as string.gmatch does.", Method: true,
			Params: []bind.Param{text}, Returns: []bind.Return{{Type: "fun(): ...any"}}, Fn: gmatch,
		},
		{
			Name: "replace", Doc: "Replaces the matches in a text.", Method: true,
			Params: []bind.Param{text, {
				Name: "replacement", Type: "string|fun(...: string?): string?",
				Doc: "A text, in which $1 or ${name} is a group, $0 the match and $$ a dollar. Or a function that is called with the captures and gives a text, or nil to leave the match as it is.",
			}, most},
			Returns: []bind.Return{{Name: "text"}, {Name: "count"}}, Fn: replaceAll,
		},
		{
			Name: "split", Doc: "Cuts text at the matches.", Method: true,
			Params:  []bind.Param{text, {Name: "max", Type: "integer", Optional: true, Doc: "How many parts there are at most; all when nil."}},
			Returns: []bind.Return{{}}, Fn: splitAll,
		},
	}
}

// atMost is how many matches are looked for.
func atMost(most *int) (int, error) {
	if most == nil {
		return maxEntries + 1, nil
	}
	if *most < 1 || *most > maxEntries {
		return 0, &bind.FieldError{Path: "max", Message: fmt.Sprintf("1 to %d expected", maxEntries)}
	}
	return *most, nil
}

// matches is all with its limits.
func (p *pattern) matches(ctx context.Context, text string, most *int) ([][]int, error) {
	n, err := atMost(most)
	if err != nil {
		return nil, err
	}
	found, err := p.all(ctx, text, n)
	if len(found) > maxEntries {
		return nil, &bind.FieldError{Path: "text", Message: fmt.Sprintf("more than %d matches", maxEntries)}
	}
	return found, err
}

func findAll(ctx context.Context, p *pattern, text string, most *int) ([]string, error) {
	found, err := p.matches(ctx, text, most)
	var out []string
	for _, at := range found {
		out = append(out, text[at[0]:at[1]])
	}
	return out, err
}

func splitAll(ctx context.Context, p *pattern, text string, most *int) ([]string, error) {
	if most != nil && *most == 1 {
		return []string{text}, nil
	}
	if most != nil {
		cuts := *most - 1
		most = &cuts
	}
	found, err := p.matches(ctx, text, most)
	if err != nil {
		return nil, err
	}
	var out []string
	end := 0
	for _, at := range found {
		if at[1] == 0 || at[0] == len(text) && at[1] == at[0] { // no text before it, or behind it
			continue
		}
		out = append(out, text[end:at[0]])
		end = at[1]
	}
	return append(out, text[end:]), nil
}

func gmatch(L *lua.LState, p *pattern, text string) (lua.LValue, error) {
	var found [][]int
	err := vm.Block(L, func(ctx context.Context) (err error) {
		found, err = p.matches(ctx, text, nil)
		return err
	})
	return L.NewFunction(func(L *lua.LState) int {
		if len(found) == 0 {
			L.Push(lua.LNil)
			return 1
		}
		values := capturesOf(text, found[0])
		found = found[1:]
		for _, value := range values {
			L.Push(value)
		}
		return len(values)
	}), err
}

func replaceAll(L *lua.LState, p *pattern, text string, replacement lua.LValue, most *int) (string, int, error) {
	var found [][]int
	err := vm.Block(L, func(ctx context.Context) (err error) {
		found, err = p.matches(ctx, text, most)
		return err
	})
	if err != nil {
		return "", 0, err
	}
	expand, err := p.expander(L, text, replacement)
	if err != nil {
		return "", 0, err
	}
	var out strings.Builder
	end := 0
	for _, at := range found {
		out.WriteString(text[end:at[0]])
		end = at[1]
		piece, err := expand(at)
		if err != nil {
			return "", 0, err
		}
		if err := checkSize("result", out.Len()+len(piece)+len(text)-end, maxText); err != nil {
			return "", 0, err
		}
		out.WriteString(piece)
	}
	out.WriteString(text[end:])
	return out.String(), len(found), nil
}

// expander makes what stands in the place of a match.
func (p *pattern) expander(L *lua.LState, text string, replacement lua.LValue) (func(at []int) (string, error), error) {
	switch r := replacement.(type) {
	case lua.LString:
		references := strings.Count(string(r), "$")
		return func(at []int) (string, error) {
			if err := checkSize("result", len(r)+references*(at[1]-at[0]), maxText); err != nil {
				return "", err
			}
			return string(p.ExpandString(nil, string(r), text, at)), nil
		}, nil
	case *lua.LFunction:
		return func(at []int) (string, error) {
			L.Push(r)
			values := capturesOf(text, at)
			for _, value := range values {
				L.Push(value)
			}
			L.Call(len(values), 1)
			result := L.Get(-1)
			L.Pop(1)
			switch result := result.(type) {
			case lua.LString:
				return string(result), nil
			case *lua.LNilType:
				return text[at[0]:at[1]], nil
			}
			return "", errors.New("the replacement must be text or nil, got " + result.Type().String())
		}, nil
	}
	return nil, &bind.FieldError{Path: "replacement", Message: "text or a function expected, got " + replacement.Type().String()}
}
