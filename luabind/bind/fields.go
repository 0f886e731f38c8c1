package bind

import (
	"cmp"
	"reflect"
	"strings"
	"sync"
)

// Field is a field of a struct as scripts see it.
type Field struct {
	Name string       // the json tag
	Type string       // the lua tag, or one of the words tag's, else as LuaType; "size" for unit:"bytes"
	Unit string       // the unit tag
	Go   reflect.Type // of the field
	// OmitEmpty: the field is absent from encoded data while it is zero.
	OmitEmpty bool

	index []int
	place int // in the list of the struct
	style style
	view  bool // records give a view of it
}

// style is how a field's tags change the way its values are written.
type style uint8

const (
	stylePlain   style = iota
	styleText          // text or numbers: entries of lists and maps of strings
	styleSize          // bytes: "64m"
	styleEnviron       // []string of KEY=value, a table for scripts
)

// Fields lists the fields of a struct type that exist for scripts, in declared
// order. Those of embedded structs are promoted as in Go.
func Fields(t reflect.Type) []Field { return fieldsOf(t).list }

type fields struct {
	list   []Field
	byName map[string]*Field
}

func (f *fields) names() []string {
	names := make([]string, len(f.list))
	for i := range f.list {
		names[i] = f.list[i].Name
	}
	return names
}

// fieldCache maps a reflect.Type to its *fields. Types are as many as the program declares.
var fieldCache sync.Map

func fieldsOf(t reflect.Type) *fields {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.(*fields)
	}
	cached, _ := fieldCache.LoadOrStore(t, newFields(t))
	return cached.(*fields)
}

func newFields(t reflect.Type) *fields {
	fs := &fields{}
	for _, sf := range reflect.VisibleFields(t) {
		name, options := tagName(sf)
		if name == "" || throughPointer(t, sf.Index) {
			continue
		}
		f := Field{
			Name: name, Unit: sf.Tag.Get("unit"), Go: sf.Type,
			OmitEmpty: options == "omitempty", index: sf.Index, place: len(fs.list), style: styleOf(sf), view: hasView(stripped(sf.Type)),
		}
		f.Type = cmp.Or(sf.Tag.Get("lua"), f.style.luaType(sf.Type))
		if words := sf.Tag.Get("words"); words != "" {
			f.Type = Words(strings.Fields(words)...)
		}
		fs.list = append(fs.list, f)
	}
	fs.byName = make(map[string]*Field, len(fs.list))
	for i := range fs.list {
		fs.byName[fs.list[i].Name] = &fs.list[i]
	}
	return fs
}

// tagName is a field's name for scripts, "" if it has none, and the options behind it.
func tagName(sf reflect.StructField) (name, options string) {
	name, options, _ = strings.Cut(sf.Tag.Get("json"), ",")
	if name == "-" || !sf.IsExported() {
		name = ""
	}
	return name, options
}

func styleOf(sf reflect.StructField) style {
	switch {
	case sf.Tag.Get("form") == "environ" && sf.Type == reflect.TypeFor[[]string]():
		return styleEnviron
	case sf.Tag.Get("unit") == "bytes":
		return styleSize
	}
	return stylePlain
}

// throughPointer tells whether a promoted field lies behind an embedded pointer,
// which may be nil.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}
