package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind/bind"
)

// Entry is what a name leads to: an owner, or a member of one.
type Entry struct {
	*Owner
	*Member // nil: the owner itself
}

// Title is how a script would write the entry: "execlua.task.map", "driver:run", "resources.memory".
func (e Entry) Title() string {
	if e.Member == nil {
		if e.Kind == Module {
			return e.Owner.Name
		}
		return e.Short()
	}
	switch {
	case e.Kind == Module:
		return e.Owner.Name + "." + e.Member.Name
	case e.Call != nil:
		return strings.ToLower(e.Short()) + ":" + e.Member.Name
	}
	return snake(e.Short()) + "." + e.Member.Name
}

// Summary is the first sentence of what there is to say.
func (e Entry) Summary() string {
	doc := e.Owner.Doc
	if e.Member != nil {
		doc = e.Member.Doc
		if doc == "" && e.Alias != "" {
			doc = "Is " + e.Alias + "."
		}
	}
	if i := strings.Index(doc, ". "); i >= 0 {
		doc = doc[:i+1]
	}
	return doc
}

// Find resolves a name as a person would write it: "task", "task.map",
// "driver:run", "Driver.run", "resources.memory", "mounts.source", and the bare
// name of a member, which may lead to several. The error suggests another name.
func (a *API) Find(name string) ([]Entry, error) {
	short := strings.TrimPrefix(strings.TrimSpace(name), Prefix)
	steps := strings.FieldsFunc(short, func(c rune) bool { return c == '.' || c == ':' })
	if len(steps) == 0 {
		return nil, fmt.Errorf("nothing is called %q", name)
	}
	found := a.exact(steps)
	if len(found) == 0 && len(steps) == 1 {
		found = a.members(steps[0])
	}
	if len(found) > 0 {
		return found, nil
	}
	if other := bind.Suggest(short, a.titles(), nil); other != "" {
		return nil, fmt.Errorf("nothing is called %q (did you mean %q?)", name, other)
	}
	return nil, fmt.Errorf("nothing is called %q", name)
}

// exact starts at an owner, at the functions of the root module, or at a field of a Command.
func (a *API) exact(steps []string) []Entry {
	var found []Entry
	add := func(o *Owner, steps []string) {
		if e, ok := a.follow(o, steps); ok && !slices.Contains(found, e) {
			found = append(found, e)
		}
	}
	add(a.Owners[0], steps)
	for _, o := range a.Owners {
		if fold(o.Short()) == fold(steps[0]) {
			add(o, steps[1:])
		}
	}
	if len(found) == 0 {
		add(a.Owner("execlua.Command"), steps)
	}
	return found
}

func (a *API) follow(o *Owner, steps []string) (Entry, bool) {
	if len(steps) == 0 {
		return Entry{Owner: o}, true
	}
	m := o.Member(steps[0])
	switch {
	case m == nil:
		return Entry{}, false
	case len(steps) == 1:
		return Entry{o, m}, true
	}
	if next := a.Element(m.Type); next != nil {
		return a.follow(next, steps[1:])
	}
	return Entry{}, false
}

// Element is the one owner among the types of a union, or of the entries of a list.
func (a *API) Element(typ string) *Owner {
	for _, t := range a.Types(typ) {
		if o := a.Owner(strings.TrimSuffix(t, "[]")); o != nil {
			return o
		}
	}
	return nil
}

// members finds a bare name anywhere, and the codes of errors.
func (a *API) members(name string) []Entry {
	var found []Entry
	for _, o := range a.Owners {
		if m := o.Member(name); m != nil {
			found = append(found, Entry{o, m})
		}
	}
	for i := range a.Codes {
		if a.Codes[i].Name == name {
			found = append(found, Entry{&Owner{Name: "code", Kind: Given}, &a.Codes[i]})
		}
	}
	return found
}

// titles are what Suggest may choose from: with and without the owner in front.
func (a *API) titles() []string {
	var all []string
	for _, o := range a.Owners {
		all = append(all, o.Short())
		for _, m := range o.Members {
			title := strings.TrimPrefix(Entry{o, &m}.Title(), Prefix)
			all = append(all, title, m.Name)
		}
	}
	slices.SortStableFunc(all, func(x, y string) int { return cmp.Compare(len(x), len(y)) })
	return all
}

// fold compares "process_config" and "ProcessConfig".
func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// snake turns "ProcessConfig" into "process_config", as fields are named; "UTS" is "uts".
func snake(s string) string {
	var b strings.Builder
	lower := false
	for _, c := range s {
		upper := c >= 'A' && c <= 'Z'
		if upper && lower {
			b.WriteByte('_')
		}
		lower = !upper
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}
