package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind/bind"
)

// closed are the words of which a text of a type must be one; nil when it can be any
// text, or stand for a record, which the decoder knows.
func (f *file) closed(typ string) (words []string) {
	for _, t := range f.api.Types(typ) {
		switch o := f.api.Owner(t); {
		case strings.HasPrefix(t, `"`):
			words = append(words, strings.Trim(t, `"`))
		case t == "string", t == "any", o != nil && o.Kind == api.Record:
			return nil
		}
	}
	return words
}

// word checks a text that has to be one of some words. where is what the finding begins with.
func (f *file) word(e ast.Expr, typ, where string) {
	text, ok := e.(*ast.StringExpr)
	words := f.closed(typ)
	if !ok || len(words) == 0 || slices.Contains(words, text.Value) {
		return
	}
	last := len(words) - 1
	expected := fmt.Sprintf("%q", words[last])
	if last > 0 {
		expected = `"` + strings.Join(words[:last], `", "`) + `" or ` + expected
	}
	f.report(Finding{
		Line: e.Line(), Column: cmp.Or(f.literalColumn(e), f.places.column(e.Line(), text.Value, true)), Code: Value,
		Message: fmt.Sprintf("%s: %s expected, got %q", where, expected, text.Value),
	}.suggesting(bind.Suggest(text.Value, words, nil)))
}
