package apidoc

import (
	"cmp"
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind/bind"
)

// page is one file of the reference.
type page struct {
	file, title, intro string
	module             string      // the functions' prefix
	funcs              []bind.Func // of the module
	values             []bind.Value
	classes            []bind.Class
	records            []*record
	codes              bool
}

// pages lays the API out: one page for the Command, one for each module, and one
// for each of the classes that scripts work with most.
func (m *model) pages() []*page {
	pages := []*page{
		{file: "command.md", title: "Command", intro: commandIntro},
		{file: "driver.md", title: "Driver", intro: "What `execlua.driver()` gives."},
		{file: "container.md", title: "Container", intro: "What `driver:start`, `driver:exec_start` and `driver:find` give: the verbs of the driver, for one process. What each does to a container in each state is [a table](lifecycle.md)."},
		{file: "errors.md", title: "Errors", intro: errorsIntro, codes: true},
	}
	for _, module := range m.Modules {
		own := &page{file: short(module.Name) + ".md", title: module.Name, intro: module.Doc, module: module.Name, funcs: module.Funcs, values: module.Values}
		pages = append(pages, own)
		for _, class := range module.Classes {
			place := own
			if i := slices.IndexFunc(pages, func(p *page) bool { return p.file == classPage(class.Name) }); i >= 0 {
				place = pages[i]
			}
			place.classes = append(place.classes, class)
		}
	}
	m.placeRecords(pages)
	return pages
}

// classPage names the page of a class that does not stand on its module's.
func classPage(class string) string {
	switch class {
	case "driver", "registration":
		return "driver.md"
	case "container":
		return "container.md"
	case "error":
		return "errors.md"
	}
	return ""
}

// placeRecords puts each record on the first page that needs it, that of the
// errors last; what no declaration mentions (what hooks get) goes to the driver's.
func (m *model) placeRecords(pages []*page) {
	placed := map[*record]bool{}
	inOrder := slices.Clone(pages)
	slices.SortStableFunc(inOrder, func(a, b *page) int { return cmp.Compare(order(a), order(b)) })
	for _, p := range inOrder {
		for _, r := range m.records {
			if !placed[r] && (p.file == "command.md" && m.below(commandRecord, r) || m.needs(p, r)) {
				p.records = append(p.records, r)
				placed[r] = true
			}
		}
	}
	for _, r := range m.records {
		if !placed[r] {
			pages[1].records = append(pages[1].records, r)
		}
	}
}

// below tells whether a record is another or a part of it, at any depth.
func (m *model) below(name string, r *record) bool {
	if r.Name == name {
		return true
	}
	for _, parent := range m.records {
		if parent.Name != name {
			continue
		}
		for _, f := range bind.Fields(parent.Go) {
			if t := element(f.Go); isRecord(t) && m.below(m.names[t], r) {
				return true
			}
		}
	}
	return false
}

// order is in which order pages get records.
func order(p *page) int {
	if p.codes {
		return 1
	}
	return 0
}

// needs tells whether a page mentions a record, or one that it is a part of.
func (m *model) needs(p *page, r *record) bool {
	return slices.ContainsFunc(m.records, func(whole *record) bool { return m.below(whole.Name, r) && m.mentions(p, whole) })
}

// mentions tells whether the functions of a page take or give a record.
func (m *model) mentions(p *page, r *record) bool {
	return slices.ContainsFunc(p.functions(), func(f bind.Func) bool {
		for _, typ := range m.types(f) {
			if slices.Contains(strings.FieldsFunc(typ, func(c rune) bool { return strings.ContainsRune("|[]<>?,:() ", c) }), r.Name) {
				return true
			}
		}
		return false
	})
}

// types are those of a function's parameters and results.
func (m *model) types(f bind.Func) []string {
	var types []string
	for _, p := range m.params(f) {
		types = append(types, p.Type)
	}
	for _, r := range m.returns(f) {
		types = append(types, r.Type)
	}
	return types
}

func (p *page) functions() []bind.Func {
	all := slices.Clone(p.funcs)
	for _, c := range p.classes {
		all = append(all, slices.Concat(c.Methods, c.Fields)...)
	}
	return all
}

const commandIntro = "What `execlua.command{…}` makes: a record that is read and assigned in place, and strict: a wrong name or value " +
	"raises at its line. A table with the same fields may stand for it everywhere. Entries without a key are the whole argv:\n\n" +
	"```lua\nlocal cmd = execlua.command {\n  image = \"host\",\n  \"/bin/echo\", \"hello\",\n  resources = { memory = \"64m\" },\n}\n```\n\n" +
	"Types: a *size* is a number of bytes, or text such as \"64m\" or \"1.5g\", and \"max\" is no limit; a *duration* is a number of seconds, " +
	"or text such as \"500ms\" or \"1m30s\". The default is what a field reads as while it is not set; a record or list that is not set reads as an empty one."

const errorsIntro = "Every call that fails raises one error value. `pcall` returns it, `tostring` tells the position and the message, and nothing but these fields can be read; pairs visits those that are not nil.\n\n" +
	"Each function says what it can fail with. Besides, every call can fail with `invalid` (a wrong argument), every call that waits with `cancelled` and `interrupted`, and whatever prints with `broken_pipe`."
