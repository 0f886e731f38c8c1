package lint

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/bind"
)

// literal is a table of the source as the decoder reads it. What is not literal
// is left out, or has a stand-in.
type literal struct {
	*lua.LTable
	whole bool // nothing is left out
	lines map[string]mark
}

// mark is where a value stands in the source.
type mark struct {
	line int
	name string // of the field
}

// record checks a table that stands for a record. All is wanted of a Command
// that is to be complete.
func (f *file) record(owner *api.Owner, table *ast.TableExpr, complete bool) {
	before := len(f.findings)
	f.unknownNames(owner, table, "")
	complete = complete && len(f.findings) == before // or a mistake would be told twice
	seen := map[string]bool{}
	for range 20 { // each round finds one mistake and leaves it out
		l := &literal{emptyTable(), true, map[string]mark{}}
		f.fill(l, l.LTable, owner, table, "", seen)
		err := f.decoder.Decode(owner.Name, l.LTable)
		if err == nil && complete && l.whole && len(seen) == 0 {
			err = f.decoder.Validate(l.LTable)
		}
		if err == nil || !f.mistake(l, table, err, seen) {
			return
		}
	}
}

func emptyTable() *lua.LTable { return (&lua.LState{}).NewTable() }

// mistake reports an error of the decoder, and tells whether it can go on without
// the value.
func (f *file) mistake(l *literal, table *ast.TableExpr, err error, seen map[string]bool) bool {
	path, suggestion := "", ""
	var field *bind.FieldError
	var value *driver.FieldError
	switch {
	case errors.As(err, &field):
		path, suggestion = field.Path, field.Suggestion
		if field.Unknown != "" {
			path = join(path, field.Unknown)
		}
	case errors.As(err, &value):
		path = value.Path
	}
	at, key := l.find(path)
	if at.line == 0 {
		at.line = table.Line()
	}
	code := Value
	if field != nil && field.Unknown != "" {
		code = Field
	}
	f.report(Finding{
		Line: at.line, Column: cmp.Or(f.places.column(at.line, at.name, false), f.places.column(at.line, at.name, true)),
		Code: code, Message: err.Error(), Suggestion: suggestion,
	})
	if key == "" || seen[key] {
		return false
	}
	seen[key] = true
	return true
}

// find is where the value of a path stands, or what is nearest above it. The
// process's fields may stand in the Command itself, or in process.
func (l *literal) find(path string) (mark, string) {
	candidates := []string{path}
	if rest, ok := strings.CutPrefix(path, "process_config."); ok {
		candidates = append(candidates, "process."+rest, rest)
	}
	for strings.Join(candidates, "") != "" {
		for i, p := range candidates {
			if at, ok := l.lines[p]; ok {
				return at, p
			}
			candidates[i] = parent(p)
		}
	}
	return mark{}, ""
}

// parent is the path one level up.
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

func join(path, name string) string {
	if path == "" || strings.HasPrefix(name, "[") {
		return path + name
	}
	return path + "." + name
}

// fill writes the literal part of a table of the source into one of Lua.
func (f *file) fill(l *literal, to *lua.LTable, owner *api.Owner, table *ast.TableExpr, path string, seen map[string]bool) {
	n := 0
	for i, field := range table.Fields {
		name, member, positional := f.key(owner, field)
		at := join(path, name)
		if positional {
			n++
			at = path + "[" + strconv.Itoa(n) + "]"
		}
		if name == "" && !positional {
			l.whole = false
			continue
		}
		if seen[at] {
			l.whole = false
			continue
		}
		line := field.Value.Line()
		if field.Key != nil && field.Key.Line() > 0 {
			line = field.Key.Line()
		}
		l.lines[at] = mark{line, name}
		value := f.value(l, field.Value, member, at, seen)
		last := i == len(table.Fields)-1
		switch {
		case positional && (value != nil || isNil(field.Value)):
			if value != nil {
				to.RawSetInt(n, value)
			}
		case positional:
			l.whole = false
			if !last || !isMulti(field.Value) {
				to.RawSetInt(n, standIn(f.api, member))
			}
		case value != nil:
			to.RawSetString(name, value)
		default:
			l.whole = l.whole && isNil(field.Value)
		}
	}
}

