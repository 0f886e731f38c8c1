// Package man writes manual pages of section 1 in the macros of man(7).
package man

import (
	"fmt"
	"io"
	"strings"
)

// Page is one manual page. Texts have no markup; an indented line stands as it is.
type Page struct {
	Name        string // "execlua-ps"
	Summary     string
	Synopsis    []string
	Description string // paragraphs between empty lines
	Groups      []Group
	SeeAlso     []string // names of other pages of section 1
}

// Group is a section of entries: options, commands.
type Group struct {
	Title   string
	Entries []Entry
}

// Entry is a term and what it means.
type Entry struct {
	Term, Argument string // "-t, --time", "SECONDS"
	Text           string
}

// File is the name of the page's file.
func (p Page) File() string { return p.Name + ".1" }

// Write writes the page of a version of the program.
func (p Page) Write(w io.Writer, version string) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"execlua %s\"\n", strings.ToUpper(quote(p.Name)), quote(version))
	// Words are not torn apart: half a flag cannot be searched for.
	b.WriteString(".nh\n.ad l\n")
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", quote(p.Name), quote(p.Summary))
	b.WriteString(".SH SYNOPSIS\n.nf\n")
	for _, line := range p.Synopsis {
		b.WriteString(quote(line) + "\n")
	}
	b.WriteString(".fi\n")
	if p.Description != "" {
		b.WriteString(".SH DESCRIPTION\n")
		text(&b, p.Description)
	}
	for _, g := range p.Groups {
		if len(g.Entries) == 0 {
			continue
		}
		fmt.Fprintf(&b, ".SH %s\n", strings.ToUpper(quote(g.Title)))
		for _, e := range g.Entries {
			b.WriteString(".TP\n\\fB" + quote(e.Term) + "\\fR")
			if e.Argument != "" {
				b.WriteString(" \\fI" + quote(e.Argument) + "\\fR")
			}
			b.WriteString("\n" + quote(e.Text) + "\n")
		}
	}
	if len(p.SeeAlso) > 0 {
		var names []string
		for _, name := range p.SeeAlso {
			names = append(names, "\\fB"+quote(name)+"\\fR(1)")
		}
		fmt.Fprintf(&b, ".SH SEE ALSO\n%s\n", strings.Join(names, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// text writes paragraphs. Lines that are indented keep their form.
func text(b *strings.Builder, s string) {
	form := false
	for line := range strings.SplitSeq(s, "\n") {
		indented := strings.HasPrefix(line, " ")
		if indented != form && line != "" {
			b.WriteString(map[bool]string{true: ".nf\n", false: ".fi\n"}[indented])
			form = indented
		}
		if line == "" {
			b.WriteString(".PP\n")
			continue
		}
		b.WriteString(quote(line) + "\n")
	}
	if form {
		b.WriteString(".fi\n")
	}
}

// quote keeps a text from being read as a request or an escape, see groff(7), and
// hyphens what they are: flags can be searched and copied. What is not ASCII is
// spelled out, for readers that take their input for Latin-1.
func quote(s string) string {
	var b strings.Builder
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		b.WriteString(`\&`)
	}
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\n':
			b.WriteByte(' ')
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
