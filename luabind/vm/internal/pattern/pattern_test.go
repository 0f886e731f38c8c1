package pattern_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind/vm/internal/pattern"
)

// show writes a match as "start-end" and its captures, positions as numbers.
func show(subject, pat string) string {
	m := pattern.New(subject, pat, nil)
	start, end, ok, err := m.Find(0)
	if err != nil {
		return "error: " + err.Error()
	}
	if !ok {
		return "no"
	}
	out := fmt.Sprintf("%d-%d", start, end)
	for _, c := range m.Captures() {
		if c.Position {
			out += fmt.Sprintf(" %d", c.Start)
		} else {
			out += fmt.Sprintf(" %q", subject[c.Start:c.End])
		}
	}
	return out
}

func TestFind(t *testing.T) {
	for _, row := range []struct{ subject, pattern, want string }{
		{"hello", "l+", "2-4"},
		{"hello", "l*", "0-0"},
		{"hello", "l-o", "2-5"},
		{"hello", "^ello", "no"},
		{"hello", "hel?l?l?o", "0-5"},
		{"hello", "o$", "4-5"},
		{"a$b", "a$b", "0-3"},
		{"key = value", "(%w+)%s*=%s*(%w+)", `0-11 "key" "value"`},
		{"abc", "()b()", "1-2 1 2"},
		{"((x)(y)) z", "%b()", "0-8"},
		{"THE (quick) fox", "%f[%a]%a+%f[%A]", "0-3"},
		{`say "it's"`, `(["'])(.-)%1`, `4-10 "\"" "it's"`},
		{"x]y", "[]]", "1-2"},
		{"x-y", "[a-]", "1-2"},
		{"a-z", "[%a-z]", "0-1"},
		{"a^b", "[b^]", "1-2"},
		{"7f", "%x%X?", "0-1"},
		{"a\x00b", "%z", "1-2"},
		{"ab", "(a)(b", "error: unfinished capture"},
		{"ab", "a)", "error: invalid pattern capture"},
		{"ab", "%1", "error: invalid capture index %1"},
		{"ab", "(a%1)", "error: invalid capture index %1"},
		{"ab", "[a", "error: malformed pattern (missing ']')"},
		{"ab", "a%", "error: malformed pattern (ends with '%')"},
		{"ab", "%b(", "error: malformed pattern (missing arguments to '%b')"},
		{"ab", "%f", "error: missing '[' after '%f' in pattern"},
		{"ab", strings.Repeat("()", 33), "error: too many captures"},
		{"ab", strings.Repeat("a?", 300), "0-1"},
		{strings.Repeat("a", 300), strings.Repeat("a?", 300), "error: pattern too complex"},
	} {
		if got := show(row.subject, row.pattern); got != row.want {
			t.Errorf("%q in %q: %s, want %s", row.pattern, row.subject, got, row.want)
		}
	}
}

// A match that would take for ever ends when its steps are used up.
func TestCharge(t *testing.T) {
	errSpent := errors.New("spent")
	for _, pat := range []string{
		strings.Repeat("a?", 100) + "b",
		strings.Repeat("a*", 50) + "b",
		strings.Repeat("a-", 50) + "b",
		strings.Repeat("(a*)", 30) + "b",
		"[" + strings.Repeat("b", 1e5) + "]",
		"%b()",
	} {
		left := 1_000_000
		m := pattern.New(strings.Repeat("a", 5000)+strings.Repeat("(", 5000), pat, func(steps int) error {
			if left -= steps; left < 0 {
				return errSpent
			}
			return nil
		})
		if _, _, _, err := m.Find(0); !errors.Is(err, errSpent) {
			t.Errorf("%.20s: ended with %v", pat, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("hello world", "(%w+) %f[%a](.-)$")
	f.Add("((x)", "%b()[^%]-]*%1")
	f.Fuzz(func(t *testing.T, subject, pat string) {
		left := 100_000
		m := pattern.New(subject, pat, func(steps int) error {
			if left -= steps; left < 0 {
				return errors.New("spent")
			}
			return nil
		})
		start, end, ok, err := m.Find(0)
		if ok && (err != nil || start > end || end > len(subject)) {
			t.Errorf("%d-%d, %v", start, end, err)
		}
		for _, c := range m.Captures() {
			if ok && (c.Start > c.End || c.End > len(subject)) {
				t.Errorf("capture %+v", c)
			}
		}
	})
}
