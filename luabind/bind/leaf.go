package bind

import (
	"math"
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// seen is what a record gave to a script for one field: the view of what is
// there, or the value of a leaf and what it was made of. Making one anew costs an
// allocation, and scripts read the same field in loops.
type seen struct {
	lv   lua.LValue // nil: not read yet
	bits uint64     // of a number or boolean; the text of a string is in lv
}

// at is what was seen of a field.
func (r *recordView) at(f *Field) *seen {
	if r.seen == nil {
		r.seen = make([]seen, len(r.fields.list))
	}
	return &r.seen[f.place]
}

// view is the view at a field of the record.
func (r *recordView) view(L *lua.LState, f *Field) lua.LValue {
	last := r.at(f)
	if last.lv == nil {
		last.lv = wrap(L, r.fieldAt(f))
	}
	return last.lv
}

// leaf is the value of a field that has no view.
func (r *recordView) leaf(L *lua.LState, f *Field) lua.LValue {
	v := r.value(false)
	if !v.IsValid() {
		return encode(L, reflect.Zero(f.Go), f.style)
	}
	v = v.FieldByIndex(f.index)
	target := v
	if target.Kind() == reflect.Pointer && !target.IsNil() {
		target = target.Elem()
	}
	last := r.at(f)
	if target.Kind() == reflect.String {
		if text, ok := last.lv.(lua.LString); !ok || string(text) != target.String() {
			last.lv = encode(L, v, f.style)
		}
		return last.lv
	}
	bits, ok := bitsOf(target)
	if !ok {
		return encode(L, v, f.style)
	}
	if last.lv == nil || last.bits != bits {
		last.lv, last.bits = encode(L, v, f.style), bits
	}
	return last.lv
}

// bitsOf tells two scalars of one type apart.
func bitsOf(v reflect.Value) (bits uint64, ok bool) {
	switch {
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			return 1, true
		}
		return 0, true
	case v.CanInt():
		return uint64(v.Int()), true
	case v.CanUint():
		return v.Uint(), true
	case v.CanFloat():
		return math.Float64bits(v.Float()), true
	}
	return 0, false
}
