package stdlib

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
)

// templateFuncs are the functions that templates have beside and instead of Go's
// own. A template can double a text in a loop, so none makes one without a limit.
func templateFuncs() template.FuncMap {
	return template.FuncMap{
		"contains":   func(part, text string) bool { return strings.Contains(text, part) },
		"default":    defaultValue,
		"has":        func(key string, dict map[string]any) bool { _, ok := dict[key]; return ok },
		"has_prefix": func(prefix, text string) bool { return strings.HasPrefix(text, prefix) },
		"has_suffix": func(suffix, text string) bool { return strings.HasSuffix(text, suffix) },
		"html":       limited(template.HTMLEscapeString),
		"indent":     indentBy,
		"join":       joinAny,
		"js":         limited(template.JSEscapeString),
		"json":       jsonText,
		"keys":       func(dict map[string]any) []string { return slices.Sorted(maps.Keys(dict)) },
		"lower":      limited(strings.ToLower),
		"print":      func(args ...any) (string, error) { return printed(fmt.Sprint, args) },
		"printf":     printfText,
		"println":    func(args ...any) (string, error) { return printed(fmt.Sprintln, args) },
		"replace":    func(old, new, text string) (string, error) { return replaceText(text, old, new, nil) },
		"shell": func(value any) (string, error) {
			text, err := printed(fmt.Sprint, []any{value})
			return quoted(text, err)
		},
		"split":    splitStrings,
		"trim":     strings.TrimSpace,
		"upper":    limited(strings.ToUpper),
		"urlquery": limited(func(text string) string { return template.URLQueryEscaper(text) }),
	}
}

// limited bounds what a function makes.
func limited(f func(string) string) func(string) (string, error) {
	return func(text string) (string, error) {
		out := f(text)
		return out, checkSize("result", len(out), maxRendered)
	}
}

func quoted(text string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return shellQuote(text)
}

// defaultValue takes the place of what counts as false.
func defaultValue(other, value any) any {
	if truth, _ := template.IsTrue(value); truth {
		return value
	}
	return other
}

func indentBy(width int, text string) (string, error) {
	if width < 0 || width > 64 {
		return "", errors.New("a width from 0 to 64 expected")
	}
	out, err := indentText(text, strings.Repeat(" ", width))
	if err != nil {
		return "", err
	}
	return out, checkSize("result", len(out), maxRendered)
}

func joinAny(separator string, list any) (string, error) {
	if texts, ok := list.([]string); ok {
		return joinTexts(texts, separator)
	}
	values, ok := list.([]any)
	if !ok {
		return "", fmt.Errorf("a list expected, got %T", list)
	}
	texts := make([]string, len(values))
	for i, value := range values {
		var err error
		if texts[i], err = printed(fmt.Sprint, []any{value}); err != nil {
			return "", err
		}
	}
	return joinTexts(texts, separator)
}

func splitStrings(separator, text string) ([]string, error) {
	if err := notEmpty("separator", separator); err != nil {
		return nil, err
	}
	if strings.Count(text, separator) >= maxEntries {
		return nil, fmt.Errorf("more than %d parts", maxEntries)
	}
	return strings.Split(text, separator), nil
}

func jsonText(value any) (string, error) {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), checkSize("result", b.Len(), maxRendered)
}

// printed is a function of fmt for text, numbers and booleans.
func printed(print func(...any) string, args []any) (string, error) {
	size := 0
	for _, arg := range args {
		switch arg := arg.(type) {
		case string:
			size += len(arg)
		case bool, int, int64, float64, nil:
			size += 32
		default:
			return "", fmt.Errorf("text or a number expected, got %T (json writes lists and maps)", arg)
		}
	}
	if err := checkSize("result", size, maxRendered); err != nil {
		return "", err
	}
	return print(args...), nil
}

// printfText refuses widths that are long themselves or hide in the arguments.
func printfText(format string, args ...any) (string, error) {
	digits := 0
	for _, c := range format {
		if digits++; c < '0' || c > '9' {
			digits = 0
		}
		if digits > 3 || c == '*' || c == '[' {
			return "", errors.New("a width is a number of up to three digits")
		}
	}
	if len(format) > 4<<10 {
		return "", errors.New("the format is too long")
	}
	return printed(func(args ...any) string { return fmt.Sprintf(format, args...) }, args)
}
