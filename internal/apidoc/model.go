package apidoc

import (
	"cmp"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/bind"
)

const (
	prefix        = "execlua."
	commandRecord = "execlua.Command" // the one with methods
)

// model is the API with everything looked up.
type model struct {
	luabind.Declarations
	comments *comments
	records  []*record // those of the Declarations first, each before the ones below it
	names    map[reflect.Type]string
}

// record is a struct as scripts see it.
type record struct {
	luabind.Record
	doc    string
	fields []field
}

// field is one name in a record.
type field struct {
	name, typ, unit string
	zero            string // what it reads as when nobody has set it
	doc             string
	nilable         bool
}

func newModel(root fs.FS, d luabind.Declarations) (*model, error) {
	c, err := readComments(root)
	if err != nil {
		return nil, err
	}
	m := &model{Declarations: d, comments: c, names: map[reflect.Type]string{}}
	for _, r := range d.Records {
		m.names[r.Go] = r.Name
	}
	for _, r := range d.Records {
		m.add(r)
	}
	for _, f := range m.functions() {
		in, out := f.Types()
		for _, t := range in {
			m.reach(t, false)
		}
		for _, t := range out {
			m.reach(t, true)
		}
	}
	for _, r := range m.records { // when all have names
		m.describe(r)
	}
	return m, nil
}

// functions lists every function of the API.
func (m *model) functions() []bind.Func {
	all := slices.Clone(m.Command)
	for _, module := range m.Modules {
		all = append(all, module.Funcs...)
		for _, c := range module.Classes {
			all = append(all, c.Methods...)
			all = append(all, c.Fields...)
		}
	}
	return all
}

// add enters a record and those below it.
func (m *model) add(r luabind.Record) {
	if slices.ContainsFunc(m.records, func(other *record) bool { return other.Name == r.Name }) {
		return
	}
	m.names[r.Go] = r.Name
	m.records = append(m.records, &record{Record: r})
	for _, f := range bind.Fields(r.Go) {
		m.reach(f.Go, r.Given)
	}
}

// reach enters the record that a type leads to. Without a name of its own it has
// its Go type's.
func (m *model) reach(t reflect.Type, given bool) {
	if t = element(t); isRecord(t) {
		m.add(luabind.Record{Name: cmp.Or(m.names[t], prefix+t.Name()), Go: t, Given: given})
	}
}

// element is what a pointer, list or map is made of.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

func isRecord(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Name() != "" && len(bind.Fields(t)) > 0
}

func (m *model) describe(r *record) {
	key := path.Base(r.Go.PkgPath()) + "." + r.Go.Name()
	r.doc = m.comments.types[key]
	if rest, ok := strings.CutPrefix(r.doc, r.Go.Name()+" "); ok {
		r.doc = short(r.Name) + " " + rest
	}
	for _, f := range bind.Fields(r.Go) {
		k := f.Go.Kind()
		r.fields = append(r.fields, field{
			name: f.Name, typ: m.fieldType(r, f), unit: f.Unit, zero: zero(f.Go), doc: m.comments.fields[key+"."+f.Name],
			nilable: k == reflect.Pointer || k == reflect.Interface || f.OmitEmpty,
		})
	}
}

func (m *model) fieldType(r *record, f bind.Field) string {
	typ := f.Type
	if isRecord(element(f.Go)) {
		typ = m.typeOf(f.Go)
	}
	switch {
	case r.Given && typ == "duration":
		typ = "number"
	case r.Given && typ == "size":
		typ = "integer"
	}
	if words := m.words(r, f); len(words) > 0 {
		others := slices.DeleteFunc(strings.Split(typ, "|"), func(t string) bool { return t == "string" })
		typ = strings.Join(append(others, bind.Words(words...)), "|")
	}
	return typ
}

// words are the texts that a field can be: those of its declaration, or the constants
// of its type.
func (m *model) words(r *record, f bind.Field) []string {
	if words := r.Words[f.Name]; len(words) > 0 {
		return words
	}
	t := f.Go
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.String || t.PkgPath() == "" {
		return nil
	}
	var words []string
	for _, c := range m.comments.consts[path.Base(t.PkgPath())+"."+t.Name()] {
		words = append(words, c.value)
	}
	return words
}

// typeOf is bind.LuaType with records by their names.
func (m *model) typeOf(t reflect.Type) string {
	switch {
	case m.names[t] != "":
		return m.names[t]
	case t.Kind() == reflect.Pointer && isRecord(element(t)):
		return m.typeOf(t.Elem())
	case t.Kind() == reflect.Slice && isRecord(element(t)):
		return m.typeOf(t.Elem()) + "[]"
	case t.Kind() == reflect.Map && isRecord(element(t)):
		return "table<" + bind.LuaType(t.Key()) + ", " + m.typeOf(t.Elem()) + ">"
	}
	return bind.LuaType(t)
}

// zero is how the zero value of a field is written.
func zero(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "false"
	case reflect.String:
		return `""`
	case reflect.Pointer, reflect.Interface:
		return "nil"
	case reflect.Slice, reflect.Map, reflect.Struct:
		return "{}"
	case reflect.Array:
		return "{" + strings.TrimSuffix(strings.Repeat("0, ", t.Len()), ", ") + "}"
	}
	return "0"
}

// params are a function's parameters with their types.
func (m *model) params(f bind.Func) []bind.Param {
	in, _ := f.Types()
	params := slices.Clone(f.Params)
	for i, t := range in {
		if params[i].Type == "" {
			params[i].Type = m.typeOf(t)
		}
	}
	return params
}

// returns are a function's results with their types.
func (m *model) returns(f bind.Func) []bind.Return {
	_, out := f.Types()
	returns := slices.Clone(f.Returns)
	if returns == nil {
		returns = make([]bind.Return, len(out))
	}
	for i, t := range out {
		if returns[i].Type == "" {
			returns[i].Type = m.typeOf(t)
		}
	}
	return returns
}

// short is a type's name without the module in front.
func short(name string) string { return strings.TrimPrefix(name, prefix) }

// className is the type of a class's objects.
func className(c bind.Class) string { return prefix + strings.ToUpper(c.Name[:1]) + c.Name[1:] }
