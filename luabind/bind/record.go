package bind

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// RecordOptions say what a record allows.
type RecordOptions struct {
	// ReadOnly: every assignment, at any depth, raises.
	ReadOnly bool
	// Aliases are further names of the record for fields below it:
	// "user" -> "process_config.user". pairs does not visit them.
	Aliases map[string]string
	// Methods are functions that the record itself offers: record:with{…}. Fields
	// of the same name win; pairs does not visit them.
	Methods map[string]*lua.LFunction
	// Word assigns text to a field of the record itself, where it may stand for
	// something of another type. It returns false for a field without such words. May be nil.
	Word func(field, word string) (bool, error)
}

// Record makes a userdata that scripts read and assign like a table, and that
// changes the struct at ptr, which must be a non-nil pointer to a struct. name
// is the start of the paths in errors: "command".
//
// Leaves read as Encode makes them; nil pointers to leaves are nil. Structs,
// lists, maps and environments read as views of the same kind, also where they
// are nil: reading creates nothing, assigning does. A list takes assignments
// from 1 to n+1, and nil at n; in maps and environments nil removes; a field that
// is assigned nil goes back to its zero. A wrong name or value raises and changes
// nothing. Assigning a record copies it.
func (b *Binder) Record(L *lua.LState, ptr any, name string, options RecordOptions) *lua.LUserData {
	root := reflect.ValueOf(ptr).Elem()
	t := &tree{binder: b, name: name, options: options, root: root, meta: viewMetatable(L)}
	p := &place{tree: t, typ: root.Type()}
	return &lua.LUserData{Value: newRecordView(p), Metatable: t.meta}
}

// RecordValue gives the pointer to the struct behind a record, not to a copy: what
// outlives the call should Clone it. For a nil sub-record the pointer is nil.
func RecordValue(lv lua.LValue) (any, bool) {
	ud, ok := lv.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	r, ok := ud.Value.(*recordView)
	if !ok {
		return nil, false
	}
	v := r.value(false)
	switch {
	case !v.IsValid():
		return reflect.Zero(reflect.PointerTo(r.typ)).Interface(), true
	case !v.CanAddr(): // an entry of a map of structs
		ptr := reflect.New(r.typ)
		ptr.Elem().Set(v)
		return ptr.Interface(), true
	}
	return v.Addr().Interface(), true
}

// recordView is a struct.
type recordView struct {
	*place
	fields *fields
	seen   []seen // by Field.place; nil until the first read
}

func newRecordView(p *place) *recordView { return &recordView{place: p, fields: fieldsOf(p.typ)} }

// find looks a name up, aliases included: the record that has the field, and the field.
func (r *recordView) find(key lua.LValue) (*recordView, *Field, error) {
	name, ok := key.(lua.LString)
	if !ok {
		return r, nil, invalidf("a name expected, got %s", keyText(key)).under(r.path())
	}
	if f := r.fields.byName[string(name)]; f != nil {
		return r, f, nil
	}
	if path := r.aliases()[string(name)]; path != "" {
		if r, f := r.follow(path); f != nil {
			return r, f, nil
		}
	}
	candidates := append(r.fields.names(), slices.Sorted(maps.Keys(r.aliases()))...)
	return r, nil, unknownField(string(name), candidates, r.tree.binder.Words).under(r.path())
}

func (r *recordView) aliases() map[string]string {
	if r.parent != nil {
		return nil
	}
	return r.tree.options.Aliases
}

func (r *recordView) method(key lua.LValue) *lua.LFunction {
	if r.parent != nil {
		return nil
	}
	return r.tree.options.Methods[lua.LVAsString(key)]
}

func (r *recordView) follow(path string) (*recordView, *Field) {
	for {
		step, rest, more := strings.Cut(path, ".")
		f := r.fields.byName[step]
		if f == nil || !more {
			return r, f
		}
		p := r.fieldAt(f)
		if p.typ.Kind() != reflect.Struct {
			return r, nil
		}
		r, path = newRecordView(p), rest
	}
}

func (r *recordView) index(L *lua.LState, key lua.LValue) (lua.LValue, error) {
	r, f, err := r.find(key)
	if err != nil {
		if method := r.method(key); method != nil {
			return method, nil
		}
		return nil, err
	}
	if f.view {
		return r.view(L, f), nil
	}
	return r.leaf(L, f), nil
}

func (r *recordView) assign(key, value lua.LValue) error {
	r, f, err := r.find(key)
	if err != nil {
		return err
	}
	if word, ok := value.(lua.LString); ok && r.parent == nil && r.tree.options.Word != nil {
		if done, err := r.tree.options.Word(f.Name, string(word)); done {
			var field *FieldError
			if errors.As(err, &field) {
				return field.under(r.path())
			}
			return err
		}
	}
	v, err := r.decode(value, f.Go, f.style, f.Name)
	if err != nil {
		return err
	}
	record, err := r.settable()
	if err != nil {
		return err
	}
	record.FieldByIndex(f.index).Set(v)
	return nil
}

func (r *recordView) keys() []lua.LValue {
	v := r.value(false)
	if !v.IsValid() {
		return nil
	}
	var keys []lua.LValue
	for i := range r.fields.list {
		f := &r.fields.list[i]
		field := v.FieldByIndex(f.index)
		if k := field.Kind(); field.IsZero() || (k == reflect.Slice || k == reflect.Map) && field.Len() == 0 {
			continue
		}
		keys = append(keys, lua.LString(f.Name))
	}
	return keys
}
