package bind

import (
	"errors"
	"fmt"
	"strings"
)

// FieldError is a value from a script that does not fit its Go type.
type FieldError struct {
	Path       string // of the value, as a script would write it: "resources.memory", "mounts[2].source"
	Message    string // what is expected and what was given
	Unknown    string // the name that does not exist; Path is the record that lacks it
	Suggestion string // the name that was probably meant, or ""
}

func (e *FieldError) Error() string {
	if e.Path == "" || e.Unknown != "" {
		return e.text()
	}
	return e.Path + ": " + e.text()
}

// text is the error without the path in front.
func (e *FieldError) text() string {
	if e.Unknown == "" {
		return e.Message
	}
	var b strings.Builder
	fmt.Fprintf(&b, "no field %q", e.Unknown)
	if e.Path != "" {
		b.WriteString(" in " + e.Path)
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %q?)", e.Suggestion)
	}
	return b.String()
}

// under moves the error one level down: the value is now found below step.
// Paths grow on the way out, so that decoding what is right costs nothing for them.
func (e *FieldError) under(step string) *FieldError {
	e.Path = joinPath(step, e.Path)
	return e
}

func joinPath(step, rest string) string {
	if step == "" || rest == "" || rest[0] == '[' {
		return step + rest
	}
	return step + "." + rest
}

// Path writes the way to a value as a script would: names are keys of a table,
// and integers, from 1, the entries of a list.
func Path(steps ...any) string {
	var b strings.Builder
	for _, step := range steps {
		text := fmt.Sprintf("[%d]", step)
		if key, ok := step.(string); ok {
			text = keyStep(key)
		}
		if b.Len() > 0 && text[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(text)
	}
	return b.String()
}

func entryStep(i int) string { return fmt.Sprintf("[%d]", i+1) }

// keyStep is the path of a key: .name where Lua could write it so, ["a b"] where not.
func keyStep(key string) string {
	if isIdentifier(key) {
		return key
	}
	return fmt.Sprintf("[%q]", key)
}

func isIdentifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func mismatch(expected, got string) *FieldError {
	return &FieldError{Message: expected + " expected, got " + got}
}

func invalidf(format string, args ...any) *FieldError {
	return &FieldError{Message: fmt.Sprintf(format, args...)}
}

// ArgError is a wrong argument of a script's call.
type ArgError struct {
	Func  string
	Index int // from 1, the receiver of a method not counted: 0 is the receiver
	Err   error
}

func (e *ArgError) Error() string {
	what := fmt.Sprintf("bad argument #%d to %q", e.Index, e.Func)
	if e.Index == 0 {
		what = fmt.Sprintf("calling %q without its object (write object:%s(…))", e.Func, e.Func)
	}
	var field *FieldError
	if errors.As(e.Err, &field) && field.Path != "" {
		return fmt.Sprintf("%s (%s): %s", what, field.Path, field.text())
	}
	return fmt.Sprintf("%s: %v", what, e.Err)
}

func (e *ArgError) Unwrap() error { return e.Err }

// PanicError is a Go panic inside a bound function: a fault of the host, not of the script.
type PanicError struct {
	Func  string
	Value any    // what was passed to panic
	Stack []byte // of the goroutine, as debug.Stack formats it
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in %s: %v", e.Func, e.Value) }

// Unwrap gives the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Misused tells whether err is a fault of the values that a script passed.
func Misused(err error) bool {
	var field *FieldError
	var arg *ArgError
	return errors.As(err, &field) || errors.As(err, &arg)
}
