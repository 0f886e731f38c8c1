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
	names := f.all()
	exists := map[string]bool{}
	for _, name := range names {
		exists[name] = true
	}
	for _, v := range f.variables {
		names = append(names, v.name)
	}
	for _, id := range f.reads {
		if f.tested[id] || exists[id.Value] || len(f.findings) == maxFindings {
			continue
		}
		f.report(Finding{
			Line: id.Line(), Column: f.places.column(id.Line(), id.Value, false), Code: Undefined,
			Message: fmt.Sprintf("undefined global %q", id.Value),
		}.suggesting(bind.Suggest(id.Value, likely(id.Value, names), nil)))
	}
}

// likely are names with the same first letter, for any short word is near to some
// global; not more than can be compared in no time.
func likely(name string, names []string) []string {
	var some []string
	for _, other := range names[:min(len(names), 2000)] {
		if other != "" && strings.EqualFold(other[:1], name[:1]) {
			some = append(some, other)
		}
	}
	return some
}

// suggesting adds the name that was probably meant.
func (x Finding) suggesting(name string) Finding {
	if x.Suggestion = name; name != "" {
		x.Message += fmt.Sprintf(" (did you mean %q?)", name)
	}
	return x
}
