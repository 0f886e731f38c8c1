package stdlib

import (
	"fmt"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// stringsModule is execlua.strings: what patterns are too much for. Nothing in
// it is a pattern.
func stringsModule() Module {
	return Module{Module: bind.Module{
		Name: "execlua.strings", Doc: "Plain text: nothing here is a pattern. Texts of up to 64 MiB.",
		Funcs: append(partsFuncs(), shapeFuncs()...),
	}}
}

// partsFuncs take texts apart and put them together.
func partsFuncs() []bind.Func {
	text := bind.Param{Name: "text"}
	return []bind.Func{
		{
			Name: "split", Doc: "Cuts text at each separator.",
			Params: []bind.Param{text, {Name: "separator", Doc: "Not empty."}, {
				Name: "max", Optional: true, Doc: "How many parts there are at most; the last one is what is left. All when nil.",
			}},
			Returns: []bind.Return{{Type: "string[]"}}, Fn: splitText,
		},
		{
			Name: "cut", Doc: "Cuts text at the first separator.",
			Params:  []bind.Param{text, {Name: "separator"}},
			Returns: []bind.Return{{Name: "before"}, {Name: "after", Type: "string?", Doc: "nil when there is no separator."}},
			Fn:      cutText,
		},
		{
			Name: "words", Doc: "Cuts text at white space, of which nothing is left.",
			Params: []bind.Param{text}, Returns: []bind.Return{{Type: "string[]"}}, Fn: wordsOf,
		},
		{
			Name: "lines", Doc: "Iterates over the lines of a text, without \\n or \\r\\n.",
			Params: []bind.Param{text}, Returns: []bind.Return{{Type: "fun(): string?"}}, Fn: linesOf,
		},
		{
			Name: "join", Doc: "Puts a list of texts together. table.concat joins numbers, too.",
			Params: []bind.Param{{Name: "list"}, {Name: "separator", Optional: true}}, Returns: []bind.Return{{}}, Fn: joinTexts,
		},
		{
			Name: "replace", Doc: "Replaces a text in another.",
			Params:  []bind.Param{text, {Name: "old", Doc: "Not empty."}, {Name: "new"}, {Name: "max", Optional: true, Doc: "How many, from the left; all when nil."}},
			Returns: []bind.Return{{}}, Fn: replaceText,
		},
	}
}

// shapeFuncs look at a text and change its ends, case and margins.
func shapeFuncs() []bind.Func {
	text, give := bind.Param{Name: "text"}, []bind.Return{{}}
	return []bind.Func{
		{
			Name: "trim", Doc: "Removes white space at both ends.",
			Params: []bind.Param{text}, Returns: give, Fn: onText(strings.TrimSpace),
		},
		{
			Name: "trim_prefix", Doc: "Removes a text from the beginning, if it is there.",
			Params: []bind.Param{text, {Name: "prefix"}}, Returns: give, Fn: strings.TrimPrefix,
		},
		{
			Name: "trim_suffix", Doc: "Removes a text from the end, if it is there.",
			Params: []bind.Param{text, {Name: "suffix"}}, Returns: give, Fn: strings.TrimSuffix,
		},
		{Name: "starts_with", Doc: "Tells whether text begins with another.", Params: []bind.Param{text, {Name: "prefix"}}, Returns: []bind.Return{{}}, Fn: strings.HasPrefix},
		{Name: "ends_with", Doc: "Tells whether text ends with another.", Params: []bind.Param{text, {Name: "suffix"}}, Returns: []bind.Return{{}}, Fn: strings.HasSuffix},
		{Name: "contains", Doc: "Tells whether text holds another.", Params: []bind.Param{text, {Name: "part"}}, Returns: []bind.Return{{}}, Fn: strings.Contains},
		{
			Name: "count", Doc: "Counts a text in another, without overlaps.",
			Params: []bind.Param{text, {Name: "part", Doc: "Not empty."}}, Returns: []bind.Return{{}},
			Fn: func(text, part string) (int, error) { return strings.Count(text, part), notEmpty("part", part) },
		},
		{Name: "upper", Doc: "string.upper for all of Unicode.", Params: []bind.Param{text}, Returns: give, Fn: onText(strings.ToUpper)},
		{Name: "lower", Doc: "string.lower for all of Unicode.", Params: []bind.Param{text}, Returns: give, Fn: onText(strings.ToLower)},
		{
			Name: "pad", Doc: "Fills text with blanks up to a width in characters.",
			Params:  []bind.Param{text, {Name: "width", Doc: "Below zero the blanks come first: the text stands at the right."}},
			Returns: give, Fn: padText,
		},
		{
			Name: "indent", Doc: "Puts a prefix before each line that is not empty.",
			Params: []bind.Param{text, {Name: "prefix"}}, Returns: give, Fn: indentText,
		},
		{
			Name: "dedent", Doc: "Removes the white space that all lines begin with.",
			Params: []bind.Param{text}, Returns: give, Fn: onText(dedentText),
		},
	}
}

// onText bounds what a function reads.
func onText(f func(string) string) func(string) (string, error) {
	return func(text string) (string, error) {
		if err := checkSize("text", len(text), maxText); err != nil {
			return "", err
		}
		return f(text), nil
	}
}

func notEmpty(name, text string) error {
	if text == "" {
		return &bind.FieldError{Path: name, Message: "a text expected, got an empty one"}
	}
	return nil
}

func splitText(L *lua.LState, text, separator string, most *int) (*lua.LTable, error) {
	if err := notEmpty("separator", separator); err != nil {
		return nil, err
	}
	limit := maxEntries
	if most != nil {
		if limit = *most; limit < 1 || limit > maxEntries {
			return nil, &bind.FieldError{Path: "max", Message: fmt.Sprintf("1 to %d expected", maxEntries)}
		}
	}
	list := L.CreateTable(1, 0)
	for list.Len() < limit-1 {
		part, rest, found := strings.Cut(text, separator)
		if !found {
			break
		}
		list.Append(lua.LString(part))
		text = rest
	}
	if most == nil && strings.Contains(text, separator) {
		return nil, &bind.FieldError{Path: "text", Message: fmt.Sprintf("more than %d parts", maxEntries)}
	}
	list.Append(lua.LString(text))
	return list, nil
}

func cutText(text, separator string) (string, lua.LValue, error) {
	if err := notEmpty("separator", separator); err != nil {
		return "", nil, err
	}
	before, after, found := strings.Cut(text, separator)
	if !found {
		return text, lua.LNil, nil
	}
	return before, lua.LString(after), nil
}

func wordsOf(L *lua.LState, text string) (*lua.LTable, error) {
	list := L.CreateTable(1, 0)
	for word := range strings.FieldsSeq(text) {
		if list.Len() == maxEntries {
			return nil, &bind.FieldError{Path: "text", Message: fmt.Sprintf("more than %d words", maxEntries)}
		}
		list.Append(lua.LString(word))
	}
	return list, nil
}

func linesOf(L *lua.LState, text string) lua.LValue {
	return L.NewFunction(func(L *lua.LState) int {
		if text == "" {
			L.Push(lua.LNil)
			return 1
		}
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		L.Push(lua.LString(strings.TrimSuffix(line, "\r")))
		return 1
	})
}

func joinTexts(list []string, separator string) (string, error) {
	size := 0
	for _, text := range list {
		size += len(text) + len(separator)
	}
	if err := checkSize("list", size, maxText); err != nil {
		return "", err
	}
	return strings.Join(list, separator), nil
}

func replaceText(text, old, new string, most *int) (string, error) {
	if err := notEmpty("old", old); err != nil {
		return "", err
	}
	count := strings.Count(text, old)
	if most != nil {
		count = max(0, min(count, *most))
	}
	if err := checkSize("result", len(text)+count*(len(new)-len(old)), maxText); err != nil {
		return "", err
	}
	return strings.Replace(text, old, new, count), nil
}

func padText(text string, width int) (string, error) {
	missing := max(width, -width) - utf8.RuneCountInString(text)
	if err := checkSize("width", len(text)+missing, maxText); err != nil || missing <= 0 {
		return text, err
	}
	blanks := strings.Repeat(" ", missing)
	if width < 0 {
		return blanks + text, nil
	}
	return text + blanks, nil
}

func indentText(text, prefix string) (string, error) {
	if err := checkSize("result", len(text)+(1+strings.Count(text, "\n"))*len(prefix), maxText); err != nil {
		return "", err
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimRight(line, "\r\n") != "" {
			out.WriteString(prefix)
		}
		out.WriteString(line)
	}
	return out.String(), nil
}

// dedentText takes lines of white space for empty ones.
func dedentText(text string) string {
	common, first := "", true
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(body) == "" {
			continue
		}
		margin := line[:len(line)-len(body)]
		if first {
			common, first = margin, false
		}
		for !strings.HasPrefix(margin, common) {
			common = common[:len(common)-1]
		}
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			line = strings.TrimLeft(line, " \t")
		}
		out.WriteString(strings.TrimPrefix(line, common))
	}
	return out.String()
}
