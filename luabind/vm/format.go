package vm

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// format is string.format of Lua 5.1, with %s by tostring as in 5.2. gopher-lua's
// hands the text to fmt.Sprintf: %v prints the insides of a table, a missing
// argument is no error, and so is %d of "x".
func (v *VM) format(L *lua.LState) int {
	rest := L.CheckString(1)
	var out strings.Builder
	for arg := 1; ; {
		literal, directive, found := strings.Cut(rest, "%")
		out.WriteString(literal)
		if !found {
			break
		}
		if rest = directive; strings.HasPrefix(rest, "%") {
			out.WriteByte('%')
			rest = rest[1:]
			continue
		}
		flags, verb := splitDirective(L, rest)
		rest = rest[len(flags)+1:]
		arg++
		text := v.formatOne(L, arg, flags, verb)
		v.checkSize(L, "string.format", out.Len()+len(text))
		charge(L, len(text)/pageSize)
		out.WriteString(text)
	}
	L.Push(lua.LString(out.String()))
	return 1
}

// splitDirective splits what follows a % into flags, width and precision, and
// the conversion. Width and precision have two digits at most, as in C Lua.
func splitDirective(L *lua.LState, text string) (flags string, verb byte) {
	end := 0
	for end < len(text) && strings.IndexByte("-+ #0", text[end]) >= 0 {
		end++
	}
	digits := func() {
		for n := 0; n < 2 && end < len(text) && text[end] >= '0' && text[end] <= '9'; n++ {
			end++
		}
	}
	digits()
	if end < len(text) && text[end] == '.' {
		end++
		digits()
	}
	if end == len(text) || strings.IndexByte("cdiouxXeEfgGqs", text[end]) < 0 {
		L.RaiseError("invalid option '%%%s' to 'format'", text[:min(end+1, len(text))])
	}
	return text[:end], text[end]
}

func (v *VM) formatOne(L *lua.LState, arg int, flags string, verb byte) string {
	switch verb {
	case 's':
		if flags == "" {
			return v.tostring(L, L.CheckAny(arg))
		}
		return fmt.Sprintf("%"+flags+"s", v.tostring(L, L.CheckAny(arg)))
	case 'q':
		return quote(L.CheckString(arg))
	case 'c':
		return string([]byte{byte(L.CheckNumber(arg))})
	case 'e', 'E', 'f', 'g', 'G':
		number := float64(L.CheckNumber(arg))
		if math.IsInf(number, 0) || math.IsNaN(number) {
			return formatSpecial(flags, number)
		}
		if (verb == 'g' || verb == 'G') && !strings.Contains(flags, ".") {
			flags += ".6" // C's default; Go's is the shortest that reads back
		}
		return fmt.Sprintf("%"+flags+string(verb), number)
	}
	number := math.Trunc(float64(L.CheckNumber(arg)))
	if math.IsNaN(number) || math.Abs(number) >= 1<<63 {
		L.ArgError(arg, "number has no integer representation")
	}
	integer := int64(number)
	switch verb {
	case 'd', 'i':
		return fmt.Sprintf("%"+flags+"d", integer)
	case 'u':
		return fmt.Sprintf("%"+flags+"d", uint64(integer))
	}
	return fmt.Sprintf("%"+flags+string(verb), uint64(integer))
}

// formatSpecial spells infinities and NaN as C does; only the width applies.
func formatSpecial(flags string, number float64) string {
	text := "nan"
	switch {
	case math.IsInf(number, 1):
		text = "inf"
	case math.IsInf(number, -1):
		text = "-inf"
	}
	width, _, _ := strings.Cut(strings.TrimLeft(flags, "+ #0"), ".")
	return fmt.Sprintf("%"+width+"s", text)
}

// quote writes text so that Lua reads it back.
func quote(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\' || c == '\n':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '\r':
			out.WriteString(`\r`)
		case c == 0:
			out.WriteString(`\000`)
		case c < ' ' || c == 0x7f:
			out.WriteString(`\` + fmt.Sprintf("%03s", strconv.Itoa(int(c))))
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}
