// Package pattern matches the patterns of Lua 5.1 (manual, 5.4.1) and the %f of
// 5.2. It backtracks as lstrlib.c does, and unlike the matcher of gopher-lua
// counts its steps, so that a caller can end a match that takes for ever.
package pattern

import (
	"errors"
	"fmt"
	"strings"
)

const (
	// MaxCaptures bounds the captures of a pattern, as LUA_MAXCAPTURES.
	MaxCaptures = 32
	// maxDepth bounds how many items of a pattern may wait to be tried again, as
	// MAXCCALLS in Lua 5.4: each is a call in Go.
	maxDepth = 200
	// chargeEvery is how many steps pass from one call of Charge to the next.
	chargeEvery = 1024
)

// Capture is a part of the subject, or a position in it.
type Capture struct {
	Start, End int // as indices of Go; equal for a position
	Position   bool
	open       bool
}

// Matcher matches one pattern against one subject.
type Matcher struct {
	subject, pattern string
	anchored         bool
	charge           func(steps int) error
	steps            int
	depth            int
	captures         []Capture
	level            int // of captures that are open or closed
	err              error
}

// New makes a matcher. charge is called now and then with how many steps were
// taken since, and ends the match by an error; nil lets everything pass.
func New(subject, pattern string, charge func(steps int) error) *Matcher {
	m := &Matcher{subject: subject, charge: charge}
	m.pattern, m.anchored = strings.CutPrefix(pattern, "^")
	return m
}

// Anchored tells whether the pattern begins with ^.
func (m *Matcher) Anchored() bool { return m.anchored }

// Captures are those of the last match.
func (m *Matcher) Captures() []Capture { return m.captures[:m.level] }

// Find looks for the first match that begins at init or later. A pattern that
// begins with ^ is tried at init only. ok is false if there is none.
func (m *Matcher) Find(init int) (start, end int, ok bool, err error) {
	for start = init; start <= len(m.subject); start++ {
		if end, ok, err = m.At(start); ok || err != nil || m.anchored {
			return start, end, ok, err
		}
	}
	return 0, 0, false, nil
}

// At matches at one place.
func (m *Matcher) At(start int) (end int, ok bool, err error) {
	m.level, m.depth, m.err = 0, 0, nil
	end = m.match(start, 0)
	for _, c := range m.captures[:m.level] {
		if end >= 0 && c.open {
			m.fail("unfinished capture")
		}
	}
	return end, end >= 0 && m.err == nil, m.err
}

// no is the end of a match that there is none.
const no = -1

func (m *Matcher) fail(format string, args ...any) int {
	if m.err == nil {
		m.err = fmt.Errorf(format, args...)
	}
	return no
}

// step counts n steps and tells whether the match may go on.
func (m *Matcher) step(n int) bool {
	if m.steps += n; m.steps >= chargeEvery {
		if m.charge != nil && m.err == nil {
			m.err = m.charge(m.steps)
		}
		m.steps = 0
	}
	return m.err == nil
}

var errTooComplex = errors.New("pattern too complex")

// match matches the pattern from p on at s, and returns where the match ends.
func (m *Matcher) match(s, p int) int {
	if m.depth++; m.depth > maxDepth {
		m.err = errTooComplex
		return no
	}
	defer func() { m.depth-- }()
	for p < len(m.pattern) {
		if !m.step(1) {
			return no
		}
		switch c := m.pattern[p]; {
		case c == '(':
			if strings.HasPrefix(m.pattern[p+1:], ")") {
				return m.open(s, p+2, true)
			}
			return m.open(s, p+1, false)
		case c == ')':
			return m.close(s, p+1)
		case c == '$' && p+1 == len(m.pattern):
			if s != len(m.subject) {
				return no
			}
			return s
		case c == '%' && p+1 < len(m.pattern) && strings.IndexByte("bf0123456789", m.pattern[p+1]) >= 0:
			if s, p = m.special(s, p+1); s == no {
				return no
			}
		default:
			var done bool
			if s, p, done = m.item(s, p); done {
				return s
			}
		}
	}
	return s
}

