package lint

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/internal/api"
)

// Complete lists what the name that begins at start in before, and ends with it,
// can become: members behind a dot or colon, fields in a table that stands for a
// record, modules in require, else globals.
func (s *Session) Complete(before string) (start int, names []string) {
	if quote := strings.LastIndex(before, `require("`); quote >= 0 && !strings.Contains(before[quote+len(`require("`):], `"`) {
		start = quote + len(`require("`)
		for _, o := range s.api.Owners {
			if o.Kind == api.Module {
				names = append(names, o.Name)
			}
		}
		return start, matching(names, before[start:])
	}
	start = len(before) - len(nameBefore(before))
	word, object := before[start:], before[:start]
	switch {
	case strings.HasSuffix(object, ".") && !strings.HasSuffix(object, "..") || strings.HasSuffix(object, ":"):
		names = s.members(expressionBefore(object[:len(object)-1]), object[len(object)-1])
	default:
		names = s.fields(object)
		if len(matching(names, word)) == 0 {
			names = (&file{Checker: s.Checker, known: s.types}).all()
		}
	}
	return start, matching(names, word)
}

func matching(names []string, word string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasPrefix(name, word) })
	slices.Sort(names)
	return slices.Compact(names)
}

// members are those of an object, behind a dot or a colon.
func (s *Session) members(object string, separator byte) []string {
	f, e := s.expression(object)
	if e == nil {
		return nil
	}
	if library := f.library(e); library != "" {
		return s.globals.libraries[library]
	}
	typ := f.typeOf(e)
	if typ == "string" && separator == ':' {
		return s.globals.libraries["string"]
	}
	var names []string
	for _, o := range f.owners(typ) {
		for _, m := range o.Members {
			if method := m.Call != nil && m.Call.Method; method == (separator == ':') {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// fields are those of the record that the table stands for in which text ends.
func (s *Session) fields(text string) []string {
	before := strings.TrimRight(text, " \t\n")
	if before == "" || !strings.ContainsRune("{,;", rune(before[len(before)-1])) {
		return nil
	}
	if owner := s.recordAt(text, brackets(text)); owner != nil && owner.Kind == api.Record {
		var names []string
		for _, m := range owner.Members {
			if m.Call == nil {
				names = append(names, m.Name)
			}
		}
		return names
	}
	return nil
}

// recordAt is what the innermost table of the open brackets stands for.
func (s *Session) recordAt(text string, open []int) *api.Owner {
	if len(open) == 0 || text[open[len(open)-1]] != '{' {
		return nil
	}
	at := open[len(open)-1]
	before := strings.TrimRight(text[:at], " \t\n")
	outer := open[:len(open)-1]
	f := s.file()
	switch {
	case strings.HasSuffix(before, "="): // resources = {
		if owner := s.recordAt(text, outer); owner != nil {
			if m := owner.Member(nameBefore(strings.TrimRight(before[:len(before)-1], " \t\n"))); m != nil {
				return f.inside(m.Type)
			}
		}
		return nil
	case strings.HasSuffix(before, "{"), strings.HasSuffix(before, ",") && len(outer) > 0 && text[outer[len(outer)-1]] == '{': // mounts = { {
		if owner := s.recordAt(text, outer); owner != nil && owner.Kind == entries {
			return f.inside(owner.Name)
		}
		return nil
	case strings.HasSuffix(before, "("), strings.HasSuffix(before, ","): // driver:run({
		if len(outer) == 0 {
			return nil
		}
		paren := outer[len(outer)-1]
		return s.parameter(expressionBefore(strings.TrimRight(text[:paren], " ")), commas(text[paren+1:at]))
	}
	return s.parameter(expressionBefore(before), 0) // execlua.command {
}

// parameter is the record that the n-th argument of a function stands for.
func (s *Session) parameter(function string, n int) *api.Owner {
	f, e := s.expression(function + "()")
	call, ok := e.(*ast.FuncCallExpr)
	if !ok {
		return nil
	}
	if _, m := f.callee(call); m != nil && m.Call != nil && n < len(m.Call.Params) {
		return f.inside(m.Call.Params[n].Type)
	}
	return nil
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// nameBefore is the name that text ends with, or "".
func nameBefore(text string) string {
	i := len(text)
	for i > 0 && isNameByte(text[i-1]) {
		i--
	}
	return text[i:]
}

// expressionBefore is the chain of names, calls and indices that text ends with.
func expressionBefore(text string) string {
	i := len(text)
	for i > 0 {
		switch c := text[i-1]; {
		case isNameByte(c), c == ':', c == '.':
			i--
		case c == ')' || c == ']' || c == '}':
			from := opening(text[:i])
			if from < 0 {
				return ""
			}
			i = from
		default:
			return text[i:]
		}
	}
	return text[i:]
}

// opening is where the bracket was opened that text ends with.
func opening(text string) int {
	open := brackets(text[:len(text)-1])
	if len(open) == 0 {
		return -1
	}
	return open[len(open)-1]
}

// brackets are those that are open where text ends, outside strings and comments.
func brackets(text string) []int {
	var open []int
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			open = open[:max(0, len(open)-1)]
		case '"', '\'':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '-':
			if strings.HasPrefix(text[i:], "--") {
				if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
					i += end
				} else {
					i = len(text)
				}
			}
		}
	}
	return open
}

// commas counts those between arguments.
func commas(arguments string) int {
	n := 0
	for i, c := range arguments {
		if c == ',' && len(brackets(arguments[:i])) == 0 {
			n++
		}
	}
	return n
}
