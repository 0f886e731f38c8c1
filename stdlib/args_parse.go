package stdlib

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// argParser reads one command line.
type argParser struct {
	host        Host
	name        string // of the script
	description string
	argv        []string
	flags       []*Flag

	given map[*Flag][]lua.LValue
}

func (p *argParser) byKey(key string) *Flag {
	for _, f := range p.flags {
		if f.key == key {
			return f
		}
	}
	return nil
}

func (p *argParser) byName(name string) *Flag {
	for _, f := range p.flags {
		if !f.positional() && slices.Contains(f.names, name) {
			return f
		}
	}
	return nil
}

// parse reads --name value, --name=value, --switch, --no-switch and -n value;
// what follows -- are arguments by their place.
func (p *argParser) parse(L *lua.LState) (lua.LValue, error) {
	p.given = map[*Flag][]lua.LValue{}
	var words []string
	for rest := p.argv; len(rest) > 0; {
		word := rest[0]
		rest = rest[1:]
		switch {
		case word == "--":
			words = append(words, rest...)
			rest = nil
		case len(word) < 2 || word[0] != '-':
			words = append(words, word)
		default:
			n, err := p.flag(word, rest)
			if err != nil {
				return nil, err
			}
			rest = rest[n:]
		}
	}
	if err := p.places(words); err != nil {
		return nil, err
	}
	return p.result(L)
}

// flag reads a flag and returns how many of the following words are its value.
func (p *argParser) flag(word string, rest []string) (int, error) {
	name, text, joined := strings.Cut(word, "=")
	f := p.byName(name)
	if positive, ok := strings.CutPrefix(name, "--no-"); f == nil && ok && !joined {
		if f = p.byName("--" + positive); f != nil && f.Type == "boolean" {
			return 0, p.take(f, name, "false")
		}
		f = nil
	}
	switch {
	case f == nil && (name == "--help" || name == "-h"):
		return 0, helpError{}
	case f == nil:
		return 0, p.unknown(name)
	case joined:
		return 0, p.take(f, name, text)
	case f.Type == "boolean":
		return 0, p.take(f, name, "true")
	case len(rest) == 0:
		return 0, fmt.Errorf("%s needs a value", name)
	}
	return 1, p.take(f, name, rest[0])
}

func (p *argParser) unknown(name string) error {
	var names []string
	for _, f := range p.flags {
		if !f.positional() {
			names = append(names, f.names...)
		}
	}
	if meant := bind.Suggest(name, append(names, "--help"), nil); meant != "" {
		return fmt.Errorf("no flag %s (did you mean %s?)", name, meant)
	}
	return fmt.Errorf("no flag %s", name)
}

func (p *argParser) take(f *Flag, name, text string) error {
	value, err := f.value(text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case len(p.given[f]) > 0 && !f.List:
		return fmt.Errorf("%s is given twice", name)
	}
	p.given[f] = append(p.given[f], value)
	return nil
}

// places hands out the words that belong to no flag.
func (p *argParser) places(words []string) error {
	for _, f := range p.flags {
		for f.positional() && len(words) > 0 {
			if err := p.take(f, f.names[0], words[0]); err != nil {
				return err
			}
			if words = words[1:]; !f.List {
				break
			}
		}
	}
	if len(words) > 0 {
		return fmt.Errorf("%q is one argument too many", words[0])
	}
	return nil
}

func (p *argParser) result(L *lua.LState) (lua.LValue, error) {
	table := L.CreateTable(0, len(p.flags))
	for _, f := range p.flags {
		given := p.given[f]
		switch {
		case len(given) == 0 && f.Required:
			return nil, fmt.Errorf("%s is missing", f.names[0])
		case f.List:
			list := L.CreateTable(len(given), 0)
			for _, value := range given {
				list.Append(value)
			}
			table.RawSetString(f.key, list)
		case len(given) > 0:
			table.RawSetString(f.key, given[0])
		case f.Default != nil && f.Default != lua.LNil:
			table.RawSetString(f.key, f.Default)
		case f.Type == "boolean":
			table.RawSetString(f.key, lua.LFalse)
		}
	}
	return table, nil
}

// usage is what --help prints.
func (p *argParser) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s [flags]", p.name)
	for _, f := range p.flags {
		if f.positional() {
			b.WriteString(" " + f.placeholder())
		}
	}
	b.WriteString("\n")
	if p.description != "" {
		b.WriteString("\n" + strings.TrimSpace(p.description) + "\n")
	}
	b.WriteString("\n")
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, f := range p.flags {
		fmt.Fprintf(w, "  %s\t%s\n", f.title(), f.explained())
	}
	if p.byName("--help") == nil {
		fmt.Fprintf(w, "  -h, --help\tprint this text\n")
	}
	_ = w.Flush() // to memory
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines { // a flag without help
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// placeholder shows where an argument stands.
func (f *Flag) placeholder() string {
	text := f.names[0]
	if f.List {
		text += "…"
	}
	if !f.Required {
		text = "[" + text + "]"
	}
	return text
}

func (f *Flag) title() string {
	switch {
	case f.positional():
		return f.names[0]
	case f.Type == "boolean":
		return strings.Join(f.names, ", ")
	}
	return strings.Join(f.names, ", ") + " " + strings.ToUpper(f.Type)
}

// explained is the help of a flag with what its declaration says.
func (f *Flag) explained() string {
	var notes []string
	if len(f.Choices) > 0 {
		notes = append(notes, strings.Join(f.Choices, ", "))
	}
	if f.Required {
		notes = append(notes, "required")
	}
	if f.List {
		notes = append(notes, "may be repeated")
	}
	if f.Default != nil && f.Default != lua.LNil && f.Default != lua.LFalse {
		notes = append(notes, "default "+f.Default.String())
	}
	text := f.Help
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return strings.TrimSpace(text)
}
