package bind

import "reflect"

// Types gives the Go types of what a script passes to the function and gets from
// it, for those who describe it. Context, state, error and the receiver of a
// method are left out; of a variadic parameter it is the type of one. A raw
// function, and one that does not pass Check, has no types.
func (f Func) Types() (in, out []reflect.Type) {
	s, err := signatureOf(f.Fn)
	if err != nil || s.raw {
		return nil, nil
	}
	if f.Method && len(s.in) > 0 {
		return s.in[1:], s.out
	}
	return s.in, s.out
}
