package vm

import (
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

const utf8LibName = "utf8"

// openUTF8 adds the library utf8 of Lua 5.3. As in later versions and in Go,
// surrogates are no characters.
func (v *VM) openUTF8(L *lua.LState) {
	library := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"char":      utf8Char,
		"codepoint": utf8Codepoint,
		"codes":     utf8Codes,
		"len":       utf8Len,
		"offset":    utf8Offset,
	})
	library.RawSetString("charpattern", lua.LString("[%z\x01-\x7F\xC2-\xF4][\x80-\xBF]*"))
	L.SetGlobal(utf8LibName, library)
	loadedModules(L).RawSetString(utf8LibName, library)
}

func utf8Char(L *lua.LState) int {
	var out strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		code := L.CheckInt(i)
		if code < 0 || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
			L.ArgError(i, "value out of range")
		}
		out.WriteRune(rune(code))
	}
	L.Push(lua.LString(out.String()))
	return 1
}

// relative is a position, from 1, of which negative ones count from the end.
func relative(position, length int) int {
	switch {
	case position >= 0:
		return position
	case -position > length:
		return 0
	}
	return length + position + 1
}

func utf8Codepoint(L *lua.LState) int {
	text := L.CheckString(1)
	first := relative(L.OptInt(2, 1), len(text))
	last := relative(L.OptInt(3, first), len(text))
	if first < 1 {
		L.ArgError(2, "out of bounds")
	}
	if last > len(text) {
		L.ArgError(3, "out of bounds")
	}
	if last-first >= maxSpread {
		L.RaiseError("string slice too long")
	}
	count := 0
	for at := first - 1; at < last; count++ {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size <= 1 {
			L.RaiseError("invalid UTF-8 code")
		}
		L.Push(lua.LNumber(r))
		at += size
	}
	return count
}

// utf8Len returns nil and the position of the first byte that is no UTF-8.
func utf8Len(L *lua.LState) int {
	text := L.CheckString(1)
	first := relative(L.OptInt(2, 1), len(text))
	last := relative(L.OptInt(3, -1), len(text))
	if first < 1 || first > len(text)+1 {
		L.ArgError(2, "initial position out of bounds")
	}
	if last > len(text) {
		L.ArgError(3, "final position out of bounds")
	}
	count := 0
	for at := first - 1; at < last; count++ {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size <= 1 {
			L.Push(lua.LNil)
			L.Push(lua.LNumber(at + 1))
			return 2
		}
		at += size
	}
	L.Push(lua.LNumber(count))
	return 1
}

// utf8Offset is the position where the n-th character from i on begins; that of
// the character around i for 0.
func utf8Offset(L *lua.LState) int {
	text, n := L.CheckString(1), L.CheckInt(2)
	start := 1
	if n <= 0 {
		start = len(text) + 1
	}
	at := relative(L.OptInt(3, start), len(text)) - 1
	if at < 0 || at > len(text) {
		L.ArgError(3, "position out of bounds")
	}
	continues := func(at int) bool { return at < len(text) && !utf8.RuneStart(text[at]) }
	if n == 0 {
		for at > 0 && continues(at) {
			at--
		}
		L.Push(lua.LNumber(at + 1))
		return 1
	}
	if continues(at) {
		L.RaiseError("initial position is a continuation byte")
	}
	if at = step(text, at, n); at < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(at + 1))
	return 1
}

// step moves to the n-th character, the first one being where it stands, or the
// -n-th before it. It is -1 when there are not so many.
func step(text string, at, n int) int {
	for ; n < 0; n++ {
		if at == 0 {
			return -1
		}
		for at--; at > 0 && !utf8.RuneStart(text[at]); at-- {
		}
	}
	for ; n > 1; n-- {
		if at == len(text) {
			return -1
		}
		for at++; at < len(text) && !utf8.RuneStart(text[at]); at++ {
		}
	}
	return at
}

// utf8Codes iterates over position and code of each character.
func utf8Codes(L *lua.LState) int {
	text, at := L.CheckString(1), 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if at >= len(text) {
			L.Push(lua.LNil)
			return 1
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size <= 1 {
			L.RaiseError("invalid UTF-8 code")
		}
		L.Push(lua.LNumber(at + 1))
		L.Push(lua.LNumber(r))
		at += size
		return 2
	}))
	return 1
}
