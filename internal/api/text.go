package api

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const width = 88 // of a line for a terminal

// Index lists everything that can be asked for, one line each.
func (a *API) Index(w io.Writer) error {
	var b strings.Builder
	for _, section := range []struct{ kind, title string }{
		{Module, "Modules"}, {Class, "Objects"}, {Record, "Tables that a script writes"}, {Given, "Tables that a script gets"},
	} {
		rows := [][2]string{}
		for _, o := range a.Owners {
			if o.Kind == section.kind {
				rows = append(rows, [2]string{Entry{Owner: o}.Title(), Entry{Owner: o}.Summary()})
			}
		}
		fmt.Fprintf(&b, "%s\n", section.title)
		columns(&b, rows)
		b.WriteByte('\n')
	}
	b.WriteString("More: execlua doc NAME, as task.map, driver:run, resources.memory\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Doc writes the reference of a name. Several members that share a bare name are
// listed with one line each.
func (a *API) Doc(w io.Writer, name string) error {
	found, err := a.Find(name)
	if err != nil {
		return err
	}
	if bare := len(found) > 1 && !strings.ContainsAny(name, ".:") && len(a.exact([]string{name})) == 0; bare {
		var b strings.Builder
		var rows [][2]string
		for _, e := range found {
			rows = append(rows, [2]string{e.Title(), e.Summary()})
		}
		columns(&b, rows)
		_, err = io.WriteString(w, b.String())
		return err
	}
	return a.Print(w, found)
}

// Print writes the reference of entries.
func (a *API) Print(w io.Writer, found []Entry) error {
	var b strings.Builder
	for i, e := range found {
		if i > 0 {
			b.WriteByte('\n')
		}
		a.entry(&b, e)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *API) entry(b *strings.Builder, e Entry) {
	switch {
	case e.Member == nil:
		a.owner(b, e)
	case e.Call != nil:
		function(b, e)
	default:
		a.field(b, e)
	}
}

func (a *API) owner(b *strings.Builder, e Entry) {
	fmt.Fprintf(b, "%s (%s)\n", e.Title(), kindWord(e.Kind))
	wrap(b, "  ", e.Owner.Doc)
	b.WriteByte('\n')
	var rows [][2]string
	for _, m := range e.Members {
		switch {
		case m.Call != nil:
			rows = append(rows, [2]string{m.Name + "(" + Signature(m.Call.Params) + ")", m.Doc})
		case m.Alias != "":
			rows = append(rows, [2]string{m.Name, "Is " + m.Alias + "."})
		default:
			rows = append(rows, [2]string{m.Name, join(Prose(m.Type), m.Doc)})
		}
	}
	columns(b, rows)
}

func kindWord(kind string) string {
	switch kind {
	case Class:
		return "object"
	case Module:
		return "module"
	}
	return "table"
}

func function(b *strings.Builder, e Entry) {
	fmt.Fprintf(b, "%s(%s)\n", e.Title(), Signature(e.Call.Params))
	wrap(b, "  ", e.Member.Doc)
	var rows [][2]string
	for _, p := range e.Call.Params {
		typ := Prose(p.Type)
		if p.Optional {
			typ += " or nil"
		}
		rows = append(rows, [2]string{p.Name, join(typ, p.Doc)})
	}
	for _, r := range e.Call.Returns {
		rows = append(rows, [2]string{"returns", join(Prose(r.Type), r.Doc)})
	}
	if len(rows) > 0 {
		b.WriteByte('\n')
		columns(b, rows)
	}
}

func (a *API) field(b *strings.Builder, e Entry) {
	fmt.Fprintf(b, "%s\n", e.Title())
	if e.Alias != "" {
		fmt.Fprintf(b, "  Is %s.\n", e.Alias)
		if target, ok := a.follow(e.Owner, strings.Split(e.Alias, ".")); ok {
			e = target
		}
	}
	wrap(b, "  ", e.Member.Doc)
	var rows [][2]string
	for _, row := range [][2]string{{"type", Prose(e.Type)}, {"unit", e.Unit}, {"default", e.Default}} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		b.WriteByte('\n')
		columns(b, rows)
	}
}

// join puts a type before what there is to say of it.
func join(typ, doc string) string {
	if doc == "" || typ == "" {
		return typ + doc
	}
	return typ + ". " + doc
}

// Prose writes a type for readers.
func Prose(typ string) string {
	typ = strings.NewReplacer(Prefix+"Duration", "duration", Prefix+"Size", "size").Replace(typ)
	typ = strings.ReplaceAll(typ, Prefix, "")
	if optional, ok := strings.CutSuffix(typ, "?"); ok {
		typ = optional + " or nil"
	}
	return strings.ReplaceAll(typ, "|", " or ")
}

// Signature writes parameters as manuals do: command [, opts [, hooks]].
func Signature(params []Param) string {
	var b strings.Builder
	depth := 0
	for i, p := range params {
		comma := ""
		if i > 0 {
			comma = ", "
		}
		if p.Optional {
			if depth++; i > 0 {
				comma = " " + "[" + comma
			} else {
				comma = "["
			}
		}
		b.WriteString(comma + p.Name)
	}
	return b.String() + strings.Repeat("]", depth)
}

// columns writes names and what is said of them side by side; a long name has a line of its own.
func columns(b *strings.Builder, rows [][2]string) {
	const widest = 24
	left := 0
	for _, row := range rows {
		if n := utf8.RuneCountInString(row[0]); n <= widest {
			left = max(left, n)
		}
	}
	indent := strings.Repeat(" ", left+4)
	for _, row := range rows {
		n := utf8.RuneCountInString(row[0])
		text := strings.TrimPrefix(wrapped(indent, row[1]), indent)
		switch {
		case text == "":
			fmt.Fprintf(b, "  %s\n", row[0])
		case n > left:
			fmt.Fprintf(b, "  %s\n%s%s", row[0], indent, text)
		default:
			fmt.Fprintf(b, "  %s%s  %s", row[0], strings.Repeat(" ", left-n), text)
		}
	}
}

func wrap(b *strings.Builder, indent, text string) { b.WriteString(wrapped(indent, text)) }

// wrapped breaks text into lines that begin with indent and end with a newline.
func wrapped(indent, text string) string {
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent {
			if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
				b.WriteString(line + "\n")
				line = indent
			} else {
				line += " "
			}
		}
		line += word
	}
	if line != indent {
		b.WriteString(line + "\n")
	}
	return b.String()
}