// key is the name of an entry and the declared type of its value; of an entry of
// a list, the type is that of the words of an argv, or of the list.
func (f *file) key(owner *api.Owner, field *ast.Field) (name, typ string, positional bool) {
	if field.Key == nil {
		if owner != nil && owner.Kind == entries {
			return "", owner.Name, true
		}
		return "", "string", true
	}
	key, ok := field.Key.(*ast.StringExpr)
	if !ok {
		return "", "", false
	}
	if owner != nil && owner.Kind == entries {
		return key.Value, owner.Name, false
	}
	if owner != nil {
		if m := owner.Member(key.Value); m != nil {
			typ = m.Type
		}
	}
	return key.Value, typ, false
}

// entries is the kind of a list or map; its name is the type of what is in it.
const entries = "entries"

// value is the literal value of an expression, or nil.
func (f *file) value(l *literal, e ast.Expr, typ, path string, seen map[string]bool) lua.LValue {
	switch e := e.(type) {
	case *ast.StringExpr:
		return lua.LString(e.Value)
	case *ast.TrueExpr:
		return lua.LTrue
	case *ast.FalseExpr:
		return lua.LFalse
	case *ast.NumberExpr:
		return number(e.Value)
	case *ast.UnaryMinusOpExpr:
		if n, ok := f.value(l, e.Expr, typ, path, seen).(lua.LNumber); ok {
			return -n
		}
	case *ast.FunctionExpr:
		f.callback(e, typ)
		return &lua.LFunction{IsG: true, GFunction: func(*lua.LState) int { return 0 }}
	case *ast.TableExpr:
		to := emptyTable()
		f.fill(l, to, f.inside(typ), e, path, seen)
		return to
	}
	return nil
}

func number(text string) lua.LValue {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return lua.LNumber(n)
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return lua.LNumber(n)
	}
	return nil
}

// inside describes what a table of a type has in it.
func (f *file) inside(typ string) *api.Owner {
	for _, t := range f.api.Types(typ) {
		if o := f.api.Owner(t); o != nil {
			return o
		}
	}
	for _, t := range f.api.Types(typ) {
		if entry := entryType(t); entry != "" {
			return &api.Owner{Name: entry, Kind: entries}
		}
	}
	return nil
}

// standIn is an entry of a list that nobody complains about.
func standIn(a *api.API, typ string) lua.LValue {
	for _, t := range a.Types(typ) {
		switch {
		case t == "integer" || t == "number":
			return lua.LNumber(1)
		case t == "boolean":
			return lua.LTrue
		case t != "string":
			return emptyTable()
		}
	}
	return lua.LString("x")
}

// unknownNames looks at the names whose values the decoder does not get to see.
func (f *file) unknownNames(owner *api.Owner, table *ast.TableExpr, path string) {
	n := 0
	for _, field := range table.Fields {
		name, typ, positional := f.key(owner, field)
		at := join(path, name)
		if positional {
			n++
			at = path + "[" + strconv.Itoa(n) + "]"
		}
		f.word(field.Value, typ, at)
		if inner, ok := field.Value.(*ast.TableExpr); ok {
			if below := f.inside(typ); below != nil {
				f.unknownNames(below, inner, at)
			}
			continue
		}
		if positional || name == "" || !unseen(field.Value) || owner.Kind != api.Record || owner.Member(name) != nil {
			continue
		}
		wrong := &bind.FieldError{Path: path, Unknown: name, Suggestion: bind.Suggest(name, owner.Names(), luabind.OtherWord)}
		f.report(Finding{
			Line: field.Key.Line(), Column: f.places.column(field.Key.Line(), name, false), Code: Field,
			Message: wrong.Error(), Suggestion: wrong.Suggestion,
		})
	}
}

// unseen tells a value that is known at run time only.
func unseen(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StringConcatOpExpr, *ast.RelationalOpExpr, *ast.UnaryNotOpExpr:
		return true
	case *ast.UnaryMinusOpExpr:
		return unseen(e.Expr)
	}
	return literalType(e) == "" && !isNil(e)
}
