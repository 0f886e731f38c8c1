package apidoc

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind/bind"
)

const notice = "Generated from the declarations: do not edit, run `make gen`."

func (m *model) markdown(p *page) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- %s -->\n\n# %s\n\n%s\n", notice, p.title, p.intro)
	for _, f := range p.funcs {
		m.function(&b, "##", p.module+".", f)
	}
	for _, v := range p.values {
		fmt.Fprintf(&b, "\n## %s.%s\n\n%s\n", p.module, v.Name, text(v.Doc))
	}
	for _, c := range p.classes {
		m.class(&b, p, c)
	}
	for _, r := range p.records {
		recordSection(&b, r)
		if r.Name == commandRecord {
			for _, f := range m.Command {
				m.function(&b, "###", "command:", f)
			}
		}
	}
	if p.codes {
		m.codes(&b)
	}
	return b.Bytes()
}

func (m *model) class(b *bytes.Buffer, p *page, c bind.Class) {
	level := "##"
	if !strings.EqualFold(p.title, c.Name) && !p.codes {
		fmt.Fprintf(b, "\n## %s\n\n%s\n", short(className(c)), text(c.Doc))
		level = "###"
	}
	if len(c.Fields) > 0 {
		rows := [][]string{{"field", "type", "meaning"}}
		for _, f := range c.Fields {
			rows = append(rows, []string{f.Name, prose(m.returns(f)[0].Type), text(f.Doc)})
		}
		b.WriteString("\n")
		table(b, rows)
	}
	for _, f := range c.Methods {
		m.function(b, level, c.Name+":", f)
	}
}

func (m *model) function(b *bytes.Buffer, level, owner string, f bind.Func) {
	params, returns := m.params(f), m.returns(f)
	fmt.Fprintf(b, "\n%s %s%s(%s)\n\n%s\n", level, owner, f.Name, signature(params), text(f.Doc))
	if len(params) > 0 {
		b.WriteString("\n")
	}
	for _, p := range params {
		fmt.Fprintf(b, "- `%s`: %s\n", p.Name, sentences(prose(p.Type), text(p.Doc)))
	}
	for _, r := range returns {
		typ := prose(r.Type)
		if r.Name == "..." {
			typ = "any number of values"
		}
		fmt.Fprintf(b, "\nReturns %s\n", sentences(typ, text(r.Doc)))
	}
	if len(f.Errors) > 0 {
		fmt.Fprintf(b, "\nFails with `%s`.\n", strings.Join(f.Errors, "`, `"))
	}
}

// signature writes parameters as manuals do.
func signature(params []bind.Param) string {
	list := make([]api.Param, len(params))
	for i, p := range params {
		list[i] = api.Param{Name: p.Name, Optional: p.Optional}
	}
	return api.Signature(list)
}

// sentences joins what there is of a type and a description.
func sentences(typ, doc string) string {
	if doc == "" {
		return typ + "."
	}
	return typ + ". " + doc
}

func recordSection(b *bytes.Buffer, r *record) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", short(r.Name), text(r.doc))
	header := []string{"field", "type", "unit", "default", "meaning"}
	if r.Given {
		header = []string{"field", "type", "unit", "meaning"}
	}
	rows := [][]string{header}
	for _, f := range r.fields {
		row := []string{f.name, prose(f.typ), f.unit, f.zero, text(f.doc)}
		if r.Given {
			row = slices.Delete(row, 3, 4)
			if f.nilable {
				row[1] += " or nil"
			}
		}
		rows = append(rows, row)
	}
	table(b, rows)
	if len(r.Aliases) == 0 {
		return
	}
	b.WriteString("\nFurther names for what belongs to the process:\n\n")
	rows = [][]string{{"name", "stands for"}}
	for _, name := range slices.Sorted(maps.Keys(r.Aliases)) {
		rows = append(rows, []string{name, r.Aliases[name]})
	}
	table(b, rows)
}

func (m *model) codes(b *bytes.Buffer) {
	b.WriteString("\n## Codes\n\n")
	rows := [][]string{{"code", "meaning"}}
	for _, c := range m.allCodes() {
		rows = append(rows, []string{c.Name, text(c.Meaning)})
	}
	table(b, rows)
}

// table pads all columns but the last, so that it reads well as it is.
func table(b *bytes.Buffer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	last := len(widths) - 1
	widths[last] = len(rows[0][last])
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	for _, row := range slices.Insert(slices.Clone(rows), 1, rule) {
		for i, cell := range row {
			b.WriteString("| " + cell + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))) + " ")
		}
		b.WriteString("|\n")
	}
}

// prose writes a type for readers.
func prose(typ string) string {
	typ = strings.ReplaceAll(typ, prefix, "")
	if optional, ok := strings.CutSuffix(typ, "?"); ok {
		typ = optional + " or nil"
	}
	return text(strings.ReplaceAll(typ, "|", " or "))
}

// text escapes what Markdown would take for its own, in a table too.
func text(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`).Replace(s)
}
