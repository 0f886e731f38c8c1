package bind

import (
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// tree is what all views of one record have in common.
type tree struct {
	binder  *Binder
	name    string
	options RecordOptions
	root    reflect.Value // the struct, addressable
	meta    *lua.LTable
}

// place is where a value lives inside a record: a step from another place, or
// the record itself. It is looked up anew at each access, so that a view stays
// live when a list grows and when a pointer is assigned.
type place struct {
	tree   *tree
	parent *place        // nil: the record itself
	step   string        // in paths: a field's name, [3], a key
	field  *Field        // the step from a struct
	index  int           // the step from a list, from 0
	key    reflect.Value // the step from a map
	typ    reflect.Type  // of the value, pointers stripped
	style  style
}

func (p *place) where() *place { return p }

func (p *place) fieldAt(f *Field) *place {
	return &place{tree: p.tree, parent: p, step: f.Name, field: f, typ: stripped(f.Go), style: f.style}
}

func (p *place) entryAt(i int) *place {
	return &place{tree: p.tree, parent: p, step: entryStep(i), index: i, typ: stripped(p.typ.Elem())}
}

func (p *place) keyAt(key reflect.Value) *place {
	return &place{tree: p.tree, parent: p, step: keyStep(key.String()), key: key, typ: stripped(p.typ.Elem())}
}

func stripped(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer && !t.Implements(lvalueType) {
		t = t.Elem()
	}
	return t
}

// value finds the value, pointers stripped. It is not valid if a pointer on the
// way is nil, or an entry is gone; with allocate, nil pointers are filled on the way.
func (p *place) value(allocate bool) reflect.Value {
	v := p.tree.root
	if p.parent != nil {
		if v = p.parent.value(allocate); !v.IsValid() {
			return v
		}
		switch v.Kind() {
		case reflect.Struct:
			v = v.FieldByIndex(p.field.index)
		case reflect.Slice, reflect.Array:
			if p.index >= v.Len() {
				return reflect.Value{}
			}
			v = v.Index(p.index)
		case reflect.Map:
			v = v.MapIndex(p.key)
		}
	}
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			if !allocate || !v.CanSet() {
				return reflect.Value{}
			}
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	return v
}

// settable finds the value in order to change it.
func (p *place) settable() (reflect.Value, error) {
	v := p.value(true)
	if !v.IsValid() {
		return v, invalidf("is gone").under(p.path())
	}
	if !v.CanSet() {
		return v, invalidf("entries of this map are replaced as a whole").under(p.path())
	}
	return v, nil
}

// decode makes a Go value for the entry at step below p, which stays as it is
// until the value is stored there; nil makes the zero value.
func (p *place) decode(lv lua.LValue, t reflect.Type, s style, step string) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	if lv == lua.LNil {
		return v, nil
	}
	d := decoder{words: p.tree.binder.Words}
	if err := d.value(lv, v, s); err != nil {
		return v, err.under(joinPath(p.path(), step))
	}
	return v, nil
}

// path names the place in errors.
func (p *place) path() string {
	var steps []string
	for ; p.parent != nil; p = p.parent {
		steps = append(steps, p.step)
	}
	path := p.tree.name
	for _, step := range slices.Backward(steps) {
		path = joinPath(path, step)
	}
	return path
}

// same tells whether two places are one.
func (p *place) same(q *place) bool {
	return p.tree.root.Addr().UnsafePointer() == q.tree.root.Addr().UnsafePointer() &&
		strings.TrimPrefix(p.path(), p.tree.name) == strings.TrimPrefix(q.path(), q.tree.name)
}
