package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm/internal/pattern"
)

// openPatterns replaces the functions that match patterns. gopher-lua's cannot
// be stopped, match the whole text before a callback sees anything, and copy all
// of it for each replacement.
func (v *VM) openPatterns(L *lua.LState) {
	v.replace(L, lua.StringLibName, map[string]lua.LGFunction{
		"find":   func(L *lua.LState) int { return find(L, true) },
		"gmatch": gmatch,
		"gsub":   v.gsub,
		"match":  func(L *lua.LState) int { return find(L, false) },
	})
}

func newMatcher(L *lua.LState, text, pat string) *pattern.Matcher {
	return pattern.New(text, pat, func(steps int) error { return spent(L, steps) })
}

// find is string.find and string.match.
func find(L *lua.LState, positions bool) int {
	text, pat := L.CheckString(1), L.CheckString(2)
	init := L.OptInt(3, 1)
	if init < 0 {
		init = max(len(text)+init+1, 1)
	}
	init = min(max(init, 1)-1, len(text))
	if positions && (L.ToBool(4) || !strings.ContainsAny(pat, "^$*+?.([%-")) {
		at := strings.Index(text[init:], pat)
		if at < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(init + at + 1))
		L.Push(lua.LNumber(init + at + len(pat)))
		return 2
	}
	m := newMatcher(L, text, pat)
	start, end, ok, err := m.Find(init)
	switch {
	case err != nil:
		L.RaiseError("%s", err.Error())
	case !ok:
		L.Push(lua.LNil)
		return 1
	case !positions:
		return pushCaptures(L, m, text, start, end)
	}
	L.Push(lua.LNumber(start + 1))
	L.Push(lua.LNumber(end))
	for _, c := range m.Captures() {
		L.Push(captured(text, c))
	}
	return 2 + len(m.Captures())
}

func captured(text string, c pattern.Capture) lua.LValue {
	if c.Position {
		return lua.LNumber(c.Start + 1)
	}
	return lua.LString(text[c.Start:c.End])
}

// pushCaptures pushes the captures, or the whole match when there are none.
func pushCaptures(L *lua.LState, m *pattern.Matcher, text string, start, end int) int {
	captures := m.Captures()
	if len(captures) == 0 {
		L.Push(lua.LString(text[start:end]))
		return 1
	}
	for _, c := range captures {
		L.Push(captured(text, c))
	}
	return len(captures)
}

// gmatch returns an iterator. A ^ is a character here, as in Lua 5.1.
func gmatch(L *lua.LState) int {
	text, pat := L.CheckString(1), L.CheckString(2)
	if strings.HasPrefix(pat, "^") {
		pat = "%" + pat
	}
	at, caller := 0, L
	m := pattern.New(text, pat, func(steps int) error { return spent(caller, steps) })
	L.Push(L.NewFunction(func(L *lua.LState) int {
		caller = L // another coroutine or task, perhaps
		start, end, ok, err := m.Find(at)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		if !ok {
			at = len(text) + 1
			return 0
		}
		at = end
		if start == end {
			at++
		}
		return pushCaptures(L, m, text, start, end)
	}))
	return 1
}

// pageSize is how many bytes a library function may write in a step.
const pageSize = 4096

// gsub is string.gsub.
func (v *VM) gsub(L *lua.LState) int {
	text, pat := L.CheckString(1), L.CheckString(2)
	replacement := L.Get(3)
	switch replacement.Type() {
	case lua.LTNumber:
		replacement = lua.LString(replacement.String())
	case lua.LTString, lua.LTTable, lua.LTFunction:
	default:
		L.ArgError(3, "string, function or table expected, got "+replacement.Type().String())
	}
	limit := L.OptInt(4, len(text)+1)
	m := newMatcher(L, text, pat)
	var out strings.Builder
	count, at, written := 0, 0, 0
	for count < limit && at <= len(text) {
		end, ok, err := m.At(at)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		if ok {
			count++
			charge(L, 1+out.Len()/pageSize-written/pageSize)
			written = out.Len()
			substitute(L, &out, m, replacement, text, at, end)
			v.checkSize(L, "string.gsub", out.Len()+len(text)-end)
		}
		switch {
		case ok && end > at:
			at = end
		case at < len(text):
			out.WriteByte(text[at])
			at++
		default:
			at++
		}
		if m.Anchored() {
			break
		}
	}
	if count == 0 {
		L.Push(lua.LString(text))
	} else {
		out.WriteString(text[min(at, len(text)):])
		L.Push(lua.LString(out.String()))
	}
	L.Push(lua.LNumber(count))
	return 2
}

// substitute writes what stands for one match.
func substitute(L *lua.LState, out *strings.Builder, m *pattern.Matcher, replacement lua.LValue, text string, start, end int) {
	top := L.GetTop()
	switch replacement := replacement.(type) {
	case lua.LString:
		expand(L, out, m, string(replacement), text, start, end)
		return
	case *lua.LTable:
		pushCaptures(L, m, text, start, end)
		L.Push(L.GetTable(replacement, L.Get(top+1)))
	case *lua.LFunction:
		L.Push(replacement)
		L.Call(pushCaptures(L, m, text, start, end), 1)
	}
	value := L.Get(-1)
	L.SetTop(top)
	switch {
	case lua.LVIsFalse(value):
		out.WriteString(text[start:end])
	case lua.LVCanConvToString(value):
		out.WriteString(value.String())
	default:
		L.RaiseError("invalid replacement value (a %s)", value.Type())
	}
}

// expand writes a replacement string: %0 is the match, %1 to %9 are its captures.
func expand(L *lua.LState, out *strings.Builder, m *pattern.Matcher, replacement, text string, start, end int) {
	for {
		literal, rest, found := strings.Cut(replacement, "%")
		out.WriteString(literal)
		if !found {
			return
		}
		if rest == "" {
			L.RaiseError("invalid use of '%%' in replacement string")
		}
		captures, c := m.Captures(), rest[0]
		switch index := int(c) - '1'; {
		case c < '0' || c > '9':
			out.WriteByte(c)
		case c == '0' || index == 0 && len(captures) == 0:
			out.WriteString(text[start:end])
		case index >= len(captures):
			L.RaiseError("invalid capture index %%%d in replacement string", index+1)
		default:
			out.WriteString(captured(text, captures[index]).String())
		}
		replacement = rest[1:]
	}
}
