package stdlib

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// shellescapeModule is execlua.shellescape.
func shellescapeModule() Module {
	return Module{Module: bind.Module{Name: "execlua.shellescape", Doc: "Words for a POSIX shell, and back.", Funcs: []bind.Func{
		{
			Name: "quote", Doc: "Writes text so that a shell reads it as one word.",
			Params:  []bind.Param{{Name: "text", Doc: "Raises on a byte of zero, which no argument can hold."}},
			Returns: []bind.Return{{}},
			Fn:      shellQuote,
		},
		{
			Name: "join", Doc: "Writes a list of words as a command line.",
			Params:  []bind.Param{{Name: "words"}},
			Returns: []bind.Return{{}},
			Fn:      shellJoin,
		},
		{
			Name: "split", Doc: "Reads a command line as words. Quotes and backslashes are those of a shell; nothing is expanded, and $, *, | and # are ordinary characters.",
			Params:  []bind.Param{{Name: "line"}},
			Returns: []bind.Return{{Type: "string[]"}},
			Fn:      shellSplit,
		},
	}}}
}

func shellQuote(text string) (string, error) {
	if err := checkSize("text", len(text), maxText); err != nil {
		return "", err
	}
	if strings.IndexByte(text, 0) >= 0 {
		return "", &bind.FieldError{Path: "text", Message: "a byte of zero"}
	}
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+,./:@"
	if text != "" && strings.Trim(text, safe) == "" {
		return text, nil
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'", nil
}

func shellJoin(words []string) (string, error) {
	size := 0
	for i, word := range words {
		quoted, err := shellQuote(word)
		if err != nil {
			return "", &bind.FieldError{Path: bind.Path("words", i+1), Message: "a byte of zero, or too long"}
		}
		if size += len(quoted) + 1; size > maxText {
			return "", checkSize("words", size, maxText)
		}
		words[i] = quoted
	}
	return strings.Join(words, " "), nil
}

// shellSplit follows the rules of quoting of POSIX, 2.2.
func shellSplit(L *lua.LState, line string) (*lua.LTable, error) {
	if err := checkSize("line", len(line), maxText); err != nil {
		return nil, err
	}
	words, word, started := L.CreateTable(1, 0), []byte(nil), false
	var quote byte
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == '\'' && c != '\'':
			word = append(word, c)
		case c == quote && quote != 0:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, started = c, true
		case c == '\\':
			if i++; i == len(line) {
				return nil, errors.New("shellescape: the line ends after a backslash")
			}
			if quote == '"' && strings.IndexByte("$`\"\\\n", line[i]) < 0 {
				word = append(word, '\\')
			}
			if line[i] != '\n' { // a line that goes on
				word, started = append(word, line[i]), true
			}
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if started {
				words.Append(lua.LString(word))
			}
			word, started = word[:0], false
		default:
			word, started = append(word, c), true
		}
		if words.Len() > maxEntries {
			return nil, errors.New("shellescape: too many words")
		}
	}
	if quote != 0 {
		return nil, errors.New("shellescape: the line ends inside of a quote (" + string(quote) + ")")
	}
	if started {
		words.Append(lua.LString(word))
	}
	return words, nil
}
