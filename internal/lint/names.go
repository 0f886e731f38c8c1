package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind/bind"
)

// unused finds locals that nothing reads. A name that begins with an underscore is meant so.
func (f *file) unused() {
	for _, v := range f.variables {
		if v.local && v.reads == 0 && !v.needed() && !strings.HasPrefix(v.name, "_") {
			f.report(Finding{
				Line: v.line, Column: f.places.column(v.line, v.name, false),
				Code: Unused, Message: fmt.Sprintf("unused local %q", v.name),
			})
		}
	}
}

// needed tells a name that stands for a value in front of one that is read: local ok, err = pcall(f).
func (v *variable) needed() bool {
	return slices.ContainsFunc(v.behind, func(other *variable) bool { return other.reads > 0 })
}

// undefined finds globals that are read, and set by nobody.
func (f *file) undefined() {
	if f.opaque {
		return
	}
	globals := f.all()
	var locals []string
	for _, v := range f.variables {
		locals = append(locals, v.name)
	}
	names := append(locals, globals...)
	for _, id := range f.reads {
		if f.tested[id] || slices.Contains(globals, id.Value) {
			continue
		}
		f.report(Finding{
			Line: id.Line(), Column: f.places.column(id.Line(), id.Value, false), Code: Undefined,
			Message: fmt.Sprintf("undefined global %q", id.Value),
		}.suggesting(bind.Suggest(id.Value, likely(id.Value, names), nil)))
	}
}

// likely are names with the same first letter: any word is near to some global.
func likely(name string, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(other string) bool { return !strings.EqualFold(other[:1], name[:1]) })
}

// suggesting adds the name that was probably meant.
func (x Finding) suggesting(name string) Finding {
	if x.Suggestion = name; name != "" {
		x.Message += fmt.Sprintf(" (did you mean %q?)", name)
	}
	return x
}