// item matches a single-character class at p and what is said of its number. It
// returns where to go on; or done, and where the match ends.
func (m *Matcher) item(s, p int) (int, int, bool) {
	end := m.classEnd(p)
	if m.err != nil {
		return no, p, true
	}
	suffix := byte(0)
	if end < len(m.pattern) {
		suffix = m.pattern[end]
	}
	switch suffix {
	case '*':
		return m.longest(s, p, end), p, true
	case '-':
		return m.shortest(s, p, end), p, true
	case '?':
		if m.single(s, p, end) {
			if e := m.match(s+1, end+1); e != no || m.err != nil {
				return e, p, true
			}
		}
		return s, end + 1, false
	}
	if !m.single(s, p, end) {
		return no, p, true
	}
	if suffix == '+' {
		return m.longest(s+1, p, end), p, true
	}
	return s + 1, end, false
}

// special matches %b, %f and %1 to %9 at p, and returns where to go on.
func (m *Matcher) special(s, p int) (int, int) {
	switch m.pattern[p] {
	case 'b':
		return m.balanced(s, p+1), p + 3
	case 'f':
		p++
		if p >= len(m.pattern) || m.pattern[p] != '[' {
			return m.fail("missing '[' after '%%f' in pattern"), p
		}
		end := m.classEnd(p)
		if m.err != nil {
			return no, p
		}
		var before, after byte
		if s > 0 {
			before = m.subject[s-1]
		}
		if s < len(m.subject) {
			after = m.subject[s]
		}
		if m.set(before, p, end-1) || !m.set(after, p, end-1) {
			return no, p
		}
		return s, end
	}
	return m.reference(s, int(m.pattern[p]-'1')), p + 1
}

// balanced matches %bxy; the two characters stand at p.
func (m *Matcher) balanced(s, p int) int {
	if p+1 >= len(m.pattern) {
		return m.fail("malformed pattern (missing arguments to '%%b')")
	}
	if s >= len(m.subject) || m.subject[s] != m.pattern[p] {
		return no
	}
	begin, end, depth := m.pattern[p], m.pattern[p+1], 1
	for i := s + 1; i < len(m.subject) && m.step(1); i++ {
		switch m.subject[i] {
		case end:
			if depth--; depth == 0 {
				return i + 1
			}
		case begin:
			depth++
		}
	}
	return no
}

// reference matches what a capture has matched.
func (m *Matcher) reference(s, index int) int {
	if index < 0 || index >= m.level || m.captures[index].open {
		return m.fail("invalid capture index %%%d", index+1)
	}
	if m.captures[index].Position { // as in C
		return no
	}
	text := m.subject[m.captures[index].Start:m.captures[index].End]
	if !m.step(len(text)/8) || !strings.HasPrefix(m.subject[s:], text) {
		return no
	}
	return s + len(text)
}

func (m *Matcher) open(s, p int, position bool) int {
	if m.level >= MaxCaptures {
		return m.fail("too many captures")
	}
	m.captures = append(m.captures[:m.level], Capture{Start: s, End: s, Position: position, open: !position})
	m.level++
	level := m.level
	end := m.match(s, p)
	if end == no {
		m.level = level - 1
	}
	return end
}

func (m *Matcher) close(s, p int) int {
	for i := m.level - 1; i >= 0; i-- {
		if m.captures[i].open {
			m.captures[i].End, m.captures[i].open = s, false
			end := m.match(s, p)
			if end == no {
				m.captures[i].open = true
			}
			return end
		}
	}
	return m.fail("invalid pattern capture")
}

// longest matches * : as many as there are, then fewer.
func (m *Matcher) longest(s, p, end int) int {
	n := 0
	for m.single(s+n, p, end) && m.step(1) {
		n++
	}
	for ; n >= 0 && m.step(1); n-- {
		if e := m.match(s+n, end+1); e != no {
			return e
		}
	}
	return no
}

// shortest matches - : none, then more.
func (m *Matcher) shortest(s, p, end int) int {
	for m.step(1) {
		if e := m.match(s, end+1); e != no || m.err != nil {
			return e
		}
		if !m.single(s, p, end) {
			return no
		}
		s++
	}
	return no
}
