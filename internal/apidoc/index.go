package apidoc

import (
	"bytes"
	"fmt"
	"strings"
)

// index lists the pages and what is on them.
func (m *model) index(pages []*page) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- " + notice + " -->\n\n# Reference\n\n" +
		"For editors the same stands in `stdlib/meta`, as annotations for the Lua language server.\n\n")
	rows := [][]string{{"page", "what is on it"}}
	for _, p := range pages {
		rows = append(rows, []string{link(p.title, p.file, ""), strings.Join(p.contents(), ", ")})
	}
	rows = append(rows,
		[]string{link("Life of a container", "lifecycle.md", ""), "states, what each verb does in them, signals and the end, events and their order"},
		[]string{link("Kernel files", "cgroups.md", ""), "limits and statistics on cgroup v1 and v2"},
	)
	table(&b, rows)
	return b.Bytes()
}

// contents links the headings of a page.
func (p *page) contents() []string {
	var links []string
	for _, f := range p.funcs {
		links = append(links, link(p.module+"."+f.Name, p.file, ""))
	}
	for _, c := range p.classes {
		if name := short(className(c)); !strings.EqualFold(p.title, c.Name) && !p.codes {
			links = append(links, link(name, p.file, name))
		}
	}
	for _, r := range p.records {
		links = append(links, link(short(r.Name), p.file, short(r.Name)))
	}
	if p.codes {
		links = append(links, link("Codes", p.file, "Codes"))
	}
	return links
}

// link points at a page, or at a heading of one word on it.
func link(text, file, heading string) string {
	if heading != "" {
		file += "#" + strings.ToLower(heading)
	}
	return fmt.Sprintf("[%s](%s)", text, file)
}
